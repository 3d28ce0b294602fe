"""The data folder: where it is, and that nobody else looks into it."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import Final

import platformdirs

from harinspect.store.trouble import StoreError

PRIVATE_FOLDER: Final = 0o700
PRIVATE_FILE: Final = 0o600
DATABASE: Final = "reports.db"
_BESIDE: Final = ("", "-wal", "-shm", "-journal")  # what the database keeps, all named after it
_MADE_BY_SYSTEMS: Final = frozenset({"lost+found", ".DS_Store", "desktop.ini"})


def data_folder(chosen: Path | None = None) -> Path:
    """`chosen`, or the place that this system has for the data of programs; made, and closed to others (0700).

    Raises StoreError where it is no folder, is another user's, holds files that are not ours, or cannot be written.
    """
    folder = (chosen or platformdirs.user_data_path("harinspect", appauthor=False)).expanduser().absolute()
    try:
        folder.mkdir(PRIVATE_FOLDER, parents=True, exist_ok=True)
        _check(folder)
        folder.chmod(PRIVATE_FOLDER)
    except OSError as error:
        raise StoreError(f"{folder} cannot be the data folder: {error.strerror or error}.") from error
    return folder


def database_file(folder: Path) -> Path:
    """The database's path; it and the files beside it are 0600, made so before anything is written into them.

    Raises StoreError where something else is in its place.
    """
    path = folder / DATABASE
    try:
        os.close(os.open(path, os.O_CREAT | os.O_RDWR | getattr(os, "O_NOFOLLOW", 0), PRIVATE_FILE))
        for suffix in _BESIDE:
            _make_private(Path(f"{path}{suffix}"))
    except OSError as error:
        raise StoreError(f"{path} cannot be opened: {error.strerror or error}.") from error
    return path


def _check(folder: Path) -> None:
    if hasattr(os, "getuid") and os.getuid() not in (0, folder.stat().st_uid):
        raise StoreError(f"{folder} belongs to another user: name a data folder of your own.")
    names = {path.name for path in folder.iterdir()} - _MADE_BY_SYSTEMS
    if names and DATABASE not in names:
        raise StoreError(f"{folder} holds other files, and the data folder is closed to others: name a new folder.")


def _make_private(path: Path) -> None:
    """Files keep the mode that they were made with, also when they were copied here from elsewhere."""
    if path.exists() and stat.S_IMODE(path.stat().st_mode) != PRIVATE_FILE:
        path.chmod(PRIVATE_FILE)
