"""Several threads and several processes at a time, and one that is killed while it writes."""

from __future__ import annotations

import signal
import sqlite3
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from threading import Barrier, Event, Timer
from unittest.mock import patch

import pytest

from harinspect.store import passphrases, sqlite
from harinspect.store.archive import open_archive
from harinspect.store.folder import DATABASE
from harinspect.store.links import Asked, Opened
from harinspect.store.search import Search
from harinspect.store.trouble import StoreError
from tests.page_fixtures import clear_report
from tests.store_fixtures import NOON, Watch, told

ROOT = Path(__file__).parent.parent
ADDING = """
import sys
from pathlib import Path
from harinspect.store.archive import open_archive
from tests.store_fixtures import marked
name, folder, number = sys.argv[1], Path(sys.argv[2]), int(sys.argv[3])
print("ready", flush=True)
sys.stdin.readline()
with open_archive(folder) as archive:
    for n in range(number):
        id = archive.reports.add(marked(f"{name}{n}", 200)).id
        archive.reports.annotate(id, labels=[name], ticket=str(n))
        if n % 3 == 0:
            archive.reports.remove(id)
        print(n, flush=True)
"""


def adding(name: str, folder: Path, number: int) -> subprocess.Popen[str]:
    """A process that adds so many reports and removes every third, once it is told to."""
    command = (sys.executable, "-c", ADDING, name, str(folder), str(number))
    started = subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8"
    )
    assert started.stdout is not None
    assert started.stdout.readline() == "ready\n"
    return started


def is_sound(folder: Path) -> bool:
    connection = sqlite3.connect(folder / DATABASE)
    told = (
        connection.execute("PRAGMA integrity_check").fetchall()
        + connection.execute("PRAGMA foreign_key_check").fetchall()
    )
    connection.close()
    return told == [("ok",)]


def test_threads_take_turns(tmp_path: Path):
    with open_archive(tmp_path) as archive:
        together = Barrier(6)

        def work(name: str) -> list[str]:
            together.wait()
            ids = [archive.reports.add(told(f"{name}{n}")).id for n in range(8)]
            assert all(archive.reports.annotate(id, labels=[name]) for id in ids)
            assert all(archive.reports.get(id) for id in ids)
            assert archive.reports.remove(ids.pop())
            return ids

        with ThreadPoolExecutor(6) as threads:
            kept = [id for ids in threads.map(work, "abcdef") for id in ids]
        assert {listed.id for listed in archive.reports.find()} == set(kept)
        assert [archive.reports.count(Search(label=name)) for name in "abcdef"] == [7] * 6
    assert is_sound(tmp_path)


def test_processes_take_turns_from_the_first_opening_on(tmp_path: Path):
    folder = tmp_path / "data"
    started = [adding(name, folder, 6) for name in ("one", "two", "three")]
    for process in started:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    for process in started:
        _, errors = process.communicate(timeout=120)
        assert process.returncode == 0, errors
    with open_archive(folder) as archive:
        assert {listed.name for listed in archive.reports.find()} == {
            f"{name}{n}.har" for name in ("one", "two", "three") for n in (1, 2, 4, 5)
        }
    assert is_sound(folder)


@pytest.mark.parametrize("hold", ["BEGIN EXCLUSIVE", "BEGIN IMMEDIATE", "BEGIN; SELECT 1 FROM reports"])
def test_a_file_that_somebody_holds_is_waited_for(tmp_path: Path, hold: str):
    open_archive(tmp_path).close()
    other = sqlite3.connect(tmp_path / DATABASE, isolation_level=None, check_same_thread=False)
    other.execute("PRAGMA journal_mode = DELETE")  # as a file that came without its log
    for statement in hold.split("; "):
        other.execute(statement).fetchall()
    with patch.object(sqlite, "WAITS", 0.2), pytest.raises(StoreError, match="in use by another program"):
        open_archive(tmp_path)
    letting_go = Timer(0.3, other.execute, ["COMMIT"])
    letting_go.start()
    with patch.object(sqlite, "WAITS", 20), open_archive(tmp_path) as archive:
        assert archive.reports.all() == ()
    letting_go.join()
    other.close()


