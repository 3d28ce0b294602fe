"""Strict links: their reader sees the strict report and nothing else, and its owner sees that first."""

from __future__ import annotations

import asyncio
import gzip
import json
import sys
from collections.abc import Iterator
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pytest

from harinspect.pipeline import analyse
from harinspect.redaction.document import redact
from harinspect.report.model import Report
from harinspect.store import Store
from harinspect.store.expiry import expiry
from harinspect.web.redactions import ENDED, NEVER, TOO_SLOW, NotMade, Redactions
from harinspect.web.settings import REDACTOR
from harinspect.web.strict import Strict
from tests.archive_pages import Desk, desk_in
from tests.page_client import SETTINGS
from tests.page_fixtures import full_report

PLANTED = (
    "winterbottom",  # a path
    "kingfisher",  # a path of another site
    "partnerbank",  # another site
    "cdnhoster",
    "marmalade",  # a parameter's value
    "gooseberry",  # a body sent
    "rhubarb",  # a body that came back
    "periwinkle",  # the title of the page
    "customer-4711",  # the name of the file
    "viplabel",
    "SUP-4711-X",
    "They owe us.",
)
PAGE = "https://www.shop.test/orders/winterbottom"


def entry(method: str, url: str, status: int, headers: dict[str, str], sent: str = "", body: str = "") -> object:
    return {
        "startedDateTime": "2026-11-21T12:00:00.000Z",
        "time": 10,
        "request": {
            "method": method,
            "url": url,
            "httpVersion": "h2",
            "headers": [
                {"name": "Referer", "value": PAGE},
                {"name": "Origin", "value": "https://www.shop.test"},
                *({"name": name, "value": value} for name, value in headers.items()),
            ],
            **({"postData": {"mimeType": "application/json", "text": sent}} if sent else {}),
        },
        "response": {
            "status": status,
            "httpVersion": "h2",
            "headers": [{"name": "Content-Type", "value": "application/json"}, {"name": "Server", "value": "nginx"}],
            "content": {"mimeType": "application/json", "text": body},
        },
    }


def recording() -> bytes:
    rows = [
        entry("GET", PAGE, 200, {}, body="<title>periwinkle</title>"),
        entry("GET", "https://img.cdnhoster.test/kingfisher/a.png", 403, {}, body="rhubarb: no hotlinks"),
        entry(
            "POST",
            "https://api.partnerbank.test/kingfisher/pay?by=marmalade",
            403,
            {"X-Requested-With": "XMLHttpRequest"},
            '{"what": "gooseberry"}',
            '{"error": "rhubarb may not"}',
        ),
        entry("GET", "https://www.shop.test/winterbottom/admin?by=marmalade", 403, {}, body="rhubarb"),
    ]
    pages = [{"id": "p1", "title": "periwinkle", "startedDateTime": "2026-11-21T12:00:00.000Z", "pageTimings": {}}]
    creator = {"name": "WebInspector", "version": "537.36"}
    return json.dumps({"log": {"version": "1.2", "creator": creator, "pages": pages, "entries": rows}}).encode()


def shelve(desk: Desk) -> str:
    """A report that is kept with its redacted recording, and noted on."""
    [report] = analyse(BytesIO(recording()), "customer-4711.har")
    id = desk.keep(report)
    desk.archive.reports.annotate(id, labels=["viplabel"], ticket="SUP-4711-X", notes="They owe us.")
    written = BytesIO()
    redact(BytesIO(recording()), written)
    packed = BytesIO(gzip.compress(written.getvalue()))
    assert desk.archive.recordings.put(id, packed, len(written.getvalue()))
    return id


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with desk_in(tmp_path, redactor=REDACTOR) as desk:
        yield desk


@pytest.fixture
def quick(tmp_path: Path) -> Iterator[Desk]:
    """With the stand-in, which makes one and the same strict report of everything."""
    with desk_in(tmp_path) as desk:
        yield desk


def test_its_reader_sees_no_path_no_body_no_other_site(desk):
    id = shelve(desk)
    way = desk.share(id, shows="strict")
    whole, strict = stored(desk, id), desk.archive.recordings.strict(id)
    assert strict is not None
    assert [denial.exchange for denial in strict.denials] == [denial.exchange for denial in whole.denials] != []
    below = ["", "/report.md", *(f"/denials/{denial.exchange}" for denial in strict.denials)]
    below += [f"/exchanges/{exchange.exchange}" for exchange in strict.exchanges]
    reader = desk.reader()
    for place in below:
        answer = reader.get(way + place)
        assert answer.status_code == 200
        assert [word for word in PLANTED if word in answer.text] == []
        assert "www.shop.test" in answer.text or place.startswith(("/denials", "/exchanges"))
    fragment = reader.get(f"{way}/denials/{strict.denials[0].exchange}", headers={"HX-Request": "true"}).text
    assert [word for word in PLANTED if word in fragment] == []


def test_what_was_planted_is_in_the_report_itself(desk):
    """Else the test above would show nothing."""
    id = shelve(desk)
    whole = desk.owner.get(f"/reports/{id}").text + desk.owner.get(f"/reports/{id}.json").text
    seen = {word for word in PLANTED if word in whole}
    assert {"winterbottom", "kingfisher", "partnerbank", "cdnhoster", "customer-4711", "viplabel"} <= seen


def test_the_strict_recording_has_none_of_it_either(desk):
    id = shelve(desk)
    text = desk.owner.get(f"/reports/{id}.strict.har").text
    assert len(json.loads(text)["log"]["entries"]) == 4
    assert [word for word in PLANTED if word in text] == []


def stored(desk: Desk, id: str) -> Report:
    found = desk.archive.reports.get(id)
    assert found is not None
    return found.report


