"""Deleting deletes: no byte of it is left in the folder."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest.mock import patch

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harinspect.store import sqlite
from harinspect.store.archive import Archive, open_archive
from harinspect.store.expiry import expiry
from harinspect.store.folder import DATABASE
from harinspect.store.tables import Table
from harinspect.store.trouble import StoreError
from tests.store_fixtures import NOON, Watch, marked, on_disk

MARKER = "Qz7marker"


def kept(archive: Archive, marker: str = MARKER, times: int = 1) -> str:
    """A report with the marker in every column of its row, and a link."""
    id = archive.reports.add(marked(marker, times)).id
    archive.reports.annotate(id, labels=[f"{marker} label"], ticket=f"{marker}-1", notes=" ".join([marker] * times))
    assert archive.links.make(id, expires=expiry("7d", NOON)) is not None
    assert archive.reports.recordings.put(id, BytesIO(f"{marker} ".encode() * times * 300), 1)
    assert archive.reports.recordings.put_strict(id, marked(marker, times))
    return id


def traces(folder: Path, marker: str = MARKER) -> int:
    stored = on_disk(folder)
    return stored.lower().count(marker.lower().encode())


def rows(folder: Path) -> int:
    connection = sqlite3.connect(folder / DATABASE)
    counts = [connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in Table.metadata.tables]  # noqa: S608
    connection.close()
    return sum(counts)


REMOVALS: dict[str, Callable[[Archive, str], object]] = {
    "remove": lambda archive, id: archive.reports.remove(id),
    "forget": lambda archive, id: archive.reports.forget_after(-1),
}


@pytest.mark.parametrize("removal", REMOVALS)
def test_no_byte_is_left_of_a_report(tmp_path: Path, removal: str):
    folder = tmp_path / "data"
    with open_archive(folder, Watch()) as archive:
        id = kept(archive, times=500)
        assert traces(folder) > 10
        assert REMOVALS[removal](archive, id)
        assert traces(folder) == 0
        assert rows(folder) == 0


def test_no_byte_is_left_of_overwritten_remarks(tmp_path: Path):
    with open_archive(tmp_path / "data") as archive:
        id = archive.reports.add(marked("plain")).id
        archive.reports.annotate(id, labels=[MARKER], ticket=MARKER, notes=MARKER)
        assert traces(tmp_path / "data") > 2
        archive.reports.annotate(id, labels=["other"], ticket="", notes="")
        assert traces(tmp_path / "data") == 0


def test_the_neighbours_stay(tmp_path: Path):
    folder = tmp_path / "data"
    with open_archive(folder) as archive:
        ids = [kept(archive, f"Mark{n}x", 30) for n in range(6)]
        for id in ids[::2]:
            archive.reports.remove(id)
        assert [traces(folder, f"Mark{n}x") > 0 for n in range(6)] == [False, True] * 3
        assert [len(archive.links.of(id)) for id in ids] == [0, 1] * 3
        assert [archive.reports.get(id) is None for id in ids] == [True, False] * 3


@settings(max_examples=15)
@given(st.lists(st.tuples(st.integers(0, 3), st.integers(1, 400)), min_size=10, max_size=40))
def test_whatever_the_order_nothing_deleted_is_left(steps: list[tuple[int, int]]):
    with TemporaryDirectory() as place, open_archive(Path(place) / "data") as archive:
        live: dict[str, str] = {}
        dead = []
        for number, (choice, size) in enumerate(steps):
            if choice == 0 and live:
                id = sorted(live)[size % len(live)]
                archive.reports.remove(id)
                dead.append(live.pop(id))
            else:
                live[kept(archive, f"M{number:03}k", size)] = f"M{number:03}k"
        stored = on_disk(archive.folder).lower()
        assert not [marker for marker in dead if marker.lower().encode() in stored]
        assert all(marker.lower().encode() in stored for marker in live.values())


def test_what_a_reader_puts_off_is_made_up_for(tmp_path: Path):
    folder = tmp_path / "data"
    with patch.object(sqlite, "WAITS", 0.1), open_archive(folder) as archive:
        id = kept(archive)
        with archive.database.reading() as session:
            session.connection().exec_driver_sql("SELECT count(*) FROM reports").all()
            assert archive.reports.remove(id)
            assert archive.reports.get(id) is None
            assert not archive.tidy()
        assert archive.tidy()
        assert traces(folder) == 0


def test_what_a_writer_puts_off_is_made_up_for(tmp_path: Path):
    folder = tmp_path / "data"
    with patch.object(sqlite, "WAITS", 0.1), open_archive(folder) as archive:
        id = kept(archive)
        other = sqlite3.connect(folder / DATABASE, isolation_level=None)
        with patch.object(archive.database, "wipe"):
            archive.reports.remove(id)
        other.execute("BEGIN IMMEDIATE")
        assert not archive.tidy()
        other.execute("COMMIT")
        other.close()
    assert traces(folder) == 0


def test_what_a_crash_puts_off_is_made_up_for(tmp_path: Path):
    folder = tmp_path / "data"
    archive = open_archive(folder)
    with patch.object(archive.database, "wipe"):
        archive.reports.remove(kept(archive))
    assert traces(folder) > 0
    with open_archive(folder):
        assert traces(folder) == 0
    archive.close()


def test_an_error_of_the_disk_during_the_wiping_is_told(tmp_path: Path):
    error = sqlite3.OperationalError("disk I/O error")
    error.sqlite_errorcode, error.sqlite_errorname = sqlite3.SQLITE_IOERR, "SQLITE_IOERR"
    with open_archive(tmp_path / "data") as archive:
        id = kept(archive)
        with (
            patch.object(sqlite, "_cut_off", side_effect=error),
            pytest.raises(StoreError, match="the disk reports an error"),
        ):
            archive.reports.remove(id)
        assert archive.reports.get(id) is None
        assert archive.tidy()
        assert traces(tmp_path / "data") == 0


def test_a_large_database_is_written_anew_when_it_is_tidied(tmp_path: Path):
    with patch.object(sqlite, "SMALL", 0), open_archive(tmp_path / "data") as archive:
        id = kept(archive, times=500)
        assert archive.reports.remove(id)
        assert not archive.database.wipe()
        before = (archive.folder / DATABASE).stat().st_size
        assert archive.tidy()
        assert traces(tmp_path / "data") == 0
        assert (archive.folder / DATABASE).stat().st_size < before


def test_a_deletion_during_the_wiping_is_not_taken_for_wiped(tmp_path: Path):
    with open_archive(tmp_path / "data") as archive:
        first, second = kept(archive, "First0m"), kept(archive, "Second0m")
        with patch.object(archive.database, "wipe"):
            archive.reports.remove(first)
        cut_off = sqlite._cut_off

        def meanwhile(cursor: sqlite3.Cursor) -> bool:
            with patch.object(archive.database, "wipe"):
                archive.reports.remove(second)
            return cut_off(cursor)

        with patch.object(sqlite, "_cut_off", meanwhile):
            assert not archive.tidy()
        assert archive.tidy()
        assert traces(tmp_path / "data", "0m") == 0