def test_the_same_folder_opens_twice_in_one_process(tmp_path: Path):
    with open_archive(tmp_path) as one, open_archive(tmp_path) as two:
        kept = one.reports.add(clear_report())
        made = two.links.make(kept.id, expires=NOON + timedelta(days=9999))
        assert made is not None
        assert isinstance(one.links.open(made.token), Opened)
        assert two.links.revoke(made.link.id)
        assert one.links.open(made.token) is None
        assert two.reports.remove(kept.id)
        assert one.reports.get(kept.id) is None


@pytest.mark.parametrize("attempt", range(4))
def test_a_killed_writer_leaves_a_readable_database(tmp_path: Path, attempt: int):
    with open_archive(tmp_path) as archive:
        first = archive.reports.add(clear_report()).id
    process = adding("killed", tmp_path, 10_000)
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write("go\n")
    process.stdin.flush()
    told = [process.stdout.readline() for _ in range(5)]
    time.sleep(0.007 * attempt)  # another step of the writing each time
    process.send_signal(signal.SIGKILL)
    process.communicate(timeout=60)
    assert told[-1] == "4\n"
    with open_archive(tmp_path) as archive:
        assert archive.reports.get(first) is not None
        names = {stored.report.source.name for stored in archive.reports.all()}
        assert {"killed1.har", "killed2.har", "killed4.har"} <= names
        assert "killed0.har" not in names
        assert archive.reports.remove(first)
    assert is_sound(tmp_path)


def test_openings_at_the_same_time_are_all_counted(tmp_path: Path):
    with open_archive(tmp_path, Watch()) as archive:
        kept = archive.reports.add(clear_report())
        made = archive.links.make(kept.id, expires=NOON + timedelta(days=1))
        assert made is not None
        token = made.token
        with ThreadPoolExecutor(8) as threads:
            answers = list(threads.map(lambda _: archive.links.open(token), range(40)))
        assert all(isinstance(answer, Opened) for answer in answers)
        assert [link.openings for link in archive.links.of(kept.id)] == [40]


def test_of_attempts_at_the_same_time_one_is_looked_at(tmp_path: Path):
    with open_archive(tmp_path, Watch()) as archive:
        kept = archive.reports.add(clear_report())
        made = archive.links.make(kept.id, expires=NOON + timedelta(days=1), passphrase="wide open sea")
        assert made is not None
        token = made.token
        with patch.object(passphrases, "fits", return_value=False) as fits, ThreadPoolExecutor(8) as threads:
            answers = list(threads.map(lambda number: archive.links.open(token, f"guess {number}"), range(30)))
        assert fits.call_count == 1
        assert answers.count(Asked(wrong=True, wait=1)) == 1
        assert answers.count(Asked(wait=1)) == 29


def test_a_writer_waits_for_a_long_wiping(tmp_path: Path):
    """Longer than for another program."""
    begun = Event()
    size = sqlite._size

    def slow(cursor: sqlite3.Cursor) -> int:
        cursor.execute("BEGIN IMMEDIATE")
        begun.set()
        time.sleep(0.5)
        cursor.execute("COMMIT")
        return size(cursor)

    with patch.object(sqlite, "WAITS", 0.1), open_archive(tmp_path / "data") as archive:
        id = archive.reports.add(told()).id
        with patch.object(archive.database, "wipe"):
            archive.reports.remove(id)
        with patch.object(sqlite, "_size", slow), ThreadPoolExecutor() as pool:
            wiping = pool.submit(archive.database.wipe)
            assert begun.wait(5)
            archive.reports.add(told("second.har"))
            assert wiping.result()
        assert len(archive.reports.all()) == 1
