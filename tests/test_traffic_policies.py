"""Requests that a page's own policy forbids, where the exporter leaves no mark."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from harinspect.har.model import Exchange
from harinspect.traffic.build import build
from harinspect.traffic.policies import Forbidden, forbidden_by
from tests.builders import exchange, har

PAGE = "https://app.example/home"


def page(policy: str = "", index: int = 0, url: str = PAGE, body: str = "<p>") -> Exchange:
    got = {"Content-Security-Policy": policy} if policy else {}
    return exchange(index, url, got=got, body=body, page="page_1")


def call(url: str, dest: str = "empty", **rest: Any) -> Exchange:
    sent = {"Referer": "https://app.example/", "Sec-Fetch-Dest": dest}
    kept: dict[str, Any] = {"status": 0, "sent": sent, "page": "page_1"}
    return exchange(5, url, **(kept | rest))


def found(about: Exchange, *others: Exchange, exporter: str = "firefox") -> Forbidden | None:
    made = har(*others, about)
    return forbidden_by(about, build(replace(made, source=replace(made.source, exporter=exporter))))


@pytest.mark.parametrize(
    ("policy", "url", "dest"),
    [
        ("connect-src 'self'", "https://api.example/x", "empty"),
        ("default-src 'none'", "https://api.example/x", "image"),
        ("connect-src *; connect-src-x y; script-src https://*.cdn.example", "https://cdn.example/a.js", "script"),
        ("img-src https:", "http://api.example/x", "image"),
        ("img-src api.example", "http://api.example/x", "image"),
        ("img-src api.example:8443", "https://api.example/x", "image"),
        ("img-src api.example/pictures", "https://api.example/pictures/x", "image"),
        ("img-src ?", "https://api.example/x", "image"),
        ("default-src *, font-src 'self'", "https://api.example/x", "font"),
    ],
)
def test_what_no_source_covers_is_forbidden(policy: str, url: str, dest: str) -> None:
    assert found(call(url, dest), page(policy)) is not None


@pytest.mark.parametrize(
    ("policy", "url", "dest"),
    [
        ("", "https://api.example/x", "empty"),
        ("connect-src 'self' *", "https://api.example/x", "empty"),
        ("connect-src 'self'", "https://app.example/x", "empty"),
        ("connect-src 'self'", "wss://app.example/x", "empty"),
        ("connect-src https:", "https://api.example/x", "empty"),
        ("connect-src http:", "https://api.example/x", "empty"),
        ("connect-src http://api.example", "https://api.example/x", "empty"),
        ("connect-src *:8443", "https://api.example:8443/x", "empty"),
        ("connect-src api.example:*", "https://api.example:8443/x", "empty"),
        ("img-src api.example/p/", "https://api.example/p/x", "image"),
        ("img-src *.example", "https://api.example/p/x", "image"),
        ("script-src 'nonce-1'", "https://api.example/p/x", "script"),
        ("default-src 'none'", "https://api.example/p/x", "report"),
        ("img-src 'none'", "data:,", "image"),
    ],
)
def test_what_is_covered_or_cannot_be_told_is_not(policy: str, url: str, dest: str) -> None:
    assert found(call(url, dest), page(policy)) is None


def test_a_policy_of_the_page_itself_counts() -> None:
    meta = """<meta http-equiv="Content-Security-Policy" content="connect-src 'self'">"""
    told = found(call("https://api.example/x"), page(body=meta))
    assert told is not None
    assert (told.page.index, told.directive, told.sources) == (0, "connect-src", "'self'")


def test_all_pages_that_may_have_asked_must_forbid_it() -> None:
    strict = page("connect-src 'self'")
    assert found(call("https://api.example/x"), strict, page(index=1, url="https://app.example/two")) is None
    assert found(call("https://api.example/x"), strict, page(index=1, url="https://elsewhere.test/")) is not None
    assert found(call("https://api.example/x")) is None


@pytest.mark.parametrize("rest", [{"status": 200}, {"error": "net::ERR_FAILED"}, {"server_ip": "203.0.113.1"}])
def test_what_was_sent_or_failed_otherwise_is_left_alone(rest: dict[str, Any]) -> None:
    assert found(call("https://api.example/x", **rest), page("connect-src 'self'")) is None


def test_exporters_that_mark_need_no_guess() -> None:
    assert found(call("https://api.example/x"), page("connect-src 'self'"), exporter="chrome") is None
