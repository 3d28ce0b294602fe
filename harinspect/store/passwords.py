"""The password file of the page: one line, an Argon2id hash (RFC 9106), for nobody else to read."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import Final

from argon2 import extract_parameters
from argon2.exceptions import InvalidHashError
from argon2.low_level import Type

from harinspect.store.folder import PRIVATE_FILE
from harinspect.store.passphrases import Unfit, stretched
from harinspect.store.trouble import StoreError

SHORTEST: Final = 8  # characters (NIST SP 800-63B section 3.1.1)
_LONGEST: Final = 1000  # bytes of a file
_OTHERS: Final = stat.S_IRWXG | stat.S_IRWXO


def write(file: Path, password: str) -> None:
    """Replace the file at once and as a whole. Raises Unfit, and StoreError where it cannot be written."""
    if len(password.strip()) < SHORTEST:
        raise Unfit(f"A password has {SHORTEST} characters or more.")
    line = stretched(password) + "\n"
    made = file.with_name(f".{file.name}.{os.getpid()}")
    try:
        number = os.open(made, os.O_CREAT | os.O_EXCL | os.O_WRONLY, PRIVATE_FILE)
        with os.fdopen(number, "w", encoding="ascii") as out:
            out.write(line)
        made.replace(file)
    except OSError as error:
        made.unlink(missing_ok=True)
        raise StoreError(f"{file} cannot be written: {error.strerror or error}.") from error


def read(file: Path) -> str:
    """The hash in it. Raises StoreError where others may read it, or it is no such file."""
    try:
        with file.open(encoding="ascii", errors="replace") as opened:
            mode = os.fstat(opened.fileno()).st_mode
            line = opened.read(_LONGEST).strip()
    except OSError as error:
        raise StoreError(f"{file} cannot be read: {error.strerror or error}.") from error
    if os.name == "posix" and mode & _OTHERS:
        raise StoreError(f"Others may read or change {file}: close it to them with 'chmod 600 {file}'.")
    if not _is_argon2id(line):
        raise StoreError(f"{file} is no password file: make one with 'harinspect password {file}'.")
    return line


def _is_argon2id(line: str) -> bool:
    try:
        return extract_parameters(line).type is Type.ID
    except InvalidHashError:
        return False
