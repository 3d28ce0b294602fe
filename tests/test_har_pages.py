"""The overview of page loads, and that haralyzer sees the entries that we see."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from haralyzer import HarParser

from harinspect.har import load
from harinspect.har.model import Exchange, Har
from harinspect.har.pages import overview
from tests.har_files import Json, entry, loaded

PAGES = [
    {
        "id": "p1",
        "title": "https://a.example/",
        "startedDateTime": "2025-05-05T10:00:00Z",
        "pageTimings": {"onLoad": 900.5},
    },
    {"id": "p2", "title": "", "pageTimings": None},
    {"id": "p2", "title": "twice"},
    {"id": "p3", "title": "empty"},
]


def row(page: str | None, mime: str, size: int, at: int = 0, **fields: object) -> Json:
    content = {"mimeType": mime, "size": size}
    made = entry(at, content=content) | {"startedDateTime": f"2025-05-05T10:00:{at:02}Z", "timings": {"wait": 30}}
    made["response"] = {"content": content, "status": 200} | {k: v for k, v in fields.items() if k == "status"}
    return made | {k: v for k, v in fields.items() if k != "status"} | ({"pageref": page} if page else {})


def read(*entries: Json, pages: object = None) -> Har:
    return loaded(json.dumps({"log": {"pages": PAGES if pages is None else pages, "entries": entries}}))


def test_a_page_load() -> None:
    (page,) = overview(
        read(
            row("p1", "image/png", 500, at=9),
            row("p1", "text/html; charset=utf-8", 100, at=2),
            row("p1", "", -1, at=0, status=302, time=70),
            row("p1", "", 0, at=1, status=301, time=-1),
            row("p1", "text/css", 30, at=5),
            row("p1", "application/javascript", 20, at=5),
            row("p1", "application/json", 7, at=6),
            row("p1", "text/html", 11, at=7),
        )
    )
    assert (page.id, page.title, page.requests) == ("p1", "https://a.example/", 8)
    assert (page.load, page.first_byte) == (900.5, 100.0)
    assert page.bytes == {"html": 111, "css": 30, "js": 20, "image": 500, "other": 7}


def test_entries_of_unlisted_pages_are_not_lost() -> None:
    pages = overview(read(row("p2", "text/html", 1), row(None, "text/html", 2), row("elsewhere", "video/mp4", 3)))
    assert [(page.id, page.title, page.requests) for page in pages] == [("p2", "", 1), ("", "", 2)]
    assert (pages[0].load, pages[0].first_byte) == (-1.0, 30.0)
    assert (pages[1].load, pages[1].first_byte) == (-1.0, -1.0)
    assert pages[1].bytes == {"html": 2, "video": 3}


def test_a_page_without_an_answer_has_no_first_byte() -> None:
    (page,) = overview(read(row("p1", "", 0, status=0)))
    assert (page.first_byte, page.bytes) == (-1.0, {})


def test_no_entries_no_pages() -> None:
    assert overview(read()) == ()
    assert overview(read(pages=[])) == ()


def summary(exchange: Exchange) -> tuple[str, str, int]:
    return exchange.method, exchange.url, exchange.status


def test_haralyzer_agrees_on_the_corpus(corpus: Path) -> None:
    compared = 0
    for path in sorted(corpus.rglob("*.har")):
        try:
            theirs = [
                (e.request.method, e.request.url.partition("#")[0], e.response.status)
                for page in HarParser(json.loads(path.read_text(encoding="utf-8"))).pages
                for e in page.entries
            ]
        except (ValueError, KeyError, TypeError, AttributeError):
            continue  # it does not read such files; ours must, which another test holds
        if not all(isinstance(status, int) and status > 0 for _, _, status in theirs):
            continue
        har = load(path)
        listed = {page.id for page in har.pages}
        ours = [summary(e) for e in har.exchanges if e.page is None or e.page in listed]
        assert sorted(ours) == sorted(theirs), path
        compared += 1
    assert compared > 100


def test_overviews_of_the_corpus(corpus: Path) -> None:
    for path in sorted(corpus.rglob("*.har")):
        try:
            har = load(path)
        except ValueError:
            continue
        assert sum(page.requests for page in overview(har)) == len(har.exchanges)


def test_the_parser_of_dates_waits_until_it_is_asked(tmp_path: Path) -> None:
    """In a process of its own: here something else has loaded it."""
    code = (
        "import sys; from harinspect.har import load; from harinspect.har.pages import overview\n"
        "assert overview(load(sys.argv[1]))\n"
        "assert 'dateutil.parser._parser' not in sys.modules\n"
        "from dateutil import parser; import dateutil.parser\n"
        "assert parser.parse('2026-03-02').year == 2026 and dateutil.parser is parser\n"
    )
    source = tmp_path / "a.har"
    source.write_text(json.dumps({"log": {"pages": PAGES, "entries": [row("p1", "text/html", 1)]}}), encoding="utf-8")
    subprocess.run([sys.executable, "-c", code, source], check=True)
