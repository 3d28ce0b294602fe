"""Links as their owner makes them, and the one report that a reader sees."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi import FastAPI
from starlette.routing import Mount, Route

from harinspect.render import as_markdown
from harinspect.store.passphrases import stretched
from harinspect.web.access import Access
from harinspect.web.shared import PROOF
from tests.archive_pages import Desk, desk_in
from tests.page_fixtures import clear_report, full_report
from tests.test_web_pages import Page


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with desk_in(tmp_path) as desk:
        yield desk


@pytest.fixture
def kept(desk: Desk) -> str:
    id = desk.keep()
    desk.archive.reports.annotate(id, labels=["viplabel"], ticket="SUP-4711-X", notes="They owe us.")
    return id


def test_the_page_that_makes_links_shows_what_the_reader_will_see(desk, kept):
    text = desk.owner.get(f"/reports/{kept}/links").text
    read = desk.reader().get(desk.share(kept)).text
    body = read[read.index('<h1 class="verdict">') : read.index('id="capture"')]
    shown = text[text.index('class="preview"') :]
    for line in filter(None, map(str.strip, re.sub(r"<[^>]+>", "\n", body).splitlines())):
        assert line in shown
    assert "SUP-4711-X" not in shown


def test_the_preview_is_the_readers_page(desk, kept):
    way = desk.share(kept)
    for below in ("", "/exchanges/20", "/denials/103", "/report.md"):
        seen, told = desk.reader().get(way + below), desk.owner.get(f"/previews/{kept}{below}")
        assert seen.status_code == told.status_code == 200
        plain = re.sub(r"<span>Shared with you until [^<]*</span>", "", seen.text).replace(way, f"/previews/{kept}")
        assert plain == re.sub(r"<span>Shared with you until [^<]*</span>", "", told.text)


def test_a_link_opens_its_report_and_is_counted(desk, kept):
    way = desk.share(kept)
    reader = desk.reader()
    assert "The browser never sent" in reader.get(way).text
    assert desk.openings(kept) == [1]
    reader.get(way, headers={"Referer": f"http://127.0.0.1:8403{way}/exchanges/20"})
    reader.get(f"{way}/exchanges/20")
    assert desk.openings(kept) == [1]
    assert "opened 1 time, last 21 Nov 2026, 12:00 UTC" in desk.owner.get(f"/reports/{kept}/links").text


def test_a_link_is_shown_once(desk, kept):
    made = desk.owner.post(f"/reports/{kept}/links", data={"expires": "7d"}).headers["location"]
    assert "/s/" in desk.owner.get(made).text
    again = desk.owner.get(made).text
    assert "/s/" not in again
    assert "until 28 Nov 2026, 12:00 UTC" in again


@pytest.mark.parametrize(
    ("fields", "ends"),
    [
        ({"expires": "1h"}, "21 Nov 2026, 13:00 UTC"),
        ({"expires": "1d"}, "22 Nov 2026, 12:00 UTC"),
        ({"expires": "30d", "day": ""}, "21 Dec 2026, 12:00 UTC"),
        ({"expires": "day", "day": "2027-01-31"}, "31 Jan 2027, 23:59 UTC"),
    ],
)
def test_when_it_ends(desk, kept, fields, ends):
    way = desk.share(kept, **fields)
    assert f"Shared with you until {ends}" in desk.reader().get(way).text
    assert f"until {ends}" in desk.owner.get(f"/reports/{kept}/links").text


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({}, "A link lives for"),
        ({"expires": "5y"}, "A link lives for"),
        ({"expires": "day"}, "Choose the day on which the link ends."),
        ({"expires": "day", "day": "2026-11-20"}, "A link cannot end in the past."),
        ({"expires": "7d", "day": "2026-11-22"}, "choose the date, or leave it empty"),
        ({"expires": "7d", "passphrase": "   "}, "A passphrase needs more than white space."),
    ],
)
def test_what_makes_no_link(desk, kept, fields, says):
    answer = desk.owner.post(f"/reports/{kept}/links", data=fields)
    assert answer.status_code == 400
    assert says in answer.text
    assert desk.archive.links.of(kept) == ()


def test_dead_links_answer_like_unknown_ones(desk, kept):
    guarded = desk.share(kept, passphrase="wide open sea")
    expired, revoked, deleted = desk.share(kept, "1h"), desk.share(kept, "30d"), desk.share(desk.keep(clear_report()))
    desk.owner.post(f"/reports/{desk.archive.reports.find()[0].id}/delete")
    [link] = [link for link in desk.archive.links.of(kept) if link.state(desk.watch()) == "live"][:1]
    assert "Revoke" in desk.owner.get(f"/reports/{kept}/links").text
    assert desk.owner.post(f"/reports/{kept}/links/{link.id}/revoke").headers["location"] == f"/reports/{kept}/links"
    desk.watch.go_on(hours=1)
    reader = desk.reader()
    answers = {}
    for way in (expired, revoked, deleted, guarded, "/s/unknown", "/s/", f"/s/{kept}"):
        for below in ("", "/exchanges/20", "/exchanges/x", "/denials/103", "/report.md", "/nothing"):
            answer = reader.get(way + below)
            answers[way + below] = (answer.status_code, answer.text, tuple(sorted(answer.headers.items())))
        answer = reader.post(way, data={"passphrase": "wide open sea"})
        answers[f"POST {way}"] = (answer.status_code, answer.text, tuple(sorted(answer.headers.items())))
    assert len(set(answers.values())) == 1
    [(status, text, _)] = set(answers.values())
    assert status == 404
    assert "This link opens nothing" in text


def test_a_link_of_another_report_is_not_revoked_from_here(desk, kept):
    desk.share(kept)
    [link] = desk.archive.links.of(kept)
    desk.owner.post(f"/reports/{desk.keep()}/links/{link.id}/revoke")
    assert desk.archive.links.of(kept)[0].revoked is None


def test_a_passphrase_is_asked_for_and_slowed_down(desk, kept):
    way = desk.share(kept, passphrase="wide open sea")
    reader = desk.reader()
    asked = reader.get(way)
    assert asked.status_code == 200
    assert "A passphrase is needed" in asked.text
    assert "customer-4711" not in asked.text
    assert [reader.get(way + below).status_code for below in ("/exchanges/20", "/report.md")] == [404, 404]
    wrong = reader.post(way, data={"passphrase": "narrow sea"})
    assert (wrong.status_code, wrong.headers["retry-after"]) == (403, "1")
    assert "That is not the passphrase. Try again in 1 second." in wrong.text
    assert reader.post(way, data={"passphrase": "wide open sea"}).status_code == 429
    desk.watch.go_on(seconds=1)
    assert reader.post(way, data={}).status_code == 200
    right = reader.post(way, data={"passphrase": " wide open sea "})
    assert (right.status_code, right.headers["location"]) == (303, way)
    assert "The browser never sent" in reader.get(way).text
    assert reader.get(f"{way}/exchanges/20").status_code == 200
    assert desk.openings(kept) == [1]
    assert "A passphrase is needed" in desk.reader().get(way).text


def test_the_proof_is_for_this_link_alone(desk, kept):
    way = desk.share(kept, passphrase="wide open sea")
    cookie = desk.reader().post(way, data={"passphrase": "wide open sea"}).headers["set-cookie"]
    name, _, rest = cookie.partition("=")
    proof, *flags = rest.split("; ")
    assert name == PROOF
    assert {flag.lower() for flag in flags} == {"httponly", "samesite=strict", "max-age=3600", f"path={way.lower()}"}
    other = desk.share(kept, passphrase="wide open sea")
    stranger = desk.reader()
    stranger.cookies.set(PROOF, proof)
    assert "A passphrase is needed" in stranger.get(other).text
    over_tls = desk.reader()
    over_tls.base_url = "https://127.0.0.1:8403"
    assert "Secure" in over_tls.post(way, data={"passphrase": "wide open sea"}).headers["set-cookie"]


def test_the_reader_gets_one_report_without_ways_out(desk, kept):
    way, own = desk.share(kept), desk.keep(clear_report())
    reader = desk.reader()
    pages = [way, f"{way}/exchanges/20", f"{way}/denials/103"]
    for address in pages:
        answer = reader.get(address)
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["referrer-policy"] == "same-origin"
        assert answer.headers["x-robots-tag"].startswith("noindex")
        page = Page(answer.text)
        assert page.inline == []
        away = [link for link in page.links if not link.startswith(("#", way, "https://"))]
        assert away == []
        assert re.findall(r'(?:action|hx-\w+|data-copy-url)="(/(?!s/)[^"]*)"', answer.text) == []
        for secret in (kept, own, "viplabel", "SUP-4711-X", "They owe us.", "/rules", "/reports"):
            assert secret not in answer.text
    assert f'data-copy-url="{way}/report.md"' in reader.get(way).text
    assert reader.get(f"{way}/report.md").text == as_markdown.render(full_report())


def routes_of(app: FastAPI) -> Iterator[tuple[str, list[str]]]:
    """(path, methods) of every route, those of included routers too."""
    for found in app.routes:
        within = getattr(found, "original_router", None)
        for route in within.routes if within else [found]:
            assert isinstance(route, Route | Mount)
            yield route.path, sorted(getattr(route, "methods", None) or ())


def test_a_token_opens_nothing_but_its_own_pages(desk, kept):
    """Every route of the app, with the token in every place that takes something."""
    token = desk.share(kept).removeprefix("/s/")
    desk.archive.reports.annotate(kept, notes="as it was")
    reader, opened, general = desk.reader(), set(), {"/", "/rules", "/patterns", "/assets"}
    for pattern, methods in routes_of(desk.app):
        path = re.sub(r"\{\w+\}", token, pattern.replace("{index}", "20"))
        for method in methods if pattern not in general else ():
            if reader.request(method, path).status_code < 400:
                opened.add(f"{method} {pattern}")
    assert {"GET /s/{token}", "GET /s/{token}/exchanges/{index}"} <= opened
    harmless = {
        "POST /reports/{id}/delete",
        "DELETE /reports/{id}",
        "POST /reports/{id}/links/{link}/revoke",
        "POST /sign-out",
    }
    assert {way for way in opened if "/s/{token}" not in way} <= harmless  # forget what is not there
    stored = desk.archive.reports.get(kept)
    assert stored is not None
    assert stored.notes == "as it was"
    assert desk.archive.links.of(kept)[0].revoked is None


def test_where_others_must_sign_in_a_link_is_the_only_way(tmp_path):
    """Every route again, now with a password on the door."""
    with desk_in(tmp_path, access=Access(password=stretched("open sesame"))) as desk:
        assert desk.owner.post("/sign-in", data={"password": "open sesame"}).status_code == 303
        way = desk.share(desk.keep())
        reader, opened = desk.reader(), set()
        for pattern, methods in routes_of(desk.app):
            path = re.sub(r"\{\w+\}", way.removeprefix("/s/"), pattern.replace("{index}", "20"))
            for method in methods:
                if reader.request(method, path).status_code != 401:
                    opened.add(f"{method} {pattern}")
        below = {f"GET /s/{{token}}{part}" for part in ("", "/report.md", "/denials/{index}", "/exchanges/{index}")}
        assert opened == below | {"POST /s/{token}", "GET /sign-in", "POST /sign-in"}
        page = reader.get(way).text
        assert "The browser never sent" in page
        assert "/sign-" not in page
        assets = re.findall(r'(?:href|src)="(/assets/[^"]+)"', page)
        assert len(assets) == 5
        assert {reader.get(asset).status_code for asset in assets} == {200}


def test_another_site_makes_and_revokes_no_link(desk, kept):
    desk.share(kept)
    [link] = desk.archive.links.of(kept)
    for headers in ({"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}):
        for below in ("/links", f"/links/{link.id}/revoke", "/remarks"):
            answer = desk.owner.post(f"/reports/{kept}{below}", data={"expires": "7d"}, headers=headers)
            assert answer.status_code == 403
    assert [known.revoked for known in desk.archive.links.of(kept)] == [None]


def test_there_is_nothing_to_share_of_an_unknown_report(desk):
    assert desk.owner.get("/reports/unknown/links").status_code == 404
    assert desk.owner.post("/reports/unknown/links", data={"expires": "7d"}).status_code == 404
    assert desk.owner.get("/previews/unknown").status_code == 404
