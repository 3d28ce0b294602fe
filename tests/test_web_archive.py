"""The page over an archive: notes, searches, housekeeping, and what happens when the disk does not answer."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from harinspect.store import Store, StoreError
from harinspect.store.archive import open_archive
from harinspect.web import housekeeping, rows
from harinspect.web.fresh import MANY, Fresh
from harinspect.web.kept import Kept
from tests import hostile
from tests.archive_pages import Desk, desk_in
from tests.page_client import client_on, wait_for
from tests.page_fixtures import clear_report, full_report
from tests.store_fixtures import told
from tests.test_hostile_rendering import Elements
from tests.test_web_pages import Page
from tests.test_web_uploads import RAW, polled


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with desk_in(tmp_path) as desk:
        yield desk


def found(desk: Desk, query: str) -> list[str]:
    text = desk.owner.get("/", params={"q": query}).text
    return [link.removeprefix("/reports/") for link in Page(text).links if link.startswith("/reports/")]


def test_an_upload_is_kept(desk):
    answer = desk.owner.post("/reports", content=b'{"log": 1}', headers=RAW)
    wait_for(desk.owner, polled(answer.text), "Open the report")
    [listed] = desk.archive.reports.find()
    assert "Your notes" in desk.owner.get(f"/reports/{listed.id}").text


def test_a_disk_that_is_full_is_said_to_be_so(desk, monkeypatch):
    def full(*_: object) -> None:
        raise StoreError("There is no room left.")

    monkeypatch.setattr(desk.archive.reports, "add", full)
    answer = desk.owner.post("/reports", content=b'{"log": 1}', headers=RAW)
    assert "There is no room left." in wait_for(desk.owner, polled(answer.text), "There is no room left.")


def test_notes_are_kept_and_changed(desk):
    id = desk.keep()
    typed = {"labels": "VIP, checkout,, ", "ticket": "SUP-7", "notes": "One.\r\nTwo <b>."}
    saved = desk.owner.post(f"/reports/{id}/remarks", data=typed)
    assert (saved.status_code, saved.headers["location"]) == (303, f"/reports/{id}#noted")
    text = desk.owner.get(f"/reports/{id}").text
    assert 'value="checkout, VIP"' in text
    assert 'value="SUP-7"' in text
    assert "One.\nTwo &lt;b&gt;.</textarea>" in text
    desk.owner.post(f"/reports/{id}/remarks", data={"labels": "", "ticket": "", "notes": ""})
    stored = desk.archive.reports.get(id)
    assert stored is not None
    assert (stored.labels, stored.ticket, stored.notes) == ((), "", "")


@pytest.mark.parametrize(
    ("fields", "status", "says"),
    [
        ({"ticket": "x" * 101}, 400, "The ticket is longer than 100 characters."),
        ({"labels": ",".join(map(str, range(21)))}, 400, "A report has room for 20 labels."),
        ({"notes": "x" * 300_001}, 413, "more than a form"),
        ({f"f{place}": "" for place in range(60)}, 400, "could not be read"),
    ],
)
def test_notes_that_are_too_long(desk, fields, status, says):
    answer = desk.owner.post(f"/reports/{desk.keep()}/remarks", data=fields)
    assert answer.status_code == status
    assert says in answer.text


def test_the_longest_notes_of_any_letters_are_taken(desk):
    id = desk.keep()
    assert desk.owner.post(f"/reports/{id}/remarks", data={"notes": "\U0001f600" * 20_000}).status_code == 303


def test_hostile_notes_stay_text(desk):
    """The elements of a page do not hang on what was typed."""
    id, seen = desk.keep(told()), set()
    for payload in ("plain", *hostile.PAYLOADS):
        line = payload.replace("\n", " ")[:40]
        desk.archive.reports.annotate(id, labels=[f"x{line}"], ticket=f"x{line}", notes=f"x{payload}")
        for way in (f"/reports/{id}", "/", f"/reports/{id}/links"):
            found = Elements(desk.owner.get(way).text).found
            names = tuple((tag, *(name for name in attributes if name != "open")) for tag, attributes in found)
            seen.add((way, names))
    assert len(seen) == 3
    for typed in (payload.encode("utf-8", "replace").decode() for payload in hostile.PAYLOADS):
        found = Elements(desk.owner.get("/", params={"q": typed}).text).found
        assert all(not name.startswith("on") for _, attributes in found for name in attributes)
        assert "pwned" not in {tag for tag, _ in found}


def test_there_is_nothing_to_note_on_an_unknown_report(desk):
    assert desk.owner.post("/reports/unknown/remarks", data={"notes": "x"}).status_code == 404


def test_reports_are_found(desk):
    shop = desk.keep(told("shop.har", "shop.example", "cors.acao-mismatch"))
    api = desk.keep(told("api.har", "eu.api.example", "referer.missing"))
    desk.archive.reports.annotate(shop, labels=["Two words", "vip"], ticket="SUP-12", notes="Ask Friday.")
    queries = {"": [api, shop], "host:shop.example": [shop], "host:api.example": [api], "cause:cors": [shop]}
    queries |= {'label:"two words"': [shop], "ticket:sup-1": [shop], "friday": [shop], "nothing-like-it": []}
    assert {query: found(desk, query) for query in queries} == queries
    assert "No report fits." in desk.owner.get("/?q=nothing-like-it").text
    assert "1 report found" in desk.owner.get("/?q=friday").text
    labelled = [link for link in Page(desk.owner.get("/").text).links if link.startswith("/?q=label")]
    assert labelled == ["/?q=label%3A%22Two+words%22#recent-title", "/?q=label%3A%22vip%22#recent-title"]
    assert [found(desk, 'label:"Two words"'), found(desk, 'label:"vip"')] == [[shop], [shop]]


def test_a_long_list_is_turned_over(desk, monkeypatch):
    monkeypatch.setattr(rows, "PAGE", 2)
    ids = [desk.keep(told(f"{number}.har")) for number in range(5)][::-1]
    seen, way = [], "/?q=har"
    while way:
        page = Page(desk.owner.get(way).text)
        seen += [link.removeprefix("/reports/") for link in page.links if link.startswith("/reports/")]
        way = next((link for link in page.links if "after=" in link and f"after={len(seen)}" in link), "")
    assert seen == ids
    assert 'href="/?q=har#recent-title">Newer' in desk.owner.get("/?q=har&after=2").text
    for odd in ("x", "-1", "9" * 30, "²"):
        assert desk.owner.get("/", params={"after": odd}).status_code == 200


def test_an_empty_archive_has_nothing_to_search(desk):
    text = desk.owner.get("/").text
    assert "Recent" not in text
    assert 'name="q"' not in text
    assert desk.owner.get("/patterns").status_code == 404


def test_the_patterns_show_the_richest(desk):
    desk.keep(full_report())
    desk.keep(clear_report())
    assert "It breaks here." in desk.owner.get("/patterns").text


def test_a_page_without_an_archive_shares_and_notes_nothing():
    store = Store()
    id = store.add(full_report()).id
    with client_on(store) as client:
        text = client.get(f"/reports/{id}").text
        assert "Share by link" not in text
        assert "Your notes" not in text
        assert [client.get(way).status_code for way in (f"/reports/{id}/links", f"/previews/{id}", "/s/x")] == [404] * 3


def test_the_archive_that_fails_says_so_to_its_owner_alone(desk, monkeypatch):
    id = desk.keep()
    way = desk.share(id)

    def broken(*_: object) -> None:
        raise StoreError("The database /secret/place is damaged.")

    monkeypatch.setattr(desk.archive.reports, "get", broken)
    told_owner = desk.owner.get(f"/reports/{id}")
    assert (told_owner.status_code, "/secret/place is damaged" in told_owner.text) == (500, True)
    told_reader = desk.reader().get(way)
    assert (told_reader.status_code, "secret" in told_reader.text) == (404, False)


def test_old_reports_are_forgotten(tmp_path):
    with desk_in(tmp_path) as desk:
        old = desk.keep()
        desk.watch.go_on(days=31)
        new = desk.keep()
        housekeeping.keep_house(Kept(desk.archive, timedelta(days=30)))
        assert [listed.id for listed in desk.archive.reports.find()] == [new]
        assert desk.owner.get(f"/reports/{old}").status_code == 404
        desk.watch.go_on(days=500)
        housekeeping.keep_house(Kept(desk.archive))
        assert [listed.id for listed in desk.archive.reports.find()] == [new]


def test_house_is_kept_again_and_again_whatever_happens(tmp_path, monkeypatch):
    times: list[timedelta | None] = []

    def once(kept: Kept) -> None:
        times.append(kept.forget_after)
        raise StoreError("busy")

    async def short_while() -> None:
        with open_archive(tmp_path / "data") as archive:
            async with housekeeping.housekeeping(Kept(archive, timedelta(days=1))):
                while len(times) < 3:
                    await asyncio.sleep(0.005)

    monkeypatch.setattr(housekeeping, "EVERY", 0.001)
    monkeypatch.setattr(housekeeping, "keep_house", once)
    asyncio.run(short_while())
    assert set(times) == {timedelta(days=1)}


def test_secrets_wait_in_memory_until_shown_and_not_for_ever():
    fresh = Fresh()
    for number in range(MANY + 1):
        fresh.put("report", str(number), f"token {number}")
    assert [fresh.take("report", "0"), fresh.take("other", "1")] == ["", ""]
    assert [fresh.take("report", "1"), fresh.take("report", "1")] == ["token 1", ""]
