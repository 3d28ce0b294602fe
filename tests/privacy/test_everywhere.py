"""No canary of a recording can be read in anything that is stored, shown or sent: pages, exports, logs, files."""

from __future__ import annotations

import base64
import gzip
import json
import os
import re
import sqlite3
import subprocess
import sys
import zlib
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from urllib.parse import quote

import pytest

from harinspect.pipeline import analyse
from harinspect.render.formats import Format, rendered
from harinspect.report.model import Report
from tests.privacy.canaries import ENCODINGS, Plant
from tests.privacy.collection import Collection
from tests.privacy.odd_places import ALL as PLACES
from tests.privacy.refused import CASES, Recording, broken, cut, refused, zipped
from tests.privacy.test_redacted_har import recordings
from tests.privacy.visiting import OF_A_KIND, Visitor, watched
from tests.served import START, Served, form, wait_until

ROOT = Path(__file__).parent.parent.parent
SOURCES = recordings()[:3]
LAB = recordings()[3:]
PASSPHRASE = "four words of mine"
FORMATS = (
    ("text", "--color"),
    ("text", "--no-color"),
    ("json",),
    ("markdown",),
    ("sarif",),
    ("curl",),
)
WANTED = {
    *(f"data folder: reports.db{suffix}" for suffix in ("", "-wal", "-shm")),
    *(f"table {name}, unpacked" for name in ("reports", "recording_parts", "strict_reports")),
    *("table reports", "table links", "temporary folder", "arguments of processes", "log"),
    *(
        "uploads",
        "own /",
        "own /reports/ID",
        "own /reports/ID/denials/N",
        "own /reports/ID/exchanges/N",
        "own, fragments",
    ),
    *(
        "own /previews/ID",
        "links",
        "link /s/ID",
        "link /s/ID/report.md",
        "link, fragments",
        "strict link /s/ID",
        "strict link, fragments",
        "locked link",
        "wrong ways",
    ),
    *(
        "export json",
        "export md",
        "export sarif",
        "export html",
        "export curl.txt",
        "export har",
        "export strict.har",
        "headers of own /reports/ID",
        "headers of export html",
    ),
}

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="looks at processes as POSIX shows them")


def everyone() -> list[Recording]:
    """One in each case of the names, as they are sent: as a file, by the form, in an archive; and damaged ones."""
    whole = [refused(source, 11 + case, case) for case, source in enumerate(SOURCES)]
    return [*whole[:2], zipped(whole[2], 40), cut(refused(SOURCES[0], 51, 1)), broken(60)]


def told(capsys: pytest.CaptureFixture[str], what: str, collection: Collection, planted: dict[str, str]) -> None:
    """Print planted and found, and fail where something was."""
    shown = collection.found(planted)
    count = len({canary for canaries in shown.values() for canary in canaries})
    with capsys.disabled():
        print(
            f"\n{what}: {len(PLACES)} kinds, {len(planted)} canaries planted; {collection.places} places,"
            f" {collection.size:,} bytes searched; {count} found",
            end=" ",
        )
    assert {place: sorted(set(canaries.values())) for place, canaries in shown.items()} == {}


