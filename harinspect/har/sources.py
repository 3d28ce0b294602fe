"""Opening what the caller names: a path, or a stream that may or may not be seekable."""

from __future__ import annotations

from pathlib import Path
from typing import BinaryIO

from harinspect.har.model import NotHar
from harinspect.har.plain import PlainFile
from harinspect.har.spool import LIMITS, Spool

_CHUNK = 1 << 20


def open_source(source: str | Path | BinaryIO) -> tuple[PlainFile, str]:
    """The open file and its name. A stream that cannot seek is copied to a private temporary file first.

    Raises NotHar where it cannot be opened.
    """
    if isinstance(source, (str, Path)):
        return _open_path(Path(source))
    name = getattr(source, "name", "")
    label = Path(name).name if isinstance(name, str) and name else "input"
    if _is_seekable(source):
        return PlainFile(source, owned=False), label
    spool = Spool(LIMITS.bytes)
    while chunk := source.read(_CHUNK):
        spool.write(chunk)
    return spool.file(), label


def _open_path(path: Path) -> tuple[PlainFile, str]:
    if path.is_dir():
        raise NotHar(f"{path} is a folder, not a HAR file.")
    try:
        return PlainFile.at(path), path.name
    except FileNotFoundError as error:
        raise NotHar(f"There is no file {path}.") from error
    except PermissionError as error:
        raise NotHar(f"The file {path} may not be read by this user.") from error
    except (OSError, ValueError) as error:
        raise NotHar(f"The file {path} cannot be opened.") from error


def _is_seekable(stream: BinaryIO) -> bool:
    seekable = getattr(stream, "seekable", None)
    return bool(seekable and seekable())
