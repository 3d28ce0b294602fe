"""Passphrases: stretched by Argon2id (RFC 9106, section 4), and fewer attempts the more of them fail.

Takes some 50 ms and 64 MiB an attempt, on purpose: call it from a thread, and outside of transactions.
"""

from __future__ import annotations

import unicodedata
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError, VerifyMismatchError

from harinspect.store.trouble import StoreError

LONGEST: Final = 1000  # bytes
MOST_SECONDS: Final = 3600
_HASHER: Final = PasswordHasher()


class Unfit(ValueError):
    """A passphrase that cannot be one; one sentence for the person who typed it."""


def stretched(passphrase: str) -> str:
    """What to store: Argon2's encoded form with its own salt. Raises Unfit."""
    normal = _normal(passphrase)
    if not normal:
        raise Unfit("A passphrase needs more than white space.")
    if len(normal) > LONGEST:
        raise Unfit(f"A passphrase is {LONGEST} bytes long at most.")
    return _HASHER.hash(normal)


def fits(stored: str, passphrase: str) -> bool:
    """Whether it is the one that `stored` was made from. Raises StoreError where `stored` is no hash."""
    normal = _normal(passphrase)
    if not normal or len(normal) > LONGEST:
        return False
    try:
        return _HASHER.verify(stored, normal)
    except VerifyMismatchError:
        return False
    except (InvalidHashError, VerificationError) as error:
        raise StoreError("The passphrase of this link is damaged in the database; make a new link.") from error


def pause(failures: int) -> int:
    """Seconds to wait after so many wrong ones in a row: 1, 2, 4, and so on up to an hour."""
    return min(2 ** min(failures - 1, 20), MOST_SECONDS) if failures > 0 else 0


def _normal(passphrase: str) -> bytes:
    """The same bytes from every keyboard (NFC, RFC 8265 section 4.2), without what copying adds at the ends."""
    return unicodedata.normalize("NFC", passphrase).strip().encode("utf-8", "replace")
