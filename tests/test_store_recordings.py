"""Redacted recordings are kept with their report and go with it, on disk and in private files."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config

from harinspect.store import Keeping, Recording, Store, StoreError, held
from harinspect.store.archive import open_archive
from harinspect.store.recording import PART
from tests.store_fixtures import NOON, Watch, told

LONG = b"".join(number.to_bytes(8, "big") for number in range(PART // 4)) + b"the third part"


@contextmanager
def on_disk(folder: Path) -> Iterator[Keeping]:
    with open_archive(folder / "data") as archive:
        yield archive.reports


@contextmanager
def in_memory(_: Path) -> Iterator[Keeping]:
    yield Store()


@pytest.fixture(params=[on_disk, in_memory])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Keeping]:
    with request.param(tmp_path) as made:
        yield made


def test_a_recording_comes_back_in_parts(store):
    id = store.add(told()).id
    assert store.recordings.get(id) is None
    assert list(store.recordings.parts(id)) == []
    assert store.recordings.put(id, BytesIO(LONG), 12_345)
    assert store.recordings.get(id) == Recording(bytes=12_345)
    parts = list(store.recordings.parts(id))
    assert [len(part) for part in parts] == [PART, PART, 14]
    assert b"".join(parts) == LONG


def test_it_is_put_once(store):
    id = store.add(told()).id
    assert store.recordings.put(id, BytesIO(b"one"), 3)
    assert not store.recordings.put(id, BytesIO(b"another"), 7)
    assert not store.recordings.refuse(id, "Too late.")
    assert b"".join(store.recordings.parts(id)) == b"one"
    assert store.recordings.get(id) == Recording(bytes=3)


def test_why_there_is_none(store):
    id = store.add(told()).id
    assert store.recordings.refuse(id, "It was too large.")
    assert store.recordings.get(id) == Recording(why="It was too large.")
    assert list(store.recordings.parts(id)) == []


def test_nothing_is_put_for_a_report_that_is_gone(store):
    id = store.add(told()).id
    assert store.holds(id)
    store.remove(id)
    assert not store.holds(id)
    assert not store.recordings.put(id, BytesIO(b"late"), 4)
    assert not store.recordings.refuse(id, "late")
    assert store.recordings.get(id) is None


def test_it_goes_with_its_report_and_the_neighbour_stays(store):
    one, other = store.add(told()).id, store.add(told()).id
    for id in (one, other):
        store.recordings.put(id, BytesIO(LONG), 1)
    store.remove(one)
    assert store.recordings.get(one) is None
    assert b"".join(store.recordings.parts(other)) == LONG


def test_a_reader_is_told_when_it_goes_meanwhile(store):
    id = store.add(told()).id
    store.recordings.put(id, BytesIO(LONG), 1)
    parts = store.recordings.parts(id)
    assert len(next(parts)) == PART
    store.remove(id)
    with pytest.raises(StoreError, match="was deleted while it was read"):
        next(parts)


def test_it_goes_when_its_report_is_forgotten(tmp_path):
    watch = Watch(NOON)
    with open_archive(tmp_path / "data", watch) as archive:
        id = archive.reports.add(told()).id
        archive.reports.recordings.put(id, BytesIO(LONG), 1)
        watch.go_on(days=2)
        assert archive.reports.forget_after(1) == 1
        assert archive.reports.recordings.get(id) is None
        assert LONG[:64] not in b"".join(path.read_bytes() for path in (tmp_path / "data").iterdir())


def test_in_memory_it_goes_with_the_report_that_makes_room():
    store = Store(limit=1)
    first = store.add(told()).id
    store.recordings.put(first, BytesIO(b"first"), 5)
    store.add(told())
    assert store.recordings.get(first) is None


def test_private_files_have_a_limit_and_the_oldest_makes_room(monkeypatch):
    monkeypatch.setattr(held, "MOST", 10)
    store = Store()
    said, first, second = (store.add(told()).id for _ in range(3))
    store.recordings.refuse(said, "No.")
    store.recordings.put(first, BytesIO(b"x" * 8), 8)
    store.recordings.put(second, BytesIO(b"y" * 8), 8)
    assert store.recordings.get(said) == Recording(why="No.")
    assert store.recordings.get(first) == Recording(why=held.MADE_ROOM)
    assert b"".join(store.recordings.parts(second)) == b"y" * 8


def test_the_strict_report_is_kept_beside_the_report(tmp_path):
    with open_archive(tmp_path / "data") as archive:
        recordings = archive.reports.recordings
        id = archive.reports.add(told()).id
        assert recordings.strict(id) is None
        assert recordings.put_strict(id, told("strict.har"))
        assert not recordings.put_strict(id, told("again.har"))
        for _ in range(2):
            assert recordings.strict(id) == told("strict.har")
        assert [stored.report for stored in archive.reports.all()] == [told()]
        archive.reports.remove(id)
        assert recordings.strict(id) is None
        assert not recordings.put_strict(id, told())


def test_a_recording_that_cannot_be_read_leaves_nothing(tmp_path):
    class Broken(BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            if self.tell():
                raise OSError("canary")
            return super().read(size)

    with open_archive(tmp_path / "data") as archive:
        id = archive.reports.add(told()).id
        with pytest.raises(OSError, match="canary"):
            archive.reports.recordings.put(id, Broken(LONG), 1)
        assert archive.reports.recordings.get(id) is None
        assert archive.reports.recordings.put(id, BytesIO(b"sound"), 5)


def test_reports_of_an_older_database_are_still_there(tmp_path, monkeypatch):
    def only_first(config: Config, _: str) -> None:
        upgrade(config, "0001")

    upgrade = command.upgrade
    with monkeypatch.context() as older:
        older.setattr(command, "upgrade", only_first)
        with open_archive(tmp_path / "data") as archive:
            id = archive.reports.add(told()).id
    with open_archive(tmp_path / "data") as archive:
        assert [stored.report for stored in archive.reports.all()] == [told()]
        assert archive.reports.recordings.get(id) is None
        assert archive.reports.recordings.put(id, BytesIO(b"x"), 1)
