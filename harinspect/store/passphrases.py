"""Passphrases: stretched by Argon2id (RFC 9106, section 4), and fewer attempts the more of them fail.

Takes some 50 ms and 64 MiB an attempt, on purpose: call it from a thread, and outside of transactions.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from threading import BoundedSemaphore
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError, VerifyMismatchError

from harinspect.store.trouble import StoreError

LONGEST: Final = 1000  # bytes
MOST_SECONDS: Final = 3600
LONGEST_FOR_ALL: Final = 30  # seconds: strangers must not be able to lock everybody out
AT_A_TIME: Final = 2  # so that guessing takes neither all processors nor much memory
IN_LINE: Final = 8  # with those; they wait half a second, and in fewer threads than a page has
_HASHER: Final = PasswordHasher()
_line = BoundedSemaphore(IN_LINE)
_turns = BoundedSemaphore(AT_A_TIME)


class Unfit(ValueError):
    """A passphrase that cannot be one; one sentence for the person who typed it."""


class Busy(RuntimeError):
    """Too many passphrases are being looked at; a second later there may be room."""


@contextmanager
def line() -> Iterator[None]:
    """A place in the line of those whose passphrase is to be looked at. Raises Busy where it is long."""
    if not _line.acquire(blocking=False):
        raise Busy
    try:
        yield
    finally:
        _line.release()


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
        with _turns:
            return _HASHER.verify(stored, normal)
    except VerifyMismatchError:
        return False
    except (InvalidHashError, VerificationError) as error:
        raise StoreError("The passphrase of this link is damaged in the database; make a new link.") from error


def pause(failures: int) -> int:
    """Seconds to wait after so many wrong ones in a row: 1, 2, 4, and so on up to an hour."""
    return min(2 ** min(failures - 1, 20), MOST_SECONDS) if failures > 0 else 0


def pause_for_all(failures: int) -> int:
    """The same where others wait, too."""
    return min(pause(failures), LONGEST_FOR_ALL)


def _normal(passphrase: str) -> bytes:
    """The same bytes from every keyboard (NFC, RFC 8265 section 4.2), without what copying adds at the ends."""
    return unicodedata.normalize("NFC", passphrase).strip().encode("utf-8", "replace")