def test_the_owner_sees_it_first(desk):
    id = shelve(desk)
    before = desk.owner.get(f"/reports/{id}/links?shows=strict").text
    assert "Make it and show it" in before
    assert 'class="preview"' not in before
    assert desk.owner.get(f"/previews/{id}.strict").status_code == 404
    made = desk.owner.post(f"/reports/{id}/strict")
    assert (made.status_code, made.headers["location"]) == (303, f"/reports/{id}/links?shows=strict#preview-title")
    shown = desk.owner.get(f"/reports/{id}/links?shows=strict").text
    preview = shown[shown.index('class="preview"') :]
    assert [word for word in PLANTED if word in preview] == []
    assert 'value="strict" checked' in shown
    way = desk.share(id, shows="strict")
    index = stored(desk, id).denials[0].exchange
    for below in ("", "/report.md", f"/denials/{index}", f"/exchanges/{index}"):
        seen, told = desk.reader().get(way + below), desk.owner.get(f"/previews/{id}.strict{below}")
        assert seen.status_code == told.status_code == 200
        own = told.text.replace(f"/previews/{id}.strict", way).replace(
            "the time that you choose", "21 Nov 2026, 13:00 UTC"
        )
        assert own == seen.text


def test_it_is_made_once(quick, monkeypatch):
    id = shelve(quick)
    quick.share(id, shows="strict")
    monkeypatch.setattr(Strict, "report", None)
    quick.share(id, shows="strict")
    assert quick.owner.post(f"/reports/{id}/strict").status_code == 303
    assert [link.strict for link in quick.archive.links.of(id)] == [True, True]
    assert ", strict" in quick.owner.get(f"/reports/{id}/links").text


def test_a_link_that_is_not_strict_shows_the_report_beside_it(quick):
    id = shelve(quick)
    strict, whole = quick.share(id, shows="strict"), quick.share(id)
    assert "fine.har" in quick.reader().get(strict).text
    assert "customer-4711" in quick.reader().get(whole).text


def test_without_a_recording_no_strict_link_is_made(quick):
    id = quick.keep()
    for below, fields in (("links", {"expires": "1h", "shows": "strict"}), ("strict", {})):
        answer = quick.owner.post(f"/reports/{id}/{below}", data=fields)
        assert answer.status_code == 409
        assert NEVER in answer.text
    assert NEVER in quick.owner.get(f"/reports/{id}/links?shows=strict").text
    assert quick.archive.links.of(id) == ()
    made = quick.archive.links.make(id, expires=expiry("1h", quick.watch()), strict=True)
    assert made is not None
    assert [quick.reader().get(f"/s/{made.token}{below}").status_code for below in ("", "/report.md")] == [404, 404]


def test_nothing_strict_comes_of_what_is_not_there(quick):
    for address in ("/reports/unknown/strict", "/reports/unknown/links"):
        answer = quick.owner.post(address, data={"expires": "1h", "shows": "strict"})
        assert answer.status_code == 404
    assert quick.owner.get("/previews/unknown.strict").status_code == 404


def test_another_site_makes_no_strict_report(quick):
    id = shelve(quick)
    for headers in ({"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}):
        assert quick.owner.post(f"/reports/{id}/strict", headers=headers).status_code == 403
    assert quick.archive.recordings.strict(id) is None


def kept(text: bytes) -> tuple[Store, str]:
    """What is kept steers the stand-in."""
    store = Store()
    id = store.add(full_report()).id
    assert store.recordings.put(id, BytesIO(text), len(text))
    return store, id


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (b"cut", ENDED),
        (b"astray", ENDED),
        (b"failed", "It could not be masked."),
        (b"refused", "It cannot be redacted."),
    ],
)
def test_why_there_is_no_strict_recording(text, why):
    store, id = kept(text)
    with pytest.raises(NotMade, match=why):
        asyncio.run(Strict(store, Redactions(store, SETTINGS), SETTINGS).recording(id))


@pytest.mark.parametrize(
    ("script", "why"),
    [
        ("", ENDED),
        ("from harinspect.web.messages import *; o(encode(Refused('No.')))", r"No\."),
        ("from harinspect.web.messages import *; o(encode(Finished(())))", ENDED),
        ("o(b'\\xff' * 8)", ENDED),
    ],
)
def test_why_there_is_no_strict_report(script, why, tmp_path):
    command = (sys.executable, "-c", f"import sys; o = sys.stdout.buffer.write; {script}")
    told = replace(SETTINGS, redactor=command, knowledge=tmp_path)
    store, id = kept(b"x")
    with pytest.raises(NotMade, match=why):
        asyncio.run(Strict(store, Redactions(store, told), told).report(id))


def test_what_takes_too_long_is_ended():
    store, id = kept(b"lasting")
    hasty = replace(SETTINGS, analysis_seconds=0.5)
    with pytest.raises(NotMade, match=TOO_SLOW):
        asyncio.run(Strict(store, Redactions(store, hasty), hasty).recording(id))


def test_two_that_ask_wait_for_one_and_closing_ends_it():
    async def asked() -> tuple[int, list[BaseException | Report]]:
        store, id = kept(b"lasting")
        strict = Strict(store, Redactions(store, SETTINGS), SETTINGS)
        both = [asyncio.create_task(strict.report(id)) for _ in range(2)]
        await asyncio.sleep(0.2)
        making = len(strict._making)
        await strict.close()
        return making, list(await asyncio.gather(*both, return_exceptions=True))

    making, ends = asyncio.run(asked())
    assert making == 1
    assert all(isinstance(end, asyncio.CancelledError) for end in ends)
