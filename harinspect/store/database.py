"""The database: opened, brought up to date, and handed out one transaction at a time.

Everything goes through `reading` and `writing`; an error inside becomes one StoreError that names the file.
Another kind of database needs an engine and a stand-in for the module `sqlite`, nothing else.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import RLock

from sqlalchemy import Connection, Engine, inspect, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from harinspect.store import sqlite
from harinspect.store.migrations import HEAD, Unknown, upgrade
from harinspect.store.trouble import StoreError


class Database:
    """Safe to use from several threads, and beside other processes that have opened the same file."""

    def __init__(self, path: Path) -> None:
        """Opens the file, makes its tables or upgrades them. Raises StoreError."""
        self.path = path
        self._turn = RLock()  # whoever writes waits for the wiping, however long, and not only for some seconds
        self._engine: Engine = sqlite.engine(path)
        self._writer: Engine = self._engine.execution_options(writes=True)
        try:
            with self._explained():
                sqlite.prepare(self._engine)
                self._bring_up_to_date()
                sqlite.wipe(self._engine)
        except BaseException:
            self._engine.dispose()
            raise

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """One state of the data, whatever others write meanwhile. Raises StoreError."""
        with self._explained(), Session(self._engine, expire_on_commit=False) as session, session.begin():
            yield session

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """All of it or nothing; writers take turns. Raises StoreError."""
        with self._turn, self._explained(), Session(self._writer, expire_on_commit=False) as session, session.begin():
            yield session

    def soil(self, session: Session) -> None:
        """Say that this transaction deletes or overwrites: `wipe`, after it, has no byte of that left."""
        session.flush()
        sqlite.soil(session.connection())

    def wipe(self, *, thorough: bool = False) -> bool:
        """Remove what is deleted from the files; False where something is left for the next time, because somebody is
        reading or, unless it is to be `thorough`, because the file is large.
        """
        with self._turn, self._explained():
            return sqlite.wipe(self._engine, thorough=thorough)

    def close(self) -> None:
        """Let go of the files, wiping what is still to be wiped. The last one to close leaves no log beside them."""
        try:
            self.wipe()
        finally:
            self._engine.dispose()

    def _bring_up_to_date(self) -> None:
        with self._engine.begin() as connection:
            if _version(connection) == HEAD:
                return
        with self._writer.begin() as connection:  # others that open the same file wait here, and find it done
            upgrade(connection)

    @contextmanager
    def _explained(self) -> Iterator[None]:
        """ValueError: what was read is no text or no date, though the file's pages are in order. Nothing else within a
        transaction may raise it.
        """
        try:
            yield
        except Unknown as error:
            raise StoreError(f"The database {self.path} was made by a newer harinspect: use that one.") from error
        except (DBAPIError, *sqlite.ERRORS, ValueError) as error:
            raise sqlite.explained(self.path, error) from error


def _version(connection: Connection) -> str | None:
    """The version of the tables, None where there are none yet."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
