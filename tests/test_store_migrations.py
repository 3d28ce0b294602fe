"""The tables as the migrations make them are the tables as the code knows them."""

from __future__ import annotations

import io
import re
import sqlite3
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.operations import Operations
from alembic.script import ScriptDirectory
from sqlalchemy.dialects import postgresql
from sqlalchemy.schema import CreateIndex, CreateTable

from harinspect.store import migrations
from harinspect.store.archive import open_archive
from harinspect.store.folder import DATABASE
from harinspect.store.sqlite import engine
from harinspect.store.tables import Table
from harinspect.store.trouble import StoreError

STORE = Path(migrations.__file__).parents[1]


@pytest.fixture
def scripts() -> ScriptDirectory:
    config = Config()
    config.set_main_option("script_location", str(Path(migrations.__file__).parent))
    return ScriptDirectory.from_config(config)


def test_the_head_is_named(scripts: ScriptDirectory):
    assert scripts.get_heads() == [migrations.HEAD]


def test_migrations_make_the_tables_of_the_code(tmp_path: Path):
    open_archive(tmp_path).close()
    made = engine(tmp_path / DATABASE)
    with made.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        assert compare_metadata(context, Table.metadata) == []
        schema = connection.exec_driver_sql("SELECT name FROM sqlite_schema WHERE name LIKE 'ix_%'").scalars().all()
    made.dispose()
    assert set(schema) == {index.name for table in Table.metadata.tables.values() for index in table.indexes}


def test_opening_again_changes_nothing(tmp_path: Path):
    for _ in range(2):
        open_archive(tmp_path).close()
        content = (tmp_path / DATABASE).read_bytes()
    assert (tmp_path / DATABASE).read_bytes() == content


def test_a_newer_database_is_left_alone(tmp_path: Path):
    open_archive(tmp_path).close()
    connection = sqlite3.connect(tmp_path / DATABASE)
    connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.commit()
    with pytest.raises(StoreError, match=r"was made by a newer harinspect: use that one\.$"):
        open_archive(tmp_path)
    assert connection.execute("SELECT version_num FROM alembic_version").fetchall() == [("9999",)]
    connection.close()


def test_an_upgrade_that_fails_leaves_the_tables_as_they_were(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    def fail(*_: object, **__: object) -> None:
        raise sqlite3.OperationalError("power cut")

    with monkeypatch.context() as patched:
        patched.setattr(Operations, "create_index", fail)
        with pytest.raises(StoreError):
            open_archive(tmp_path)
    connection = sqlite3.connect(tmp_path / DATABASE)
    assert connection.execute("SELECT name FROM sqlite_schema").fetchall() == []
    connection.close()
    with open_archive(tmp_path) as archive:
        assert archive.reports.all() == ()


def test_the_tables_can_be_made_in_postgresql(scripts: ScriptDirectory):
    dialect = postgresql.dialect()
    for table in Table.metadata.sorted_tables:
        assert "NOT NULL" in str(CreateTable(table).compile(dialect=dialect))
        assert all(str(CreateIndex(index).compile(dialect=dialect)) for index in table.indexes)
    told = io.StringIO()
    context = MigrationContext.configure(dialect_name="postgresql", opts={"as_sql": True, "output_buffer": told})
    with Operations.context(context):
        for script in scripts.walk_revisions():
            script.module.upgrade()
    assert told.getvalue().count("CREATE TABLE") == len(Table.metadata.tables)
    assert "TIMESTAMP WITH TIME ZONE" in told.getvalue()


def test_one_module_alone_speaks_to_sqlite_in_its_own_words():
    own = re.compile(r"PRAGMA|VACUUM|BEGIN |import sqlite3|sqlite_schema|sqlite_master|exec_driver_sql|rowid")
    speaking = {path.name for path in STORE.rglob("*.py") if own.search(path.read_text(encoding="utf-8"))}
    assert speaking == {"sqlite.py"}
