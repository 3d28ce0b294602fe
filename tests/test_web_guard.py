"""Who may ask for what, and what a browser is told about the answer."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest
from starlette.requests import ClientDisconnect
from starlette.responses import PlainTextResponse
from starlette.testclient import TestClient
from starlette.types import Message, Receive, Scope, Send

from harinspect.store import Store
from harinspect.web.guard import Guard
from tests.page_client import client_on
from tests.page_fixtures import clear_report


@pytest.fixture
def client() -> Iterator[TestClient]:
    with client_on(Store(), hosts=("desk.example",)) as client:
        yield client


@pytest.mark.parametrize("host", ["127.0.0.1:8403", "localhost", "LOCALHOST:1", "[::1]:8403", "desk.example:8403"])
def test_own_names_are_answered(client, host):
    assert client.get("/", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "127.0.0.1.evil.example",
        "",
        "[::2]:8403",
        "localhost.evil.example:80",
        "localhost.",
        *("127.1", "0x7f.1", "2130706433", "[::ffff:127.0.0.1]"),
        *("[::1", "[::1]x", "localhost:80:90", "localhost:x", "localhost/x"),
        *("localhost:80@evil.example", "evil@localhost", "localhost,evil.example", "localhost evil.example"),
    ],
)
def test_foreign_names_are_refused(client, host):
    """DNS rebinding: the browser believes that the attacker's name is this machine."""
    answer = client.get("/", headers={"Host": host})
    assert answer.status_code == 403
    assert "content-security-policy" in answer.headers


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1:9999"},
        {"Origin": ""},
        {"Origin": "http://[canary"},
        {"Origin": "//127.0.0.1:8403"},
        {"Origin": "ftp://127.0.0.1:8403"},
        {"Origin": "http://127.0.0.1:8403/x"},
        {"Origin": "http://me@127.0.0.1:8403"},
        {"Origin": "http://localhost:8403"},
        [("Origin", "http://127.0.0.1:8403"), ("Origin", "https://evil.example")],
        [("Sec-Fetch-Site", "same-origin"), ("Sec-Fetch-Site", "cross-site")],
        {"Sec-Fetch-Site": ""},
        {"Sec-Fetch-Site": "none, cross-site"},
    ],
)
def test_other_sites_change_nothing(headers):
    store = Store()
    kept = store.add(clear_report())
    with client_on(store) as client:
        assert client.post(f"/reports/{kept.id}/delete", headers=headers).status_code == 403
        for method in ("DELETE", "PUT", "PATCH", "OPTIONS", "TRACE", "PROPFIND"):
            answer = client.request(method, f"/reports/{kept.id}", headers=headers)
            assert (answer.status_code, answer.headers["cache-control"]) == (403, "no-store")
    assert store.get(kept.id)


@pytest.mark.parametrize(
    "headers", [{}, {"Sec-Fetch-Site": "same-origin", "Origin": "http://127.0.0.1:8403"}, {"Sec-Fetch-Site": "none"}]
)
def test_the_page_itself_may(headers):
    store = Store()
    kept = store.add(clear_report())
    with client_on(store) as client:
        assert client.post(f"/reports/{kept.id}/delete", headers=headers).status_code == 303
    assert store.get(kept.id) is None


def test_every_answer_is_protected(client):
    for path in ("/", "/nothing", "/reports/unknown", "/assets/app.css"):
        headers = client.get(path).headers
        policy = headers["content-security-policy"]
        assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self'")
        assert "unsafe" not in policy
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "same-origin"


def test_reports_are_not_cached_and_marked_assets_are():
    store = Store()
    kept = store.add(clear_report())
    with client_on(store) as client:
        assert client.get(f"/reports/{kept.id}").headers["cache-control"] == "no-store"
        assert "immutable" in client.get("/assets/app.css?v=1").headers["cache-control"]
        assert client.get("/assets/app.css").headers["cache-control"] == "no-cache"


def test_no_description_of_the_interface_is_served(client):
    assert [client.get(path).status_code for path in ("/docs", "/redoc", "/openapi.json")] == [404, 404, 404]


def test_who_hangs_up_is_no_failure(caplog):
    async def left(scope: Scope, receive: Receive, send: Send) -> None:
        raise ClientDisconnect

    scope = {"type": "http", "method": "GET", "path": "/", "headers": [(b"host", b"localhost")]}
    asyncio.run(Guard(left)(scope, None, None))  # type: ignore[arg-type]
    assert caplog.messages == []


FRAMES = ("iframe", "frame", "embed", "object")


@pytest.mark.parametrize(
    ("mode", "dest", "status"),
    [("navigate", "document", 200), ("no-cors", "image", 403), ("cors", "empty", 403), ("no-cors", "script", 403)]
    + [("navigate", dest, 403) for dest in FRAMES],
)
def test_other_sites_may_link_here_and_nothing_more(client, mode, dest, status):
    for site in ("cross-site", "same-site"):
        headers = {"Sec-Fetch-Site": site, "Sec-Fetch-Mode": mode, "Sec-Fetch-Dest": dest}
        assert client.get("/", headers=headers).status_code == status
    assert client.get("/", headers=headers | {"Sec-Fetch-Site": "same-origin"}).status_code == 200


def test_a_page_without_tls_is_another_origin():
    store = Store()
    with client_on(store) as client:
        for headers, status in (({}, 303), ({"X-Forwarded-Proto": "https"}, 403)):
            kept = store.add(clear_report())
            sent = {"Origin": "http://127.0.0.1:8403"} | headers
            assert client.post(f"/reports/{kept.id}/delete", headers=sent).status_code == status


@pytest.mark.parametrize(
    ("server", "host", "status"),
    [
        ("192.168.1.7", "192.168.1.7:8403", 200),
        ("::ffff:192.168.1.7", "192.168.1.7:8403", 200),
        ("fd00::7", "[fd00::7]:8403", 200),
        ("192.168.1.7", "192.168.1.8:8403", 403),
        ("192.168.1.7", "evil.example", 403),
        ("evil.example", "evil.example", 403),
    ],
)
def test_the_address_of_the_connection_is_no_foreign_name(server, host, status):
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await PlainTextResponse("here")(scope, receive, send)

    async def placed(scope: Scope, receive: Receive, send: Send) -> None:
        await Guard(app)({**scope, "server": (server, 8403)}, receive, send)

    assert TestClient(placed).get("/", headers={"Host": host}).status_code == status


@pytest.mark.parametrize("is_answered", [False, True])
def test_a_failure_is_told_by_kind_and_place_alone(caplog, is_answered):
    async def failing(scope: Scope, receive: Receive, send: Send) -> None:
        if is_answered:
            await send({"type": "http.response.start", "status": 200, "headers": []})
            await send({"type": "http.response.body", "body": b"half", "more_body": True})
        raise ValueError("token=secret")

    if is_answered:
        sent: list[Message] = []

        async def keep(message: Message) -> None:
            sent.append(message)

        scope = {"type": "http", "method": "GET", "path": "/", "headers": [(b"host", b"localhost")]}
        asyncio.run(Guard(failing)(scope, None, keep))  # type: ignore[arg-type]
        assert [message["type"] for message in sent] == ["http.response.start", "http.response.body"]
    else:
        answer = TestClient(Guard(failing), base_url="http://localhost").get("/?q=secret")
        assert (answer.status_code, "secret" in answer.text) == (500, False)
        assert "content-security-policy" in answer.headers
    assert caplog.messages[-1].startswith("ValueError in failing, ")
    assert "secret" not in caplog.text
