"""Which requests need a preflight, byte by byte."""

import pytest

from harinspect.wire.headers import Headers
from harinspect.wire.safelist import author_headers, is_safelisted_method, needs_preflight, unsafe_header_names

SAFE = [
    ("Accept", "*/*"),
    ("accept", "text/html;q=0.9,\ttext/plain"),
    ("accept", "a" * 128),
    ("Accept-Language", "de-AT, de;q=0.8 *"),
    ("Content-Language", "en"),
    ("Content-Type", "text/plain;charset=utf-8"),
    ("Content-Type", " TEXT/Plain "),
    ("content-type", "multipart/form-data; boundary=x"),
    ("content-type", "application/x-www-form-urlencoded"),
    ("Range", "bytes=0-"),
    ("range", "bytes=5-9"),
    ("range", "bytes=5-5"),
]
UNSAFE = [
    ("Accept", "a" * 129),
    ("Accept", "\u00e4" * 65),
    ("accept", 'a"b'),
    ("accept", "a\x01"),
    ("accept", "a\x7f"),
    ("accept", "a{}"),
    ("accept", "a(b)"),
    ("Accept-Language", "de_AT"),
    ("Content-Language", "en/us"),
    ("Content-Type", "application/json"),
    ("Content-Type", "text/plain; a=<b>"),
    ("Content-Type", "nonsense"),
    ("Content-Type", ""),
    ("Range", "bytes=-500"),
    ("Range", "bytes=9-5"),
    ("Range", "bytes=0-1,3-4"),
    ("Range", "bytes = 0-"),
    ("Range", "lines=0-"),
    ("Authorization", "Bearer x"),
    ("X-Requested-With", "XMLHttpRequest"),
]


@pytest.mark.parametrize(("name", "value"), SAFE)
def test_safelisted(name, value):
    assert unsafe_header_names([(name, value)]) == ()
    assert not needs_preflight("POST", [(name, value)])


@pytest.mark.parametrize(("name", "value"), UNSAFE)
def test_unsafe(name, value):
    assert unsafe_header_names([(name, value)]) == (name.lower(),)
    assert needs_preflight("GET", [(name, value)])


def test_names_are_sorted_lower_case_and_single():
    fields = [("X-B", "1"), ("Content-Type", "application/json"), ("x-b", "2"), ("X-A", "1"), ("Accept", "*/*")]
    assert unsafe_header_names(fields) == ("content-type", "x-a", "x-b")


def test_too_much_of_the_safe_is_unsafe():
    exactly = [("Accept", "a" * 128)] * 8
    assert unsafe_header_names(exactly) == ()
    assert unsafe_header_names([*exactly, ("Accept-Language", "d")]) == ("accept", "accept-language")


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST"])
def test_safelisted_methods(method):
    assert is_safelisted_method(method)
    assert not needs_preflight(method, ())


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS", "post", "patch"])
def test_other_methods_need_a_preflight(method):
    assert not is_safelisted_method(method)
    assert needs_preflight(method, ())


def test_what_the_browser_sets_is_not_the_authors():
    sent = Headers(
        [
            (":authority", "api.example"),
            ("POST /v1/x HTTP/1.1", ""),
            ("Host", "api.example"),
            ("Origin", "https://page.example"),
            ("User-Agent", "Mozilla/5.0"),
            ("sec-ch-ua", '"Chromium";v="156"'),
            ("Sec-Fetch-Mode", "cors"),
            ("Proxy-Authorization", "x"),
            ("If-None-Match", '"1"'),
            ("Priority", "u=1"),
            ("Accept", "*/*"),
            ("X-Key", "1"),
            ("Authorization", "Bearer x"),
        ]
    )
    assert author_headers(sent) == (("Accept", "*/*"), ("X-Key", "1"), ("Authorization", "Bearer x"))


@pytest.mark.parametrize(
    ("fields", "left"),
    [
        ([("Cache-Control", "no-cache"), ("Pragma", "no-cache")], ()),
        ([("Cache-Control", "max-age=0")], ()),
        ([("Cache-Control", "no-cache")], ("cache-control",)),
        ([("Cache-Control", "no-store"), ("Pragma", "no-cache")], ("cache-control", "pragma")),
        ([("Pragma", "no-cache")], ("pragma",)),
        ([("Cache-Control", "no-cache"), ("Pragma", "x")], ("cache-control", "pragma")),
    ],
)
def test_a_reload_or_a_disabled_cache_is_not_the_authors(fields, left):
    assert unsafe_header_names(author_headers(Headers(fields))) == left
