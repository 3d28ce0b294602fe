"""The nearest call that passed, and the least that differs."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from msgspec.structs import replace

from harinspect.har.model import Exchange, PostData
from harinspect.traffic.contrast import Contrast, contrast
from harinspect.traffic.model import DenialKind
from harinspect.traffic.request_parts import Kind
from harinspect.wire.headers import ABSENT, Missing
from tests.builders import denial, exchange

URL = "https://api.example/users/1337"
GRANTED = {"Access-Control-Allow-Origin": "*"}
Row = tuple[str, str, str | Missing, str | Missing]


def refused(sent: Mapping[str, str] | None = None, url: str = URL, **more: object) -> Exchange:
    return exchange(10, url, 403, sent=sent, **more)  # type: ignore[arg-type]


def beside(about: Exchange, *others: Exchange) -> Contrast:
    found = contrast(denial(about, *others))
    assert found is not None
    return found


def rows(about: Exchange, *others: Exchange) -> list[Row]:
    return [(d.part, d.name, d.here, d.there) for d in beside(about, *others).differences]


def posting(about: Exchange, text: str | None, mime_type: str = "application/json", **more: object) -> Exchange:
    post = PostData(mime_type, text, **more)  # type: ignore[arg-type]
    return replace(about, request=replace(about.request, method="POST", post_data=post))


@pytest.mark.parametrize(
    ("here", "there", "row"),
    [
        ({}, {"Authorization": "Bearer a"}, ("request.header", "authorization", ABSENT, "Bearer a")),
        ({"Cookie": "a=1; b=2"}, {"Cookie": "b=3; a=1"}, ("request.cookie", "b", "2", "3")),
        ({"Cookie": "a=1"}, {"Cookie": "a=1; sid=2"}, ("request.cookie", "sid", ABSENT, "2")),
        (
            {"Origin": "null"},
            {"Origin": "https://a.example"},
            ("request.header", "origin", "null", "https://a.example"),
        ),
        ({}, {"Referer": "https://a.example/"}, ("request.header", "referer", ABSENT, "https://a.example/")),
        ({}, {"Anti-Forgery": "t"}, ("request.header", "anti-forgery", ABSENT, "t")),
        ({"X-Tenant": "a"}, {"X-Tenant": "b"}, ("request.header", "x-tenant", "a", "b")),
        (
            {"Content-Type": "text/plain"},
            {"Content-Type": "application/json"},
            ("request.header", "content-type", "text/plain", "application/json"),
        ),
    ],
)
def test_what_differs(here: dict[str, str], there: dict[str, str], row: Row) -> None:
    assert rows(refused(here), exchange(9, URL, sent=there, got=GRANTED)) == [row]


@pytest.mark.parametrize(
    ("here", "there"),
    [
        ({"X-Request-Id": "1"}, {"X-Request-Id": "2"}),
        ({"If-None-Match": "a"}, {}),
        ({"Referer": "https://a.example/one"}, {"Referer": "https://a.example/two?three"}),
        ({"Content-Type": "multipart/form-data; boundary=a"}, {"Content-Type": "multipart/form-data; boundary=b"}),
        ({"Cookie": "a=1; b=2"}, {"Cookie": "b=2; a=1"}),
    ],
)
def test_what_varies_from_call_to_call_does_not_differ(here: dict[str, str], there: dict[str, str]) -> None:
    assert rows(refused(here), exchange(9, URL, sent=there)) == []


def test_parameters_differ_one_by_one() -> None:
    here, there = refused(url=URL + "?a=1&b=2&b=3&at=1767225600"), exchange(9, URL + "?b=2&key=k&a=1&at=1767225609000")
    assert rows(here, there) == [("request.url", "key", ABSENT, "k"), ("request.url", "b", "2, 3", "2")]


def test_another_record_is_another_address() -> None:
    assert rows(refused(), exchange(9, "https://api.example/users/42")) == [
        ("request.url", "", "/users/1337", "/users/42")
    ]


def test_the_server_and_the_protocol_come_last() -> None:
    here = replace(refused({"X-A": "1"}), server_ip="192.0.2.1")
    there = replace(exchange(9, URL), server_ip="192.0.2.2")
    there = replace(there, request=replace(there.request, http_version="h2"))
    assert [row[:2] for row in rows(here, there)] == [
        ("request.header", "x-a"),
        ("http_version", ""),
        ("server_ip", ""),
    ]


def test_browsers_go_from_one_version_to_the_next_by_themselves() -> None:
    pair = [replace(e, request=replace(e.request, http_version=v)) for e, v in ((refused(), "h2"), (refused(), "h3"))]
    there = replace(pair[1], index=9, response=exchange(9, URL).response)
    assert rows(pair[0], there) == []


def test_a_body_that_was_not_kept_is_no_difference() -> None:
    length = {"Content-Length": "17"}
    found = beside(refused(length, method="POST"), posting(exchange(9, URL, sent=length), '{"a":1}'))
    assert (found.differences, found.is_whole) == ((), False)


def test_what_is_withheld_is_no_difference() -> None:
    about = refused()
    about = replace(about, request=replace(about.request, headers=about.request.headers.withholding({"cookie"})))
    found = beside(about, exchange(9, URL, sent={"Cookie": "a=1"}))
    assert (found.differences, found.is_whole) == ((), False)


@pytest.mark.parametrize(
    ("name", "whole"), [("authorization", False), ("*", False), ("set-cookie", True), ("x-request-id", True)]
)
def test_two_requests_are_whole_where_all_that_counts_is_told(name: str, whole: bool) -> None:
    about = refused()
    about = replace(about, request=replace(about.request, headers=about.request.headers.withholding({name})))
    assert beside(about, exchange(9, URL)).is_whole is whole


def test_the_most_alike_is_the_twin_and_of_equals_the_nearest() -> None:
    mine = {"X-A": "1", "X-B": "1"}
    others = (exchange(9, URL), exchange(3, URL, sent={"X-A": "1"}), exchange(15, URL, sent={"X-B": "1"}))
    assert beside(refused(mine), *others).twin.index == 15


def test_the_same_method_goes_before_all_else() -> None:
    others = (exchange(9, URL, method="HEAD"), exchange(3, URL, sent={"X-A": "1", "X-B": "1"}))
    assert beside(refused(), *others).twin.index == 3


@pytest.mark.parametrize("field", ["from_cache", "from_service_worker", "provisional"])
def test_what_the_server_was_not_asked_for_is_no_twin(field: str) -> None:
    assert contrast(denial(refused(), replace(exchange(9, URL), **{field: True}))) is None


def test_a_refused_call_is_not_its_own_twin() -> None:
    """Kept from the page, it has the status of a success."""
    page = exchange(
        1,
        "https://api.example/",
        got={"Cross-Origin-Embedder-Policy": "require-corp"},
        body="<p>",
        resource_type="document",
    )
    held = exchange(
        10,
        "https://cdn.example/a.png",
        sent={"Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Dest": "image", "Referer": "https://api.example/"},
        resource_type="image",
    )
    assert contrast(denial(held, page, kind=DenialKind.BLOCKED)) is None


@pytest.mark.parametrize(("to", "twin"), [("/login?next=/", False), ("/users/1337/", True)])
def test_a_redirect_to_a_sign_in_is_no_success(to: str, twin: bool) -> None:
    found = contrast(denial(refused(), exchange(9, URL, 302, got={"Location": to})))
    assert (found is not None) is twin
    assert found is None or found.decisive is None, "where else it leads is not known"


@pytest.mark.parametrize(("to", "kind"), [("/login", None), ("/users", Kind.OTHER)])
def test_a_form_that_was_taken_is_answered_with_a_redirect(to: str, kind: Kind | None) -> None:
    taken = exchange(9, URL, 303, method="POST", got={"Location": to})
    found = contrast(denial(refused({"X-A": "1"}, method="POST"), taken))
    assert (found.decisive if found else None) is kind


@pytest.mark.parametrize("url", ["http://[broken/", URL])
def test_there_is_no_contrast_without_a_call_to_the_same_place(url: str) -> None:
    assert contrast(denial(refused(url=url), exchange(9, "https://api.example/orders"))) is None


def test_what_others_passed_with_is_left_out() -> None:
    mine = {"X-A": "1", "Origin": "https://a.example"}
    there = {"X-A": "2", "Origin": "https://a.example"}
    others = (exchange(9, URL, sent={"X-A": "1"}), exchange(11, URL, sent=there, got=GRANTED))
    assert rows(refused(mine), *others) == []


def test_what_a_call_by_another_method_had_excuses_nothing() -> None:
    posted = exchange(8, URL, method="POST", sent={"X-A": "1"})
    assert [row[1] for row in rows(refused({"X-A": "1"}), exchange(9, URL), posted)] == ["x-a"]


@pytest.mark.parametrize(("at", "differs"), [(8, True), (12, False)])
def test_a_credential_that_was_good_before_may_have_run_out(at: int, differs: bool) -> None:
    mine, its = {"Authorization": "Bearer old"}, {"Authorization": "Bearer new"}
    twin = exchange(11, URL, sent=its)
    assert bool(rows(refused(mine), exchange(at, URL, sent=mine | {"X-A": "1"}), twin)) is differs


def test_a_value_that_is_another_one_every_time_does_not_count() -> None:
    others = [exchange(7 + n, URL, sent={"Cookie": f"seen={n}", "X-Nonce": f"{n}"}) for n in range(2)]
    assert rows(refused({"Cookie": "seen=9", "X-Nonce": "9"}), *others) == []
    assert len(rows(refused({"Cookie": "seen=9", "X-Nonce": "9"}), others[0])) == 2


@pytest.mark.parametrize(("known", "counts"), [(2, True), (3, False)])
def test_a_signature_made_for_each_request_does_not_count(known: int, counts: bool) -> None:
    others = [exchange(9 - n, URL, sent={"Authorization": f"AWS4-HMAC-SHA256 {n}"}) for n in range(known)]
    assert bool(rows(refused({"Authorization": "AWS4-HMAC-SHA256 9"}), *others)) is counts


def test_what_follows_from_another_method_is_left_out() -> None:
    mine = {"Origin": "https://api.example", "Referer": URL, "Content-Type": "application/json", "Cookie": "new=1"}
    assert rows(posting(refused(mine), '{"csrf":"1"}'), exchange(9, URL)) == [("request.method", "", "POST", "GET")]


def test_the_telling_ones_come_first() -> None:
    mine = {"Origin": "https://b.example", "Cookie": "_ga=1; color=2", "X-A": "1"}
    its = {"Cookie": "sid=3; color=3", "Authorization": "Basic eDp5"}
    order = [row[1] for row in rows(refused(mine), exchange(9, URL, sent=its))]
    assert order == ["authorization", "sid", "origin", "_ga", "color", "x-a"]


@pytest.mark.parametrize(
    ("here", "there", "kind"),
    [
        ({"User-Agent": "a", "Sec-CH-UA": "a"}, {"User-Agent": "b", "Sec-CH-UA": "b"}, Kind.CLIENT),
        ({"Sec-Fetch-Site": "none", "Sec-Fetch-Mode": "cors"}, {"Sec-Fetch-Mode": "navigate"}, Kind.FETCH),
        ({"Cookie": "a=1; b=1"}, {}, None),
        ({"Origin": "null", "Referer": "https://a.example/"}, {}, None),
        ({}, {}, None),
    ],
)
def test_one_thing_may_be_said_by_several_headers(here: dict[str, str], there: dict[str, str], kind: Kind) -> None:
    assert beside(refused(here), exchange(9, URL, sent=there)).decisive is kind


def test_a_credential_that_is_good_at_another_address_does_not_decide() -> None:
    mine, its = {"Authorization": "Bearer one"}, {"Authorization": "Bearer two"}
    elsewhere = exchange(8, "https://api.example/users/42", sent=mine)
    assert beside(refused(mine), exchange(9, URL, sent=its)).decisive is Kind.CREDENTIAL
    found = beside(refused(mine), exchange(9, URL, sent=its), elsewhere)
    assert (len(found.differences), found.decisive) == (1, None)
