"""What a link gives besides its report, which is nothing; and what every answer of a real server says to a browser."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from http.client import HTTPConnection, HTTPMessage

import pytest

from harinspect.store import passphrases
from harinspect.store.archive import Archive, open_archive
from harinspect.store.clock import utc_now
from harinspect.web.access import Access
from harinspect.web.guard import HEADERS
from tests.page_fixtures import clear_report, full_report
from tests.page_server import SETTINGS, Server
from tests.served import PASSWORD

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND")
HTMX = {"HX-Request": "true"}
TRICKS = (
    *("/", "//", "/..", "/../", "/../../", "/%2e%2e/", "/..%2f", "%2f..%2f..", "/..\\..\\", "/./", "/%2e"),
    *("/../../reports/{other}", "/../../reports/{id}.json", "/%2e%2e/%2e%2e/reports/{id}", "/reports/{other}"),
    *("/reports/{id}.json", "/../{other}", "/../../?q=a", "//reports/{id}", "/links", "/remarks", "/delete"),
    *(".json", ".md", ".html", ".har", ".sarif", "/report.json", "/report.html", "/report.har", "/report.md/"),
    *("/exchanges", "/denials", "/exchanges/20/..", "/exchanges/1", "/denials/-1", "/denials/9999999999999999999"),
    *(";x", "%00", "%0a", "%20", "%ff", "x", "/revoke", "/links/1/revoke", "/sign-in", "/assets/app.css", "/rules"),
)


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archive]:
    with open_archive(tmp_path_factory.mktemp("archive")) as archive:
        yield archive


@pytest.fixture(scope="module")
def server(archive: Archive) -> Iterator[Server]:
    access = Access(password=passphrases.stretched(PASSWORD))
    with Server(replace(SETTINGS, access=access), archive) as server:
        yield server


@pytest.fixture(scope="module")
def kept(archive: Archive) -> str:
    return archive.reports.add(full_report()).id


@pytest.fixture(scope="module")
def token(archive: Archive, kept: str) -> str:
    made = archive.links.make(kept, expires=utc_now() + timedelta(days=1))
    assert made is not None
    return made.token


def ask(
    server: Server, method: str, path: str, body: bytes = b"", headers: dict[str, str] | None = None
) -> tuple[int, HTTPMessage, bytes]:
    """The path goes out as it is."""
    connection = HTTPConnection("127.0.0.1", server.socket.getsockname()[1], timeout=10)
    connection.request(method, path, body, headers or {})
    answer = connection.getresponse()
    told = answer.status, answer.headers, answer.read()
    connection.close()
    return told


def same(told: tuple[int, HTTPMessage, bytes]) -> tuple[int, str, bytes]:
    status, headers, body = told
    return status, json.dumps(sorted(pair for pair in headers.items() if pair[0] != "date")), body


def test_whatever_is_asked_for_below_a_live_link_is_as_below_a_dead_one(archive, server, kept, token):
    other = archive.reports.add(clear_report()).id
    revoked = archive.links.make(kept, expires=utc_now() + timedelta(days=1))
    assert revoked is not None
    assert archive.links.revoke(revoked.link.id)
    assert ask(server, "GET", f"/s/{token}/report.md")[0] == 200
    for trick in TRICKS:
        below = trick.format(id=kept, other=other)
        for method in METHODS:
            live, dead = (ask(server, method, f"/s/{way}{below}") for way in (token, revoked.token))
            assert same(live) == same(dead), (method, below)
            assert live[0] in (404, 400), (method, below)
    assert len(archive.reports.find()) == 2


@pytest.mark.parametrize("method", [method for method in METHODS if method not in ("GET", "POST")])
def test_a_link_is_read_and_nothing_else(archive, server, kept, token, method):
    for below in ("", "/report.md", "/exchanges/20", "/denials/103"):
        assert ask(server, method, f"/s/{token}{below}")[0] == 404
    assert archive.links.of(kept)[0].openings <= 1


def test_every_answer_is_protected(server, kept, token):
    cookie = ask(server, "POST", "/sign-in", f"password={PASSWORD}".encode())[1]["set-cookie"].partition(";")[0]
    own, seen = {"Cookie": cookie}, set()
    css = ask(server, "GET", "/assets/app.css")[1]
    form = {"Content-Type": "multipart/form-data; boundary=b"}
    report, way = f"/reports/{kept}", f"/s/{token}"
    for method, path, headers, body in (
        *(
            ("GET", path, own, b"")
            for path in ("/", "/?q=x", "/rules", "/rules/x", "/patterns", "/nothing", "/uploads/x")
        ),
        *(("GET", report + end, own, b"") for end in ("", ".json", ".md", ".sarif", ".html", "/links", "/denials/103")),
        *(("GET", way + end, {}, b"") for end in ("", "/report.md", "/denials/103", "/exchanges/20", "/nothing")),
        *(("GET", path + "/denials/103", own | HTMX, b"") for path in (report, way, f"/previews/{kept}")),
        *((method, report, own, b"") for method in ("HEAD", "PUT", "OPTIONS", "TRACE")),
        *(("GET", path, {}, b"") for path in ("/", "/sign-in", "/s/", "/s/x", "/assets/x", "/assets/../x", "/assets")),
        ("GET", "/", {"Accept": "text/html"}, b""),
        ("DELETE", "/reports/x", own, b""),
        ("GET", "/", {"Host": "evil.example"}, b""),
        ("GET", "/", {"Host": "a\tb"}, b""),
        ("GET", "/", {"X": "x" * 100_000}, b""),
        ("GET", "/", {"Sec-Fetch-Site": "cross-site"}, b""),
        ("GET", "/assets/app.css", {"If-None-Match": css["etag"]}, b""),
        ("GET", "/assets/app.css", {"Range": "bytes=0-3"}, b""),
        ("GET", "/assets/app.css", {"Range": "bytes=99999999-"}, b""),
        ("GET", "/assets/app.css", {"Range": "bytes=x"}, b""),
        ("POST", "/reports", own, b"x" * (SETTINGS.upload_bytes + 1)),
        ("POST", "/reports", own, b""),
        ("POST", "/reports", own, b"x"),
        ("POST", "/reports", own | form, b"x"),
        ("POST", "/reports/x/delete", own | {"Origin": "null"}, b""),
        ("POST", "/reports/x/delete", own, b""),
        ("POST", "/sign-in", {}, b"password=x"),
        ("POST", "/sign-in", {}, b"password=x"),
        ("POST", "/sign-in", {}, b"x" * 10_000),
        ("POST", "/sign-out", {}, b""),
    ):
        status, told, _ = ask(server, method, path, body, headers)
        seen.add(status)
        assert {name: told[name] for name in HEADERS} == dict(HEADERS), (method, path, status)
        is_asset = path.startswith("/assets/app.css") and status in (200, 206, 304)
        assert told["cache-control"] == ("no-cache" if is_asset else "no-store"), (method, path, status)
        assert not [name for name in told if name.lower().startswith("access-control")]
    assert seen == {200, 202, 206, 303, 304, 400, 401, 403, 404, 405, 413, 416, 429}
