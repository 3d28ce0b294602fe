"""The grammar of cookies, by the sections of RFC 6265bis."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harinspect.wire.cookie_parsing import (
    Priority,
    SameSite,
    SetCookie,
    Unreadable,
    default_path,
    domain_matches,
    name_in,
    parse_cookie_header,
    parse_date,
    parse_set_cookie,
    path_matches,
)

NOON = datetime(2026, 3, 2, 12, 0, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("a=b", SetCookie("a", "b")),
        ("  a \t=\t b ", SetCookie("a", "b")),
        ("a=b=c", SetCookie("a", "b=c")),
        ("a=", SetCookie("a", "")),
        ("=b", SetCookie("", "b")),
        ("b", SetCookie("", "b")),
        ('a="b c"', SetCookie("a", '"b c"')),
        ("a=b; Domain=.Shop.Example", SetCookie("a", "b", domain="shop.example")),
        ("a=b; Domain=one.example; Domain=two.example", SetCookie("a", "b", domain="two.example")),
        ("a=b; Domain=one.example; Domain=", SetCookie("a", "b")),
        ("a=b; Path=/x; Path=y", SetCookie("a", "b")),
        ("a=b; path = /x ", SetCookie("a", "b", path="/x")),
        ("a=b; Path=/" + "x" * 1024, SetCookie("a", "b")),
        ("a=b; Max-Age=60", SetCookie("a", "b", max_age=60)),
        ("a=b; Max-Age=-60", SetCookie("a", "b", max_age=-60)),
        ("a=b; Max-Age=6.5", SetCookie("a", "b")),
        ("a=b; Max-Age=+6", SetCookie("a", "b")),
        ("a=b; Max-Age=" + "9" * 50, SetCookie("a", "b", max_age=10**10)),
        ("a=b; Max-Age=-" + "9" * 50, SetCookie("a", "b", max_age=-(10**10))),
        ("a=b; Expires=Mon, 02 Mar 2026 12:00:05 GMT", SetCookie("a", "b", expires=NOON)),
        ("a=b; Expires=tomorrow", SetCookie("a", "b")),
        ("a=b;secure;HTTPONLY;Partitioned", SetCookie("a", "b", secure=True, http_only=True, partitioned=True)),
        ("a=b; Secure=no", SetCookie("a", "b", secure=True)),
        ("a=b; SameSite=strict", SetCookie("a", "b", same_site=SameSite.STRICT)),
        ("a=b; SameSite=LAX", SetCookie("a", "b", same_site=SameSite.LAX)),
        ("a=b; SameSite=None", SetCookie("a", "b", same_site=SameSite.NONE)),
        ("a=b; SameSite=Whatever", SetCookie("a", "b")),
        ("a=b; SameSite=None; SameSite", SetCookie("a", "b")),
        ("\ta\t=\tb\t;\tPath\t=\t/x\t", SetCookie("a", "b", path="/x")),
        ("a=b; Priority=HIGH", SetCookie("a", "b", priority=Priority.HIGH)),
        ("a=b; Priority=urgent", SetCookie("a", "b")),
    ],
)
def test_set_cookie_is_read_as_browsers_read_it(line: str, expected: SetCookie) -> None:
    assert parse_set_cookie(line) == expected


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("a=b\x00", Unreadable.DISALLOWED_CHARACTER),
        ("a=b; Path=/\x7f", Unreadable.DISALLOWED_CHARACTER),
        ("a=b\nc=d", Unreadable.DISALLOWED_CHARACTER),
        ("", Unreadable.NO_COOKIE_CONTENT),
        (" = ; Secure", Unreadable.NO_COOKIE_CONTENT),
        ("a=" + "x" * 4096, Unreadable.NAME_VALUE_PAIR_EXCEEDS_MAX_SIZE),
        ("a=" + "é" * 2048, Unreadable.NAME_VALUE_PAIR_EXCEEDS_MAX_SIZE),
    ],
)
def test_what_is_no_cookie(line: str, why: Unreadable) -> None:
    assert parse_set_cookie(line) is why


def test_4096_octets_are_not_too_many() -> None:
    assert isinstance(parse_set_cookie("a=" + "x" * 4095), SetCookie)


def test_name_is_found_in_a_broken_line() -> None:
    assert name_in("sid=\x00; Path=/") == "sid"


@pytest.mark.parametrize(
    "text",
    [
        "Mon, 02 Mar 2026 12:00:05 GMT",
        "Mon, 02-Mar-2026 12:00:05 GMT",
        "Monday, 02-Mar-26 12:00:05 GMT",
        "Mon Mar  2 12:00:05 2026",
        "2 March 2026 12:00:05",
        "12:00:05 2nd mar 2026UTC",
        "Mon, 02 Mar 2026 12:00:05 +0200",
    ],
)
def test_dates_of_all_forms(text: str) -> None:
    assert parse_date(text) == NOON


@pytest.mark.parametrize(
    ("text", "year"), [("02 Mar 70 12:00:05", 1970), ("02 Mar 99 12:00:05", 1999), ("02 Mar 69 12:00:05", 2069)]
)
def test_years_of_two_digits(text: str, year: int) -> None:
    found = parse_date(text)
    assert found is not None
    assert found.year == year


@pytest.mark.parametrize(
    "text",
    [
        "",
        "02 Mar 2026",
        "12:00:05 Mar 2026",
        "02 12:00:05 2026",
        "02 Mar 12:00:05",
        "02 Mar 1600 12:00:05",
        "31 Feb 2026 12:00:05",
        "02 Mar 2026 25:00:05",
        "02 Mar 2026 12:00",
        "2mar 2026 12:00:05",
        "2026-03-02T12:00:05Z",
    ],
)
def test_what_is_no_date(text: str) -> None:
    assert parse_date(text) is None


@pytest.mark.parametrize(
    ("path", "default"), [("/", "/"), ("/a", "/"), ("/a/b", "/a"), ("/a/b/", "/a/b"), ("", "/"), ("*", "/")]
)
def test_default_path(path: str, default: str) -> None:
    assert default_path(path) == default


@pytest.mark.parametrize(
    ("request_path", "cookie_path", "matches"),
    [
        ("/foo", "/foo", True),
        ("/foo/", "/foo", True),
        ("/foo/bar", "/foo", True),
        ("/foobar", "/foo", False),
        ("/foo", "/foo/", False),
        ("/foo/bar", "/foo/", True),
        ("/", "/", True),
        ("/Foo", "/foo", False),
    ],
)
def test_path_matching(request_path: str, cookie_path: str, matches: bool) -> None:
    assert path_matches(request_path, cookie_path) is matches


@pytest.mark.parametrize(
    ("host", "domain", "is_ip", "matches"),
    [
        ("shop.example", "shop.example", False, True),
        ("www.shop.example", "shop.example", False, True),
        ("bigshop.example", "shop.example", False, False),
        ("shop.example", "www.shop.example", False, False),
        ("10.0.0.1", "0.0.1", True, False),
        ("10.0.0.1", "10.0.0.1", True, True),
    ],
)
def test_domain_matching(host: str, domain: str, is_ip: bool, matches: bool) -> None:
    assert domain_matches(host, domain, is_ip=is_ip) is matches


def test_cookie_header_keeps_order_and_repetition() -> None:
    assert parse_cookie_header("a=1; b=2;a=3; ;c") == (("a", "1"), ("b", "2"), ("a", "3"), ("", "c"))


def test_empty_cookie_header_has_no_pairs() -> None:
    assert parse_cookie_header("") == ()


@given(st.text(max_size=200))
def test_any_line_is_a_cookie_or_says_why_not(line: str) -> None:
    found = parse_set_cookie(line)
    assert isinstance(found, Unreadable) or found.name or found.value


@given(st.text(max_size=60))
def test_any_date_is_read_or_refused(text: str) -> None:
    found = parse_date(text)
    assert found is None or found.tzinfo is UTC
