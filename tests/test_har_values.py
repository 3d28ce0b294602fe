"""Single values as exporters write them, and entries that only the lenient way takes."""

from __future__ import annotations

import json
import math

import pytest

from harinspect.har.model import Credentials
from harinspect.har.quirks import browser_of, exporter, is_masked
from harinspect.har.values import http_version, milliseconds, moment, number, status, whole
from tests.har_files import entry, loaded


@pytest.mark.parametrize(
    ("text", "version"),
    [
        ("HTTP/1.1", "HTTP/1.1"),
        ("http/1.0", "HTTP/1.0"),
        ("1.1", "HTTP/1.1"),
        ("HTTP/2", "HTTP/2"),
        ("http/2.0", "HTTP/2"),
        ("2 2", "HTTP/2"),
        ("h2", "HTTP/2"),
        ("h3", "HTTP/3"),
        ("h3-29", "HTTP/3"),
        ("http/2.0+quic/46", "HTTP/3"),
        ("spdy/3.1", "SPDY"),
        ("unknown", ""),
        ("us:", ""),
        ("", ""),
        (None, ""),
    ],
)
def test_http_version(text: str | None, version: str) -> None:
    assert http_version(text) == version


def test_numbers() -> None:
    assert [whole(value) for value in (3.7, -1.0, "12", "x", None, math.inf, math.nan, 1e300)] == [3, -1, 12] + [-1] * 5
    assert [status(value) for value in (403.0, "404", -1.0, -2.0, 0.0, 1000.0, None)] == [403, 404, 0, 0, 0, 0, 0]
    assert [milliseconds(value) for value in (1.5, 0.0, -33.0, "2.5", "", None, math.nan, 1e15)] == [
        1.5,
        0,
        -1,
        2.5,
    ] + [-1] * 4
    assert [number(value) for value in (1.5, math.inf, "inf", "nan", "1e3")] == [1.5, -1, -1, -1, 1000]


@pytest.mark.parametrize(
    "text", [None, "", "NaN-NaN-NaNTNaN:NaN:NaN", "yesterday", "0001-01-01T00:00:00Z", "9999-12-31"]
)
def test_no_moment(text: str | None) -> None:
    assert moment(text) is None


@pytest.mark.parametrize(
    ("agent", "browser"),
    [
        (
            "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/120.0.0.0 Safari/537.36 OPR/106.0.0.0",
            "Opera 106.0.0.0",
        ),
        ("Mozilla/5.0 (X11; rv:150.0) Gecko/20100101 Firefox/150.0", "Firefox 150.0"),
        ("Mozilla/5.0 (Macintosh) AppleWebKit/605.1.15 Version/17.4 Safari/605.1.15", "Safari 17.4"),
        ("Mozilla/5.0 (iPhone) AppleWebKit/605.1.15 CriOS/120.0.1 Mobile/15E148 Safari/604.1", "Chrome 120.0.1"),
        ("Mozilla/5.0 (Windows NT 6.1; Trident/7.0; rv:11.0) like Gecko", "Internet Explorer 11.0"),
        ("curl/8.0", ""),
    ],
)
def test_browser_of(agent: str, browser: str) -> None:
    assert browser_of(agent) == browser


def test_exporters_by_name() -> None:
    assert exporter("chrome-har-capturer").name == "chrome-har-capturer"
    assert exporter("WebKit Web Inspector").name == "safari"
    assert exporter("BrowserMob Proxy").name == "browsermob"
    assert exporter("My own script").name == "unknown"


@pytest.mark.parametrize(
    ("name", "value", "masked"),
    [
        ("cookie", "a=REDACTED", True),
        ("cookie", "a=REDACTED; b=***", True),
        ("cookie", "a=REDACTED; b=1", False),
        ("cookie", "[redacted]", True),
        ("cookie", "a=; b=", False),
        ("cookie", "; sid=***", True),
        ("cookie", " ;", False),
        ("authorization", "X" * 65, False),
        ("cookie", "sid=" + "0a" * 32, False),
        ("set-cookie", "sid=***; Path=/; HttpOnly", True),
        ("set-cookie", "sid=redacted-no; Path=/", False),
        ("authorization", "Bearer <redacted>", True),
        ("authorization", "XXXXXX", True),
        ("authorization", "xx", False),
        ("authorization", "Bearer \u2039token:40:ab12\u203a", False),
        ("authorization", "Basic YTpi", False),
        ("authorization", "", False),
        ("proxy-authorization", "(hidden)", True),
        ("x-note", "REDACTED", False),
    ],
)
def test_masks(name: str, value: str, masked: bool) -> None:
    assert is_masked(name, value) is masked


def test_what_the_fast_way_refuses_is_mended() -> None:
    odd = {
        "startedDateTime": 5,
        "time": {"ms": 3},
        "pageref": ["p"],
        "request": {"method": True, "url": {"a": 1.5}, "headers": {"Host": "a", "B": ["1", "2"]}, "postData": 7},
        "response": {"status": [], "headers": "none", "content": 5, "cookies": 3, "redirectURL": 8, "_error": "\ud800"},
        "timings": {"wait": "x"},
        "_fromCache": False,
        "_initiator": 9,
        "serverIPAddress": 4,
        "_webSocketMessages": [{"type": 1}],
    }
    har = loaded(json.dumps({"log": {"entries": [odd, {**odd, "_initiator": "\ud800u"}]}}))
    first, second = har.exchanges
    assert (har.lost, first.method, first.url, first.status) == (0, "true", '{"a":1.5}', 0)
    assert list(first.request.headers) == [("Host", "a"), ("B", "1"), ("B", "2")]
    assert (first.page, first.error, first.from_cache, first.server_ip) == ('["p"]', "\ufffd", False, "4")
    assert (first.initiator.url, second.initiator.url, first.messages) == ("", "\ufffdu", ())
    assert (first.duration, first.wait, first.request.post_data) == (-1.0, -1.0, None)


def test_cookies_as_an_object_count() -> None:
    one = entry(0)
    one["request"] = {
        "url": "https://a.example/",
        "headers": [],
        "cookies": [{"name": "a", "value": 1, "secure": True}],
    }
    one["response"] = {"status": 200, "headers": [], "cookies": [{"name": "b", "expires": None}, {"value": "x"}, 3]}
    (exchange,) = loaded(json.dumps({"log": {"entries": [one]}})).exchanges
    assert exchange.request.headers.get("cookie") == "a=1"
    assert exchange.response.headers.all("set-cookie") == ("b=",)


@pytest.mark.parametrize(
    ("cookies", "credentials"),
    [
        (["sid=" + "0a" * 32], Credentials.RECORDED),
        (["sid=" + "0a" * 32, "sid=" + "0b" * 32 + "; v=" + "0c" * 32], Credentials.REMOVED),
        (["sid=" + "0a" * 32, "sid=" + "0b" * 32, "theme=dark"], Credentials.RECORDED),
        (["sid=" + "0a" * 32, "sid=***"], Credentials.RECORDED),
    ],
)
def test_only_a_tool_that_spares_no_value_writes_digests(cookies: list[str], credentials: Credentials) -> None:
    """A session id may look like a digest."""
    made = [entry(number) for number in range(len(cookies))]
    for one, cookie in zip(made, cookies, strict=True):
        one["request"]["headers"].append({"name": "Cookie", "value": cookie})  # type: ignore[index]
    assert (
        loaded(json.dumps({"log": {"creator": {"name": "other"}, "entries": made}})).source.credentials is credentials
    )
