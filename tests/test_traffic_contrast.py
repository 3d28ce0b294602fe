"""What was allowed beside a refusal, in which order it is held against it, and what differs."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from harinspect.har.model import Exchange
from harinspect.traffic.contrast import NOTICED, Difference, differences, sole_difference
from harinspect.traffic.places import template
from harinspect.wire.headers import ABSENT, Headers
from tests.builders import denial, exchange

URL = "https://api.example/users/1337/edit"
REFUSED = exchange(10, URL, 403)


def at_host(*others: Exchange, about: Exchange = REFUSED) -> list[int]:
    return [e.index for e in denial(about, *others).allowed_at_host]


def alike(*others: Exchange, about: Exchange = REFUSED) -> list[int]:
    return [e.index for e in denial(about, *others).allowed_alike]


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/users/1337/edit", "/users/*/edit"),
        ("/users/me/edit", "/users/me/edit"),
        ("/o/0f8fad5b-d9cb-469f-a165-70867728950e", "/o/*"),
        ("/o/DEADBEEF", "/o/*"),
        ("/invoices/INV-2041", "/invoices/*"),
        ("/t/aVeryLongOpaqueIdentifier", "/t/*"),
        ("/v2/users", "/v2/users"),
        ("/", "/"),
        ("", ""),
    ],
)
def test_what_varies_between_records_is_left_out_of_the_path(path: str, expected: str) -> None:
    assert template(path) == expected


def test_the_nearest_in_time_comes_first() -> None:
    rows = (exchange(1, URL), exchange(9, URL), exchange(12, URL), exchange(2, URL, at=10.5))
    assert at_host(*rows) == [2, 9, 12, 1]


def test_undated_exchanges_go_by_their_place() -> None:
    rows = [replace(exchange(index, URL), started=None) for index in (3, 8, 14)]
    assert at_host(*rows) == [8, 14, 3]


@pytest.mark.parametrize("status", [0, 101, 400, 401, 403, 404, 500])
def test_what_did_not_succeed_was_not_allowed(status: int) -> None:
    assert at_host(exchange(9, URL, status)) == []


@pytest.mark.parametrize("status", [200, 204, 302, 304])
def test_what_succeeded_was_allowed(status: int) -> None:
    assert at_host(exchange(9, URL, status)) == [9]


def test_what_the_browser_kept_from_the_page_was_not_allowed() -> None:
    cors = {"Sec-Fetch-Mode": "cors", "Origin": "https://app.example"}
    assert at_host(exchange(9, URL, sent=cors)) == []
    assert at_host(exchange(9, URL, sent=cors, got={"Access-Control-Allow-Origin": "*"})) == [9]
    assert at_host(exchange(9, URL, error="net::ERR_BLOCKED_BY_RESPONSE.NotSameSite")) == []


def test_a_granted_preflight_is_no_success() -> None:
    sent = {"Access-Control-Request-Method": "PUT", "Origin": "https://app.example"}
    got = {"Access-Control-Allow-Origin": "*", "Access-Control-Allow-Methods": "PUT"}
    assert at_host(exchange(9, URL, 204, method="OPTIONS", sent=sent, got=got)) == []
    assert at_host(exchange(9, URL, 204, method="OPTIONS")) == [9]


def test_another_host_tells_nothing() -> None:
    assert at_host(exchange(9, "https://www.example/users/1337/edit")) == []


def test_alike_is_what_has_the_same_place() -> None:
    other_record, other_path = exchange(9, "https://api.example/users/42007/edit"), exchange(8, "https://api.example/")
    assert at_host(other_record, other_path) == [9, 8]
    assert alike(other_record, other_path) == [9]


@pytest.mark.parametrize("url", ["http://api.example/users/1/edit", "https://api.example:8443/users/1/edit"])
def test_another_scheme_or_port_is_another_place(url: str) -> None:
    assert alike(exchange(9, url)) == []


def test_the_same_method_goes_before_the_nearer_one() -> None:
    assert alike(exchange(9, URL, method="HEAD"), exchange(2, URL), exchange(4, URL)) == [4, 2, 9]


def test_an_address_that_cannot_be_read_is_like_nothing() -> None:
    about = exchange(10, "http://[broken/", 403)
    assert (at_host(exchange(9, URL), about=about), alike(exchange(9, URL), about=about)) == ([], [])


def test_equal_requests_do_not_differ() -> None:
    sent = {"Cookie": "a=1", "Accept": "text/html"}
    assert differences(exchange(1, URL, 403, sent=sent), exchange(2, URL, sent=sent | {"Accept": "*/*"})) == ()


def test_method_address_and_headers_differ() -> None:
    here = exchange(1, URL, 403, method="POST", sent={"Referer": "https://a.example/"})
    there = exchange(2, URL + "?a=1", sent={"Referer": "https://b.example/", "Authorization": "Bearer t"})
    assert differences(here, there) == (
        Difference("request.method", "", "POST", "GET"),
        Difference("request.url", "", URL, URL + "?a=1"),
        Difference("request.header", "authorization", ABSENT, "Bearer t"),
        Difference("request.header", "referer", "https://a.example/", "https://b.example/"),
    )


def silent_about(about: Exchange, *names: str) -> Exchange:
    return replace(about, request=replace(about.request, headers=about.request.headers.withholding(names)))


def test_what_the_file_withholds_is_no_difference() -> None:
    here, there = exchange(1, URL, 403), exchange(2, URL, sent={"Cookie": "a=1"})
    assert [d.name for d in differences(here, there)] == ["cookie"]
    assert differences(silent_about(here, "cookie"), there) == ()


def test_a_sole_difference_is_told_whatever_the_address() -> None:
    here, there = exchange(1, URL, 403), exchange(2, URL + "?again", sent={"Referer": "https://a.example/"})
    assert sole_difference(here, there) == Difference("request.header", "referer", ABSENT, "https://a.example/")


def test_two_differences_or_none_are_not_one() -> None:
    here = exchange(1, URL, 403)
    assert sole_difference(here, exchange(2, URL)) is None
    assert sole_difference(here, exchange(2, URL, method="POST", sent={"Origin": "https://a.example"})) is None


@pytest.mark.parametrize("name", NOTICED)
def test_nothing_is_the_sole_difference_where_the_file_withholds_another(name: str) -> None:
    here, there = exchange(1, URL, 403), exchange(2, URL, method="HEAD")
    assert sole_difference(here, there) is not None
    assert sole_difference(silent_about(here, name), there) is None
    assert sole_difference(here, silent_about(there, name)) is None


def test_headers_withheld_altogether_make_no_difference() -> None:
    here = exchange(1, URL, 403)
    bare = replace(here, request=replace(here.request, headers=Headers([], {"*"})))
    assert differences(bare, exchange(2, URL, sent={"Cookie": "a=1", "Origin": "https://a.example"})) == ()
