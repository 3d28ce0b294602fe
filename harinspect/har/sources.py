"""Opening what the caller names: a path, or a stream that may or may not be seekable."""

from __future__ import annotations

import os
from typing import BinaryIO

from harinspect.har.model import NotHar
from harinspect.har.plain import PlainFile
from harinspect.har.spool import LIMITS, Spool

_CHUNK = 1 << 20


def open_source(source: str | os.PathLike[str] | BinaryIO) -> tuple[PlainFile, str]:
    """The open file and its name. A stream that cannot seek is copied to a private temporary file first.

    Raises NotHar where it cannot be opened.
    """
    if isinstance(source, (str, os.PathLike)):
        path = os.fspath(source)
        return _open_path(path), _file_name(path)
    name = getattr(source, "name", "")
    label = _file_name(name) if isinstance(name, str) and name else "input"
    return (PlainFile(source, owned=False) if _is_seekable(source) else _copy(source)), label


def _file_name(path: str) -> str:
    """The last part; without pathlib, whose import takes longer than reading a small file."""
    return path.replace(os.sep, "/").rstrip("/").rpartition("/")[2]


def _open_path(path: str) -> PlainFile:
    try:
        return PlainFile.at(path)
    except FileNotFoundError as error:
        raise NotHar(f"There is no file {path}.") from error
    except IsADirectoryError as error:
        raise NotHar(f"{path} is a folder, not a HAR file.") from error
    except PermissionError as error:
        raise NotHar(f"The file {path} may not be read by this user.") from error
    except (OSError, ValueError) as error:
        raise NotHar(f"The file {path!r} cannot be opened.") from error


def _copy(stream: BinaryIO) -> PlainFile:
    spool = Spool(LIMITS.bytes)
    while chunk := stream.read(_CHUNK):
        spool.write(chunk)
    return spool.file()


def _is_seekable(stream: BinaryIO) -> bool:
    seekable = getattr(stream, "seekable", None)
    return bool(seekable and seekable())
