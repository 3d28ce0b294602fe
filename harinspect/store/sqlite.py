"""All that is special to SQLite: how it is set, how its transactions begin, how it forgets, and what its errors mean.

Forgetting takes three steps. `secure_delete` overwrites what is deleted, yet the pages that a B-tree rebuilds when rows
move may keep scraps of them; VACUUM leaves those behind. The write-ahead log still holds the pages as they were until
it is cut off. The steps can fail (somebody reads, the machine stops), so the transaction that deletes also counts up
`user_version`, and whoever opens, deletes or closes next makes up for it. VACUUM writes the whole file anew: a large
one has it when it is tidied, not at every deletion.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Final, cast

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.pool import ConnectionPoolEntry

from harinspect.store.trouble import StoreError

ERRORS: Final = (sqlite3.Error,)  # raised where the driver is used without SQLAlchemy
SMALL: Final = 32_000_000  # bytes that are written anew in a fraction of a second
WAITS: Final = 20.0  # seconds for others to finish their transaction
_PAUSE: Final = 0.05
_SETTINGS: Final = (
    "PRAGMA foreign_keys = ON",
    "PRAGMA secure_delete = ON",
    "PRAGMA synchronous = FULL",  # a revoked link stays revoked when the power fails
    "PRAGMA cell_size_check = ON",
    "PRAGMA trusted_schema = OFF",
)
_MEANINGS: Final = (
    ("SQLITE_BUSY", "is in use by another program that does not let go of it; close that and try again"),
    ("SQLITE_LOCKED", "is in use by another program that does not let go of it; close that and try again"),
    ("SQLITE_FULL", "cannot grow: the disk is full"),
    ("SQLITE_READONLY", "cannot be written to: look at the permissions of its folder"),
    ("SQLITE_PERM", "cannot be opened: look at the permissions of its folder"),
    ("SQLITE_CANTOPEN", "cannot be opened: look at the permissions of its folder"),
    ("SQLITE_IOERR", "cannot be read or written: the disk reports an error"),
)
_DAMAGED: Final = "is damaged or no database of harinspect; move it away, and a new one is made"


def engine(path: Path) -> Engine:
    """Connections to the file, set for several threads and processes at a time. Reads nothing yet."""
    made = create_engine(
        URL.create("sqlite", database=str(path)),
        connect_args={"timeout": WAITS},
        max_overflow=-1,  # as many connections as threads; each is let go of at the end of its transaction
        hide_parameters=True,  # an error may be logged; what is stored may not
    )
    event.listen(made, "connect", _set)
    event.listen(made, "begin", _begin)
    return made


def prepare(engine: Engine) -> None:
    """Write-ahead logging, which lasts. Raises DBAPIError or sqlite3.Error where the file cannot be used."""
    deadline = time.monotonic() + WAITS
    with _driven(engine) as connection:
        while not _switched(connection.cursor(), final=time.monotonic() > deadline):
            time.sleep(_PAUSE)


def soil(connection: Connection) -> None:
    """Remember, in the transaction that deletes, that what is deleted still has to be wiped."""
    count = connection.exec_driver_sql("PRAGMA user_version").scalar_one()
    connection.exec_driver_sql(f"PRAGMA user_version = {int(count) % 2**30 + 1}")


def wipe(engine: Engine, *, thorough: bool = False) -> bool:
    """Make deleted rows unreadable in the file and its log; False where something is left for the next time, because
    somebody is reading or, unless it is to be `thorough`, because the file is large.
    """
    with _driven(engine) as connection:
        cursor = connection.cursor()
        count = _number(cursor, "PRAGMA user_version")
        if not count:
            return True
        try:
            rewrite = thorough or _size(cursor) <= SMALL
            if rewrite:
                cursor.execute("VACUUM")
            return _cut_off(cursor) and rewrite and _clean(cursor, count)
        except sqlite3.OperationalError as error:
            if not _is_in_use(error):
                raise
            return False


def explained(path: Path, error: Exception) -> StoreError:
    """The error in one sentence that names the file."""
    name = getattr(getattr(error, "orig", error), "sqlite_errorname", "")
    meaning = next((meaning for code, meaning in _MEANINGS if str(name).startswith(code)), _DAMAGED)
    return StoreError(f"The database {path} {meaning}.")


def _set(connection: DBAPIConnection, _: ConnectionPoolEntry) -> None:
    connection.isolation_level = None  # else the driver begins transactions where it sees fit
    cursor = connection.cursor()
    for setting in _SETTINGS:
        cursor.execute(setting)
    cursor.close()


def _begin(connection: Connection) -> None:
    """Writers queue up at their start: one that has read first would be refused, not made to wait."""
    writes = connection.get_execution_options().get("writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


@contextmanager
def _driven(engine: Engine) -> Iterator[sqlite3.Connection]:
    """The driver's own connection, outside of any transaction."""
    with closing(engine.raw_connection()) as pooled:
        yield cast(sqlite3.Connection, pooled.driver_connection)


def _switched(cursor: sqlite3.Cursor, *, final: bool) -> bool:
    """False while others use the file, for which this statement does not always wait by itself."""
    try:
        return bool(cursor.execute("PRAGMA journal_mode = WAL").fetchone()[0] == "wal") or final
    except sqlite3.OperationalError as error:
        if final or not _is_in_use(error):
            raise
        return False


def _is_in_use(error: sqlite3.Error) -> bool:
    return error.sqlite_errorcode & 0xFF in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)


def _cut_off(cursor: sqlite3.Cursor) -> bool:
    """Move the log into the file and cut the log to nothing; False while somebody still reads from it."""
    return _number(cursor, "PRAGMA wal_checkpoint(TRUNCATE)") == 0


def _clean(cursor: sqlite3.Cursor, count: int) -> bool:
    """Say that all is wiped, unless more has been deleted since `count` was read."""
    cursor.execute("BEGIN IMMEDIATE")
    same = _number(cursor, "PRAGMA user_version") == count
    if same:
        cursor.execute("PRAGMA user_version = 0")
    cursor.execute("COMMIT")
    return same


def _size(cursor: sqlite3.Cursor) -> int:
    return _number(cursor, "PRAGMA page_count") * _number(cursor, "PRAGMA page_size")


def _number(cursor: sqlite3.Cursor, statement: str) -> int:
    return int(cursor.execute(statement).fetchone()[0])
