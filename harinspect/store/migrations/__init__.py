"""How the tables came to be: one file in versions/ a change, run in order by Alembic when a database is opened.

A new one is written by hand beside its change in tables.py; `HEAD` names the last.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

from sqlalchemy import Connection

HEAD: Final = "0002"


class Unknown(ValueError):
    """The database names a version that is not among ours."""


def upgrade(connection: Connection) -> None:
    """Bring the tables to HEAD within the connection's transaction. Raises Unknown."""
    from alembic import command  # takes longer to load than all the rest, and is needed once
    from alembic.config import Config
    from alembic.util import CommandError

    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    try:
        command.upgrade(config, "head")
    except CommandError as error:
        raise Unknown(str(error)) from error
