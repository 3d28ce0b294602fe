"""URLs of a redacted file: ASCII for others, marks for us."""

from __future__ import annotations

import json
from io import BytesIO

import pytest

from harinspect.har import load
from harinspect.har.urls import as_uri, with_marks
from tests.har_files import document

MARKED = "https://a.example/\u2039path:1-7:3c445bfaf249\u203a?t=\u2039jwt:64+:1b07aa%20alg=RS256%20aud=x%2By\u203a&x=1"


def test_marks_survive_the_encoding() -> None:
    written = as_uri(MARKED)
    assert written.isascii()
    assert with_marks(written) == MARKED
    assert as_uri(written) == written


@pytest.mark.parametrize(
    ("url", "written"),
    [
        ("https://a.example/%C3%BC?a[]={b}|c#d", "https://a.example/%C3%BC?a[]={b}|c#d"),
        ("https://a.example/\u00fc b\t", "https://a.example/%C3%BC%20b%09"),
    ],
)
def test_only_what_no_uri_holds_is_encoded(url: str, written: str) -> None:
    assert as_uri(url) == written


@pytest.mark.parametrize(
    "url", ["https://a.example/%E2%80%B9quoted%E2%80%BA", "https://a.example/%E2%80%B9path:1-7:3c44", "data:,"]
)
def test_other_quotation_marks_stay_encoded(url: str) -> None:
    assert with_marks(url) == url


def test_a_redacted_file_is_read_with_its_marks() -> None:
    har = json.loads(document(1))
    made = har["log"]["entries"][0]
    made["request"]["url"] = as_uri(MARKED)
    made["_serverIPAddress"] = "\u2039ip:8-15:3c445bfaf249 net=public\u203a"
    exchange = load(BytesIO(json.dumps(har).encode())).exchanges[0]
    assert exchange.url == MARKED
    assert exchange.server_ip == made["_serverIPAddress"]


def test_the_expiry_of_a_cookie_that_the_format_has_no_place_for_is_read() -> None:
    har = json.loads(document(1, creator={"name": "x", "version": ""}))
    gone = "Mon, 05-May-2025 10:00:00 GMT"
    har["log"]["entries"][0]["response"]["cookies"] = [{"name": "a", "value": "1", "_expires": gone}]
    received = load(BytesIO(json.dumps(har).encode())).exchanges[0].response.headers
    assert received.all("set-cookie") == (f"a=1; Expires={gone}",)