def test_nothing_is_found_behind_the_page(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    collection, data = Collection(), tmp_path / "data"
    sent = everyone()
    with Served(tmp_path, "--data", data) as server:
        visitor = Visitor(server, collection)
        with watched(server, collection):
            ends = [
                visitor.upload(one) if number % 2 == 0 else visitor.upload_form(one) for number, one in enumerate(sent)
            ]
        reports = [re.findall(r"/reports/[\w-]+", end)[:1] for end in ends]
        collection.add_folder("data folder", data)
        look_around(visitor, [path for found in reports for path in found])
        wrong_ways(visitor, sent)
        collection.add_folder("data folder", data)
        collection.add_database(data / "reports.db")
        collection.add_folder("temporary folder", server.temporary)
    collection.add_folder("data folder", data)  # the log is cut off at the end
    collection.add("log", server.log)
    assert [len(found) for found in reports] == [1, 1, 1, 1, 0]
    assert WANTED - {*collection.names()} == set()
    told(capsys, "the page", collection, {key: value for one in sent for key, value in one.planted.items()})
    rest = stored(data, server)
    assert len(visitor.links) == 3
    assert [token for token in (*visitor.links, PASSPHRASE) if token.encode() in rest] == []


def look_around(visitor: Visitor, reports: list[str]) -> None:
    visitor.crawl("own", "/", OF_A_KIND)
    for report in reports:
        visitor.ask("notes", "POST", f"{report}/remarks", form(labels="a", ticket="T-1", notes="seen"))
        for suffix in ("json", "md", "sarif", "html", "curl.txt"):
            visitor.ask(f"export {suffix}", "GET", f"{report}.{suffix}")
    recordings_of(visitor, reports[0])
    for place, choices in (("link", {}), ("link", {"passphrase": PASSPHRASE}), ("strict link", {"shows": "strict"})):
        visitor.share(reports[0], place, **choices)
    for path in ("/rules", "/patterns", "/?q=nginx", f"{reports[0]}/links"):
        visitor.ask("others", "GET", path)


def recordings_of(visitor: Visitor, report: str) -> None:
    """As soon as it is prepared."""
    wait_until(lambda: visitor.server.ask("GET", f"{report}.har").status == 200)
    for suffix in ("har", "strict.har"):
        assert visitor.ask(f"export {suffix}", "GET", f"{report}.{suffix}").status == 200


def wrong_ways(visitor: Visitor, sent: list[Recording]) -> None:
    """What nobody should ask for: the answers repeat nothing of it, and the log neither."""
    canaries = [canary for one in sent for canary in list(one.planted)[:3]]
    for canary in map(quote, canaries):
        for path in (f"/{canary}", f"/reports/{canary}", f"/s/{canary}", f"/uploads/{canary}", f"/rules/{canary}"):
            visitor.ask(
                "wrong ways", "GET", f"{path}?token={canary}", Cookie=f"a={canary}", Referer=f"http://x/{canary}"
            )
        visitor.ask("wrong ways", "POST", f"/reports/{canary}/delete?x={canary}", canary.encode())
        visitor.ask("wrong ways", "GET", "/", Host=f"{canary}.example")
        visitor.ask("wrong ways", "PUT", f"/assets/{canary}", canary.encode())


def stored(data: Path, server: Served) -> bytes:
    collection = Collection()
    collection.add_folder("data folder", data)
    collection.add_database(data / "reports.db")
    return collection.whole() + server.log.encode()


def test_nothing_is_found_at_the_terminal(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    collection, sent = Collection(), everyone()
    files = [tmp_path / one.name for one in sent]
    for file, one in zip(files, sent, strict=True):
        file.write_bytes(one.content)
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    shown = [(f"inspect {' '.join(chosen)}", ["inspect", *files[:4], "--format", *chosen]) for chosen in FORMATS]
    shown += [("inspect html", ["inspect", file, "--format", "html"]) for file in files[:2]]
    shown += [
        (f"redact {mode}", ["redact", file, "-o", tmp_path / f"{mode} {number}.out", "--mode", mode])
        for mode in ("share", "strict")
        for number, file in enumerate(files[:3])
    ]
    for place, output in run(shown, temporary):
        collection.add(place, output)
    for out in tmp_path.glob("*.out"):
        collection.add(f"redacted HAR, {out.name.partition(' ')[0]}", out.read_bytes())
    collection.add_folder("temporary folder", temporary)
    assert len(list(tmp_path.glob("*.out"))) == 6
    told(capsys, "the terminal", collection, {key: value for one in sent for key, value in one.planted.items()})


def run(commands: list[tuple[str, list[object]]], temporary: Path) -> Iterator[tuple[str, bytes]]:
    """What each of them wrote to its standard output and standard error. Two at a time."""
    environment = os.environ | {"TMPDIR": str(temporary), "PYTHONPATH": str(ROOT), "COLUMNS": "120"}
    for first in range(0, len(commands), 2):
        started = [
            (place, subprocess.Popen(
                [sys.executable, "-c", START, *map(str, command)],
                stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=environment,
            ))
            for place, command in commands[first : first + 2]
        ]  # fmt: skip
        for place, process in started:
            output, _ = process.communicate(timeout=60)
            assert process.returncode in (0, 1), output[-2000:]
            assert b"can still be found" not in output
            assert output
            yield place, output


@pytest.mark.parametrize("source", LAB, ids=lambda path: path.parent.name)
def test_nothing_is_found_in_reports_of_other_recordings(source: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for case in range(len(CASES)):
        one = refused(source, len(source.parent.name) + case, case)
        collection, report = Collection(), report_of(one)
        for format_ in Format:
            collection.add(format_, rendered([report], format_, width=100, color=True))
        told(capsys, f"{source.parent.name}, {CASES[case]} case", collection, one.planted)


def report_of(one: Recording) -> Report:
    (report,) = analyse(BytesIO(one.content), name=one.name)
    return report


def test_the_planted_requests_are_told_in_full() -> None:
    one = refused(SOURCES[0], 3, 0)
    usual = len(json.loads(SOURCES[0].read_text(encoding="utf-8"))["log"]["entries"])
    report = report_of(one)
    told_of = {denial.exchange: denial for denial in report.denials}
    assert set(range(usual, usual + len(PLACES))) <= told_of.keys()
    planted = [told_of[index] for index in range(usual, usual + len(PLACES))]
    assert all(denial.escalation and denial.like is None for denial in planted)
    assert {denial.exchange for denial in planted} <= {exchange.exchange for exchange in report.exchanges}


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_the_search_finds_a_canary_in_each_encoding_and_place(encoding: str, tmp_path: Path) -> None:
    plant = Plant(9)
    secret, place = plant.secret(), tmp_path / "folder"
    shown = f'"before {ENCODINGS[encoding](secret)} after"'.encode()
    place.mkdir()
    (place / "file").write_bytes(b"\x00\xff" + shown)
    database = database_with(tmp_path / "reports.db", (shown, zlib.compress(shown), gzip.compress(shown)))
    collection = Collection()
    collection.add("page", shown)
    collection.add_folder("folder", place)
    collection.add_database(database)
    apart = {name: Collection() for name in collection.names()}
    assert set(apart) == {"page", "folder", "table reports", "table reports, unpacked"}
    for name, alone in apart.items():
        for piece in collection._pieces[name]:
            alone.add(name, piece)
        assert alone.found(plant.planted) == {name: plant.planted}


def database_with(file: Path, blobs: tuple[bytes, ...]) -> Path:
    with sqlite3.connect(file) as connection:
        connection.execute("CREATE TABLE reports (id INTEGER, content BLOB)")
        connection.executemany("INSERT INTO reports VALUES (?, ?)", enumerate(blobs))
    connection.close()
    return file


def test_the_search_finds_every_canary_where_nothing_was_masked() -> None:
    for one in everyone()[:2]:
        collection = Collection()
        collection.add("the file itself", one.content)
        collection.add("its name", base64.b64encode(one.name.encode()))
        found = {canary for canaries in collection.found(one.planted).values() for canary in canaries}
        assert set(one.planted) - found == set()
