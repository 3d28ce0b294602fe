"""A database that cannot be used says so in one sentence, and never crashes or shows what is not there."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.exc import OperationalError

from harinspect.store import sqlite
from harinspect.store.archive import Archive, open_archive
from harinspect.store.folder import DATABASE
from harinspect.store.search import Search
from harinspect.store.trouble import StoreError
from tests.page_fixtures import full_report
from tests.store_fixtures import NOON, told


def filled(folder: Path) -> bytes:
    """The bytes of a database with a few reports and links."""
    with open_archive(folder) as archive:
        for number in range(8):
            id = archive.reports.add(told(f"{number}.har", f"h{number}.example")).id
            archive.reports.annotate(id, labels=["a", "b"], ticket="T", notes="note " * 50)
            archive.links.make(id, expires=NOON + timedelta(days=9999))
        archive.reports.add(full_report(hotlinks=300))
    return (folder / DATABASE).read_bytes()


def use_everything(archive: Archive) -> None:
    for stored in archive.reports.all():
        archive.links.of(stored.id)
    for listed in archive.reports.find(Search(text="e", host="h1.example")):
        archive.reports.annotate(listed.id, notes="changed")
    archive.reports.add(told())
    archive.reports.count()
    archive.reports.labels()
    archive.reports.forget_after(0)


DAMAGE: dict[str, Callable[[bytes], bytes]] = {
    "text": lambda whole: b"these are no reports\n" * 500,
    "other header": lambda whole: b"\0" * 100 + whole[100:],
    "cut in half": lambda whole: whole[: len(whole) // 2],
    "cut short": lambda whole: whole[:-1000],
    "one page": lambda whole: whole[:4096],
    "zeros inside": lambda whole: whole[:8192] + bytes(40_000) + whole[48_192:],
}


@pytest.mark.parametrize("damage", DAMAGE)
def test_damage_is_told_in_one_sentence(tmp_path: Path, damage: str):
    whole = filled(tmp_path)
    (tmp_path / DATABASE).write_bytes(DAMAGE[damage](whole))
    with pytest.raises(StoreError) as told, open_archive(tmp_path) as archive:
        use_everything(archive)
    whole_file = f"The database {tmp_path / DATABASE} is damaged or no database of harinspect; move it away, and a new"
    one_report = "This report is damaged in the database and cannot be shown; remove it."
    assert str(told.value) in (f"{whole_file} one is made.", one_report)


def test_an_empty_file_is_a_new_database(tmp_path: Path):
    (tmp_path / DATABASE).touch()
    with open_archive(tmp_path) as archive:
        assert archive.reports.all() == ()


def test_somebody_elses_database_is_not_touched(tmp_path: Path):
    connection = sqlite3.connect(tmp_path / DATABASE)
    connection.execute("CREATE TABLE reports (number INTEGER)")
    connection.execute("INSERT INTO reports VALUES (7)")
    connection.commit()
    with pytest.raises(StoreError, match="no database of harinspect"):
        open_archive(tmp_path)
    assert connection.execute("SELECT * FROM reports").fetchall() == [(7,)]
    connection.close()


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    return filled(tmp_path_factory.mktemp("store") / "data")


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_whatever_is_overwritten_it_works_or_is_told(sound: bytes, data: st.DataObject):
    bytes_ = bytearray(sound)
    for _ in range(data.draw(st.integers(1, 5))):
        place = data.draw(st.integers(0, len(sound) - 1))
        new = data.draw(st.binary(min_size=1, max_size=300))
        bytes_[place : place + len(new)] = new
    with TemporaryDirectory() as folder:
        (Path(folder) / DATABASE).write_bytes(bytes_)
        told = what_is_told(Path(folder))
    assert re.fullmatch(r"|The database \S+ [^\n]+\.|This report is damaged[^\n]+\.", told)


def what_is_told(folder: Path) -> str:
    """The sentence of the error, "" where all works."""
    try:
        with open_archive(folder) as archive:
            use_everything(archive)
    except StoreError as error:
        return str(error)
    return ""


@pytest.mark.parametrize(
    ("code", "meaning"),
    [
        ("SQLITE_BUSY_SNAPSHOT", "in use by another program"),
        ("SQLITE_FULL", "the disk is full"),
        ("SQLITE_READONLY_DBMOVED", "cannot be written to"),
        ("SQLITE_IOERR_WRITE", "the disk reports an error"),
        ("SQLITE_CANTOPEN", "cannot be opened"),
        ("SQLITE_CORRUPT_INDEX", "is damaged"),
    ],
)
def test_errors_are_told_by_what_they_mean(code: str, meaning: str):
    error = sqlite3.OperationalError("details")
    error.sqlite_errorname = code
    for raised in (error, OperationalError("SELECT secret", {}, error)):
        sentence = str(sqlite.explained(Path("x.db"), raised))
        assert meaning in sentence
        assert "details" not in sentence
        assert "secret" not in sentence


def test_errors_hold_nothing_that_is_stored(tmp_path: Path):
    with open_archive(tmp_path) as archive:
        archive.reports.add(told("private-name.har"))
        connection = sqlite3.connect(tmp_path / DATABASE)
        connection.execute("DROP TABLE report_hosts")
        connection.commit()
        connection.close()
        with pytest.raises(StoreError) as raised:
            archive.reports.add(told("private-name.har"))
    assert "private-name" not in f"{raised.value} {raised.value.__cause__}"
