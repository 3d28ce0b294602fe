"""Preflights: told from other OPTIONS, paired one to one, judged as the browser judges."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from msgspec.structs import replace

from harinspect.har.model import Exchange
from harinspect.traffic.denials import find_denials
from harinspect.traffic.model import DenialKind, Traffic
from harinspect.wire.headers import Headers
from tests.builders import exchange, traffic

API = "https://api.example/items"
APP = "https://app.example"
ACAO = "Access-Control-Allow-Origin"


GRANTED = {ACAO: APP, "Access-Control-Allow-Methods": "PUT"}


def asked(index: int, status: int = 204, *, at: float | None = None, got: Mapping[str, str] = GRANTED) -> Exchange:
    sent = {"Origin": APP, "Access-Control-Request-Method": "PUT"}
    return exchange(index, API, status, at=at, method="OPTIONS", sent=sent, got=got)


def pairs(found: Traffic) -> list[tuple[int, int | None, str]]:
    return [(pair.options, pair.actual, pair.verdict) for pair in found.preflights]


def test_the_preflight_may_be_listed_before_or_after_its_request() -> None:
    put = exchange(1, API, method="PUT", sent={"Origin": APP}, got={ACAO: APP}, at=1)
    assert pairs(traffic(asked(0, at=0.9), put)) == [(0, 1, "ok")]
    assert pairs(traffic(put, asked(2, at=1.003))) == [(2, 1, "ok")]


def test_each_preflight_takes_the_nearest_request_and_none_is_taken_twice() -> None:
    rows = [exchange(i, API, method="PUT", sent={"Origin": APP}, got={ACAO: APP}, at=i * 10) for i in (0, 2)]
    found = traffic(*rows, asked(1, at=0.004), asked(3, at=20.004))
    assert pairs(found) == [(1, 0, "ok"), (3, 2, "ok")]


def test_a_preflight_whose_request_is_not_in_the_file_stands_alone() -> None:
    other = exchange(1, API, method="DELETE", sent={"Origin": APP})
    stranger = exchange(2, API, method="PUT", sent={"Origin": "https://other.example"})
    late = exchange(3, API, method="PUT", sent={"Origin": APP}, at=500)
    assert pairs(traffic(asked(0), other, stranger, late)) == [(0, None, "ok")]


def test_undated_rows_pair_by_their_place() -> None:
    rows = [asked(0), exchange(1, API, method="PUT", sent={"Origin": APP}, got={ACAO: APP})]
    assert pairs(traffic(*(replace(row, started=None) for row in rows))) == [(0, 1, "ok")]


def test_an_ordinary_options_is_no_preflight() -> None:
    assert traffic(exchange(0, API, method="OPTIONS", sent={"Origin": APP})).preflights == ()


def test_a_request_covered_by_a_cached_preflight_has_no_pair() -> None:
    found = traffic(exchange(0, API, method="PUT", sent={"Origin": APP, "Sec-Fetch-Mode": "cors"}, got={ACAO: APP}))
    assert found.preflights == ()
    assert found.cors[0].verdict == "ok"


def test_credentials_decide_where_a_cookie_was_sent() -> None:
    put = exchange(1, API, method="PUT", sent={"Origin": APP, "Cookie": "a=1"}, got={ACAO: APP})
    assert pairs(traffic(asked(0), put))[0][2] == "PreflightInvalidAllowCredentials"


def test_an_unsent_request_shows_that_credentials_were_included() -> None:
    put = exchange(1, API, 0, method="PUT", error="net::ERR_FAILED")
    assert pairs(traffic(asked(0), put))[0][2] == "PreflightInvalidAllowCredentials"


def test_a_failure_without_credentials_is_told_as_such() -> None:
    put = exchange(1, API, 0, method="PUT", error="net::ERR_FAILED")
    refused = asked(0, got={ACAO: "*", "Access-Control-Allow-Methods": "POST"})
    assert pairs(traffic(refused, put))[0][2] == "MethodDisallowedByPreflightResponse"
    sent = exchange(1, API, 200, method="PUT", sent={"Origin": APP, "Cookie": "a=1"})
    assert pairs(traffic(refused, sent))[0][2] == "PreflightWildcardOriginNotAllowed"


@pytest.mark.parametrize("broken", [{"status": 0}, {"sent": {"Access-Control-Request-Method": "PUT"}}])
def test_an_unanswered_preflight_or_one_without_origin_is_not_judged(broken: dict[str, object]) -> None:
    sent = broken.get("sent", {"Origin": APP, "Access-Control-Request-Method": "PUT"})
    row = exchange(0, API, int(str(broken.get("status", 204))), method="OPTIONS", sent=sent)  # type: ignore[arg-type]
    assert pairs(traffic(row)) == [(0, None, "ok")]


def test_withheld_answers_are_not_judged() -> None:
    row = asked(0, got={})
    hidden = replace(row, response=replace(row.response, headers=Headers([], withheld={"*"})))
    assert pairs(traffic(hidden)) == [(0, None, "ok")]
    get = exchange(0, API, sent={"Origin": APP, "Sec-Fetch-Mode": "cors"})
    assert traffic(replace(get, response=replace(get.response, headers=Headers([], withheld={"*"})))).cors == {}


@pytest.mark.parametrize(
    ("sent", "rest"),
    [
        ({"Origin": APP, "Sec-Fetch-Mode": "navigate"}, {}),
        ({"Origin": APP, "Sec-Fetch-Mode": "no-cors"}, {}),
        ({"Origin": "https://api.example"}, {}),
        ({"Origin": APP}, {"method": "POST"}),
        ({}, {}),
    ],
)
def test_only_requests_in_cors_mode_are_checked(sent: dict[str, str], rest: dict[str, str]) -> None:
    assert traffic(exchange(0, API, sent=sent, **rest)).cors == {}  # type: ignore[arg-type]


def test_a_script_request_or_a_font_is_checked_without_sec_fetch() -> None:
    assert traffic(exchange(0, API, sent={"Origin": APP}, resource_type="font")).cors[0].verdict != "ok"
    assert traffic(exchange(0, API, sent={"Origin": APP})).cors[0].verdict == "MissingAllowOriginHeader"
    assert traffic(exchange(0, "wss://api.example/", sent={"Origin": APP})).cors == {}
    assert traffic(exchange(0, API, 403, sent={"Origin": APP, "Sec-WebSocket-Key": "x"})).cors == {}


@pytest.mark.parametrize(
    ("kind", "checked"), [("image", True), ("script", True), ("document", False), ("other", False)]
)
def test_an_element_with_crossorigin_bears_an_origin(kind: str, checked: bool) -> None:
    assert bool(traffic(exchange(0, API, sent={"Origin": APP}, resource_type=kind)).cors) is checked
    assert traffic(exchange(0, API, resource_type=kind)).cors == {}
    assert traffic(exchange(0, API, method="POST", sent={"Origin": APP}, resource_type=kind)).cors == {}


@pytest.mark.parametrize("error", ["net::ERR_ABORTED", "net::ERR_TOO_MANY_REDIRECTS", "net::ERR_BLOCKED_BY_ORB"])
def test_what_failed_otherwise_was_not_refused_by_cors(error: str) -> None:
    sent = {"Origin": APP}
    assert traffic(exchange(0, API, 302, sent=sent, error=error, resource_type="fetch")).cors == {}
    assert traffic(exchange(0, API, 302, sent=sent, error="net::ERR_FAILED", resource_type="fetch")).cors != {}


def test_an_unreadable_answer_is_a_denial_though_nothing_marks_it() -> None:
    found = find_denials(traffic(exchange(0, API, sent={"Origin": APP, "Sec-Fetch-Mode": "cors"})))
    assert [(d.exchange.index, d.kind) for d in found] == [(0, DenialKind.BLOCKED)]


def test_a_refused_preflight_is_a_denial_and_so_is_its_unsent_request() -> None:
    put = exchange(1, API, 0, method="PUT", error="net::ERR_FAILED")
    found = find_denials(traffic(asked(0, 405, got={}), put))
    assert [d.exchange.index for d in found] == [0, 1]


@pytest.mark.parametrize("status", [401, 407, 419, 429, 451])
def test_other_refusals_are_related(status: int) -> None:
    assert [d.kind for d in find_denials(traffic(exchange(0, API, status)))] == [DenialKind.RELATED]


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (0, "net::ERR_ABORTED"),
        (0, "net::ERR_NAME_NOT_RESOLVED"),
        (0, "net::ERR_CONNECTION_REFUSED"),
        (0, "net::ERR_CERT_AUTHORITY_INVALID"),
        (0, None),
        (204, "net::ERR_ABORTED"),
        (404, None),
        (500, None),
    ],
)
def test_what_failed_on_the_way_was_not_refused(status: int, error: str | None) -> None:
    assert find_denials(traffic(exchange(0, API, status, error=error))) == ()


def test_mixed_content_needs_an_https_page_and_an_unsent_http_request() -> None:
    def kinds(url: str, **rest: object) -> int:
        return len(find_denials(traffic(exchange(0, url, 0, **rest))))  # type: ignore[arg-type]

    page = {"Referer": "https://app.example/"}
    assert kinds("http://api.example/x", sent=page, error="") == 1
    assert kinds("http://api.example/x", sent={"Referer": "http://app.example/"}, error="") == 0
    assert kinds("http://localhost/x", sent=page, error="") == 0
    assert kinds("http://api.example/x", sent=page, error="", server_ip="192.0.2.1") == 0


def test_a_refused_handshake_is_read_from_the_messages() -> None:
    refused = (("error", -1, "Error during WebSocket handshake: Unexpected response code: 403"),)
    assert len(find_denials(traffic(exchange(0, "wss://api.example/", 0, messages=refused)))) == 1
    assert find_denials(traffic(exchange(0, "wss://api.example/", 0))) == ()


def test_an_origin_that_is_listed_twice_is_one_and_two_origins_are_none() -> None:
    def verdicts(*origins: str) -> dict[int, str]:
        row = exchange(0, API)
        sent = Headers([("Origin", origin) for origin in origins])
        found = traffic(replace(row, request=replace(row.request, headers=sent)))
        return {index: verdict.verdict for index, verdict in found.cors.items()}

    assert verdicts("https://api.example", "https://api.example") == {}
    assert verdicts(APP, APP) == {0: "MissingAllowOriginHeader"}
    assert verdicts(APP, "https://other.example") == {}


def test_a_switch_to_websocket_is_no_cors_request() -> None:
    assert traffic(exchange(0, API, 101, sent={"Origin": APP})).cors == {}


def test_an_options_that_a_script_sends_has_a_preflight_of_its_own() -> None:
    preflight = exchange(
        1,
        API,
        204,
        at=0,
        method="OPTIONS",
        sent={"Origin": APP, "Access-Control-Request-Method": "OPTIONS"},
        got=GRANTED,
    )
    ordinary = exchange(0, API, 0, method="OPTIONS", error="net::ERR_FAILED")
    assert pairs(traffic(ordinary, preflight)) == [(1, 0, "MethodDisallowedByPreflightResponse")]


REDIRECT = {ACAO: APP, "Location": "https://next.example/"}
INCLUDED = {"Origin": APP, "Cookie": "a=1", "Sec-Fetch-Mode": "cors"}


def test_a_cookie_at_one_hop_shows_the_credentials_mode_of_all() -> None:
    first = exchange(0, API, 302, sent=INCLUDED, got=REDIRECT | {"Access-Control-Allow-Credentials": "true"})
    then = exchange(
        1, "https://next.example/", sent={"Origin": "null", "Sec-Fetch-Mode": "cors"}, got={ACAO: "*"}, at=0.02
    )
    assert traffic(first, then).cors[1].verdict == "WildcardOriginNotAllowed"
    bare = exchange(0, API, 302, sent={"Origin": APP, "Sec-Fetch-Mode": "cors"}, got=REDIRECT)
    assert traffic(bare, then).cors[1].verdict == "ok"


def test_a_cookie_at_the_pages_own_origin_shows_nothing() -> None:
    own = {"Origin": APP, "Cookie": "a=1", "Sec-Fetch-Mode": "cors"}
    first = exchange(0, f"{APP}/a", 307, method="POST", sent=own, got={"Location": API})
    then = exchange(1, API, method="POST", sent={"Origin": APP, "Sec-Fetch-Mode": "cors"}, got={ACAO: "*"}, at=0.02)
    assert traffic(first, then).cors[1].verdict == "ok"


def test_a_hop_with_credentials_also_decides_its_preflight() -> None:
    first = exchange(
        0, API, 307, method="PUT", sent=INCLUDED, got=REDIRECT | {"Access-Control-Allow-Credentials": "true"}
    )
    then = exchange(1, "https://next.example/", 0, method="PUT", at=0.02, error="net::ERR_FAILED")
    sent = {"Origin": "null", "Access-Control-Request-Method": "PUT"}
    denied = {ACAO: "*", "Access-Control-Allow-Methods": "POST"}
    options = exchange(2, "https://next.example/", 204, method="OPTIONS", sent=sent, got=denied, at=0.021)
    assert pairs(traffic(first, then, options)) == [(2, 1, "PreflightWildcardOriginNotAllowed")]


def redirected(
    to: str, *, error: str | None = "net::ERR_FAILED", got: Mapping[str, str] = GRANTED, **sent: str
) -> dict[int, str]:
    headers = {"Origin": APP, "Sec-Fetch-Mode": "cors"} | {
        name.replace("_", "-"): value for name, value in sent.items()
    }
    row = exchange(0, API, 302, sent=headers, got={**got, "Location": to}, error=error)
    return {index: found.verdict for index, found in traffic(row).cors.items()}


def test_a_redirect_to_an_address_with_a_password_is_refused() -> None:
    away = "https://user:pw@next.example/"
    assert redirected(away) == {0: "RedirectContainsCredentials"}
    assert redirected(away, error=None) == {0: "RedirectContainsCredentials"}
    assert redirected("https://next.example/", error=None) == {0: "ok"}
    assert redirected("https://next.example/") == {0: "InvalidAllowCredentials"}


def test_what_is_checked_before_the_redirect_is_told_first() -> None:
    away = "https://user@next.example/"
    assert redirected(away, got={}) == {0: "MissingAllowOriginHeader"}
    assert redirected(away, Cookie="a=1") == {0: "InvalidAllowCredentials"}
    assert redirected("http://[", error=None) == {0: "ok"}


def test_a_redirect_with_a_password_away_from_the_pages_own_origin() -> None:
    def verdicts(to: str, error: str | None, mode: str) -> dict[int, str]:
        row = exchange(0, f"{APP}/a", 302, sent={"Sec-Fetch-Mode": mode}, got={"Location": to}, error=error)
        return {index: found.verdict for index, found in traffic(row).cors.items()}

    away = "https://user@next.example/"
    assert verdicts(away, None, "cors") == {0: "RedirectContainsCredentials"}
    assert verdicts(away, "net::ERR_FAILED", "") == {0: "RedirectContainsCredentials"}
    assert verdicts(away, None, "navigate") == {}
    assert verdicts("https://user@app.example/", "net::ERR_FAILED", "cors") == {}
