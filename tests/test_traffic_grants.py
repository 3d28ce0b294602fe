"""What a server has to answer so that a cross-origin request passes: the least, and tried."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from harinspect.har.model import Exchange
from harinspect.traffic.changes import (
    Answer,
    Grant,
    Verified,
)
from harinspect.traffic.grants import NO_ORIGIN, credentials_of, grant_for
from harinspect.traffic.model import Traffic
from harinspect.traffic.simulate import Change, spelt, verify
from tests.builders import exchange, traffic

API, APP = "https://api.example/items", "https://app.example"
ACAO, ACAC = "Access-Control-Allow-Origin", "Access-Control-Allow-Credentials"
ACAM, ACAH = "Access-Control-Allow-Methods", "Access-Control-Allow-Headers"


def tried(change: Change, found: Traffic) -> Verified:
    outcome = verify(change, found)
    assert isinstance(outcome, Verified)
    return outcome


def asked(status: int = 204, *, method: str = "PUT", names: str = "x-key", got: Mapping[str, str] = {}) -> Exchange:
    sent = {"Origin": APP, "Access-Control-Request-Method": method, "Access-Control-Request-Headers": names}
    return exchange(0, API, status, method="OPTIONS", sent=sent, got=got, at=1)


def unsent(method: str = "PUT") -> Exchange:
    return exchange(1, API, 0, method=method, at=1, error="net::ERR_FAILED", provisional=True)


def called(got: Mapping[str, str] = {}, status: int = 200, **sent: str) -> Exchange:
    mode = {"Origin": APP, "Sec-Fetch-Mode": "cors", **{name.replace("_", "-"): value for name, value in sent.items()}}
    return exchange(0, API, status, sent=mode, got=got, resource_type="fetch", error="net::ERR_FAILED")


def granted(*exchanges: Exchange) -> Grant:
    grant = grant_for(traffic(*exchanges), 0)
    assert isinstance(grant, Grant)
    assert tried(grant, traffic(*exchanges)).holds
    return grant


def test_a_missing_origin_is_named() -> None:
    grant = granted(called())
    assert grant.answer == Answer(0, ((ACAO, APP),))
    told = tried(grant, traffic(called())).how
    assert told.startswith(f"With `{ACAO}: {APP}` this request passes the CORS check.")
    assert "If the page's code includes credentials (the file does not tell)" in told
    assert told.endswith("The page could then read the answer.")


def test_credentials_that_were_sent_are_allowed_as_well() -> None:
    grant = granted(called(cookie="sid=1"))
    assert grant.answer == Answer(0, ((ACAO, APP), (ACAC, "true")))
    assert tried(grant, traffic(called(cookie="sid=1"))).how == (
        f"With `{ACAO}: {APP}` and `{ACAC}: true` this request passes the CORS check. "
        "The page could then read the answer."
    )


@pytest.mark.parametrize(
    ("got", "put"),
    [
        ({ACAO: "*"}, ((ACAO, APP), (ACAC, "true"))),
        ({ACAO: APP}, ((ACAC, "true"),)),
        ({ACAO: APP, ACAC: "TRUE"}, ((ACAC, "true"),)),
    ],
)
def test_what_fails_with_credentials_alone_was_asked_with_them(
    got: Mapping[str, str], put: tuple[tuple[str, str], ...]
) -> None:
    grant = granted(called(got))
    assert grant.credentials is True
    assert grant.answer == Answer(0, put)


@pytest.mark.parametrize("value", [f"{APP}/", "https://other.example", f"{APP}, *", "app.example"])
def test_another_value_is_replaced(value: str) -> None:
    assert granted(called({ACAO: value})).answer == Answer(0, ((ACAO, APP),))


def test_fonts_are_asked_for_without_credentials() -> None:
    font = called(sec_fetch_dest="font")
    assert credentials_of(traffic(font), 0) is False
    assert "credentials" not in tried(granted(font), traffic(font)).how


def test_an_error_answer_can_be_read_but_stays() -> None:
    assert tried(granted(called(status=403)), traffic(called(status=403))).how.endswith(
        "The page could then read the 403; the refusal itself stays."
    )


def test_preflight_and_request_both_have_to_pass() -> None:
    grant = granted(asked(405), unsent())
    assert grant.preflight == Answer(0, ((ACAO, APP), (ACAM, "PUT"), (ACAH, "x-key")), 204)
    assert grant.answer == Answer(1, ((ACAO, APP),))
    assert tried(grant, traffic(asked(405), unsent())).how == (
        f"With the status 204 for OPTIONS, `{ACAO}: {APP}`, `{ACAM}: PUT` and `{ACAH}: x-key` this preflight and this "
        "request pass the CORS check. If the page's code includes credentials (the file does not tell), the exact "
        "origin and `Access-Control-Allow-Credentials: true` are needed as well. The browser would then send the PUT; "
        "what the server answers to that is not in the file."
    )


def test_a_preflight_alone() -> None:
    grant = granted(asked(302, got={"Location": "/login"}))
    assert (grant.preflight and grant.preflight.status, grant.answer) == (204, None)
    assert "this preflight passes" in tried(grant, traffic(asked(302))).how


def test_lists_are_made_longer_and_say_no_wildcard() -> None:
    lists = {ACAO: "*", ACAM: "GET, *", ACAH: "X-Other, x-other, *"}
    grant = granted(asked(got=lists, names="x-key,x-more"), unsent())
    assert grant.credentials is True  # for without them the wildcards would have counted
    assert grant.preflight == Answer(
        0, ((ACAO, APP), (ACAC, "true"), (ACAM, "GET, PUT"), (ACAH, "x-other, x-key, x-more"))
    )


def test_all_unsafe_headers_are_listed_beside_what_was() -> None:
    grant = granted(asked(got={ACAO: APP, ACAM: "PUT", ACAH: "X-Other, x-other"}, names="x-key,x-more"), unsent())
    assert grant.preflight == Answer(0, ((ACAH, "x-other, x-key, x-more"),))


def test_authorization_is_named_though_a_wildcard_covers_it_today() -> None:
    wild = asked(405, got={ACAO: APP, ACAM: "PUT", ACAH: "*"}, names="authorization")
    assert granted(wild, unsent()).preflight == Answer(0, ((ACAH, "authorization"),), 204)


@pytest.mark.parametrize(("name", "value"), [(ACAM, "PUT;"), (ACAH, "x-key;")])
def test_an_unreadable_list_is_replaced(name: str, value: str) -> None:
    lists = {ACAO: APP, ACAM: "PUT", ACAH: "x-key"}
    grant = granted(asked(got=lists | {name: value}), unsent())
    assert grant.preflight == Answer(0, ((name, lists[name]),))


@pytest.mark.parametrize("origin", ["", "null"])
def test_no_origin_nothing_to_grant(origin: str) -> None:
    found = traffic(exchange(0, API, sent={"Origin": origin} if origin else {}))
    assert grant_for(found, 0) is NO_ORIGIN
    assert verify(NO_ORIGIN, found) is NO_ORIGIN


def test_a_grant_that_lacks_something_does_not_hold() -> None:
    found = traffic(asked(405), unsent())
    grant = Grant(APP, Answer(0, ((ACAO, APP),), 204), Answer(1, ((ACAO, APP),)), None, "PUT", ("x-key",))
    assert tried(grant, found) == Verified(
        False,
        f"With the status 204 for OPTIONS and `{ACAO}: {APP}` this preflight and this request would still fail the "
        "CORS check (MethodDisallowedByPreflightResponse).",
    )


def test_what_recipes_fill_in_is_what_was_tried() -> None:
    found = traffic(asked(405, names="x-key,x-more"), unsent())
    grant = grant_for(found, 0)
    assert spelt(grant, found) == {
        "methods": "GET, POST, PUT",
        "headers": "x-key, x-more",
        "method_list": 'GET", "POST", "PUT',
        "header_list": 'x-key", "x-more',
        "credentials": "",
        "anonymous": "yes",
        "preflight": "yes",
        "replaced": "",
    }
    simple = traffic(called({ACAO: "*"}, cookie="sid=1"))
    told = spelt(grant_for(simple, 0), simple)
    assert (told["methods"], told["headers"], told["header_list"]) == ("", "", "Content-Type")
    assert (told["credentials"], told["anonymous"], told["replaced"]) == ("yes", "", "yes")
