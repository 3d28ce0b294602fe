"""Fixes tried on the recording: what the browser would do with the change, by the functions that judged it before."""

from __future__ import annotations

import pytest

from harinspect.har.model import Exchange
from harinspect.traffic.changes import (
    Answer,
    CalledDirectly,
    Embedding,
    Grant,
    MethodKept,
    PathSent,
    PolicyStated,
    Untested,
    UserLeftOut,
    Varied,
    Verified,
)
from harinspect.traffic.hops import called_directly, method_kept
from harinspect.traffic.model import Denial, DenialKind, Traffic
from harinspect.traffic.referrers import policy_stated
from harinspect.traffic.simulate import Change, verify
from harinspect.wire.referrer import Policy
from tests.builders import exchange, traffic

API, APP = "https://api.example/items", "https://app.example"
ACAO, ACAC = "Access-Control-Allow-Origin", "Access-Control-Allow-Credentials"


def tried(change: Change, found: Traffic) -> Verified:
    outcome = verify(change, found)
    assert isinstance(outcome, Verified)
    return outcome


def image(index: int, url: str, status: int = 200, **rest: object) -> Exchange:
    return exchange(index, url, status, resource_type="image", **rest)  # type: ignore[arg-type]


def test_a_resource_policy_lets_the_page_have_it() -> None:
    demands = {"Cross-Origin-Embedder-Policy": "require-corp"}
    page = exchange(0, f"{APP}/", body="<html>", got=demands, page="p")
    cross = image(1, "https://cdn.example.net/a.png", page="p", sent={"Referer": f"{APP}/"})
    told = tried(Embedding(1), traffic(page, cross))
    assert told == Verified(
        True,
        "With `Cross-Origin-Resource-Policy: cross-origin` the answer passes the browser's check for a page of "
        f"`{APP}`.",
    )
    assert not tried(Embedding(1, "same-site"), traffic(page, cross)).holds
    assert tried(Embedding(1), traffic(cross)).holds


def test_no_page_no_check_of_the_resource_policy() -> None:
    assert isinstance(verify(Embedding(0), traffic(image(0, "https://cdn.example.net/a.png"))), Untested)


def redirected(origin: str = APP, **got: str) -> Traffic:
    first = exchange(
        0,
        "https://go.example/x",
        302,
        sent={"Origin": origin} if origin else {},
        got={"Location": "https://files.example.net/y"},
    )
    last = exchange(1, "https://files.example.net/y", 403, at=0.02, sent={"Origin": "null"}, got=got)
    return traffic(first, last)


def test_called_directly_the_origin_is_the_pages_own() -> None:
    found = redirected()
    change = called_directly(found, 1)
    assert tried(change, found) == Verified(
        True,
        f"Called directly, `https://files.example.net` is asked with `Origin: {APP}` in place of `Origin: null`. With "
        f"`{ACAO}: {APP}` the answer passes the CORS check. Whether the server accepts that origin is its own list.",
    )


def test_the_own_origin_is_asked_without_cors() -> None:
    found = redirected("https://files.example.net")
    told = tried(called_directly(found, 1, bears_authorization=True), found)
    assert told.holds
    assert "its `Authorization`" in told.how
    assert "CORS" not in told.how


def test_a_grant_that_lacks_something_is_no_way_to_call_directly() -> None:
    told = tried(CalledDirectly(1, APP, Grant(APP, answer=Answer(1))), redirected())
    assert not told.holds
    assert "With what it answered the answer still fails" in told.how


def test_without_a_redirect_or_a_page_nothing_can_be_left_out() -> None:
    alone = traffic(exchange(0, API, 403, sent={"Origin": "null"}))
    assert isinstance(called_directly(alone, 0), Untested)
    assert isinstance(called_directly(redirected(""), 1), Untested)


def posted(*statuses: int) -> Traffic:
    methods = ["POST", "GET", "GET", "GET"]
    rows = [
        exchange(i, f"https://app.example/{i}", s, method=methods[i], at=i / 100, got={"Location": f"/{i + 1}"})
        for i, s in enumerate(statuses)
    ]
    return traffic(*rows, exchange(len(rows), f"https://app.example/{len(rows)}", 403, at=len(rows) / 100))


@pytest.mark.parametrize(
    ("statuses", "hops"), [((302,), ((0, 307),)), ((301,), ((0, 308),)), ((302, 303), ((0, 307), (1, 307)))]
)
def test_redirects_that_keep_the_method(statuses: tuple[int, ...], hops: tuple[tuple[int, int], ...]) -> None:
    found = posted(*statuses)
    change = method_kept(found, len(statuses), 0)
    assert change.hops == hops
    assert tried(change, found).holds
    assert not tried(MethodKept(len(statuses), ((0, 303),)), found).holds


def test_a_stored_answer_with_vary_is_not_used_again() -> None:
    found = traffic(exchange(0, API, got={"Vary": "Accept"}), exchange(1, API))
    assert tried(Varied(1, 0), found).how.startswith("Stored with `Vary: Accept, Origin`, the answer is not used")


@pytest.mark.parametrize(
    ("location", "holds"), [("https://a:b@files.example/f", True), ("data:text/plain,a", False), ("https://a b", False)]
)
def test_a_redirect_without_a_user_name_is_followed(location: str, holds: bool) -> None:
    found = traffic(exchange(0, API, 302, got={"Location": location}))
    assert tried(UserLeftOut(0), found).holds is holds


# --- Referer


def embedded(policy: str = "", hop_policy: str | None = None, page_url: str = f"{APP}/gallery") -> Denial:
    got = {"Referrer-Policy": policy} if policy else {}
    page = exchange(0, page_url, body="<html>", got=got, page="p")
    if hop_policy is None:
        refused = image(1, "https://img.example/a.png", 403, page="p")
        return Denial(refused, DenialKind.FORBIDDEN, traffic(page, refused))
    answer = {"Location": "https://img.example/a.png"} | ({"Referrer-Policy": hop_policy} if hop_policy else {})
    hop = image(1, "https://go.example/a.png", 302, page="p", got=answer)
    refused = image(2, "https://img.example/a.png", 403, page="p", at=1.02)
    return Denial(refused, DenialKind.FORBIDDEN, traffic(page, hop, refused))


@pytest.mark.parametrize(
    ("about", "makers", "where"),
    [
        (embedded("no-referrer"), (0,), "on the page"),
        (embedded("", "no-referrer"), (1,), "on the redirect"),
        (embedded("no-referrer", "no-referrer"), (1, 0), "on the page and the redirect"),
        (embedded("no-referrer", ""), (0,), "on the page"),
    ],
)
def test_the_policy_that_takes_the_referer_away_is_replaced(about: Denial, makers: tuple[int, ...], where: str) -> None:
    change = policy_stated(about)
    assert isinstance(change, PolicyStated)
    assert set(change.makers) == set(makers)
    assert tried(change, about.traffic) == Verified(
        True,
        f"With `Referrer-Policy: strict-origin-when-cross-origin` {where} the browser sends a Referer that names "
        f"`{APP}`. Whether the server accepts that site is its own list.",
    )


def test_a_policy_does_not_bring_back_what_http_takes_away() -> None:
    refused = image(1, "http://img.example/a.png", 403, page="p")
    page = exchange(0, f"{APP}/", body="<html>", got={"Referrer-Policy": "no-referrer"}, page="p")
    about = Denial(refused, DenialKind.FORBIDDEN, traffic(page, refused))
    told = tried(policy_stated(about), about.traffic)
    assert not told.holds
    assert told.how.endswith("on the page the browser would still send no Referer here.")


def test_what_is_not_in_the_file_is_not_tried() -> None:
    assert isinstance(policy_stated(embedded()), Untested)
    hop = image(
        0, "https://go.example/a", 302, got={"Location": "https://img.example/a", "Referrer-Policy": "no-referrer"}
    )
    refused = image(1, "https://img.example/a", 403, at=0.02)
    assert isinstance(policy_stated(Denial(refused, DenialKind.FORBIDDEN, traffic(hop, refused))), Untested)


def test_a_call_that_sends_its_whole_address() -> None:
    twin = exchange(0, API, sent={"Referer": f"{APP}/cart?id=7"})
    found = traffic(twin, exchange(1, API, 403, sent={"Referer": f"{APP}/"}))
    assert tried(PathSent(1, 0), found).how.endswith("as the call did that passed.")
    assert not tried(PathSent(1, 0, Policy.ORIGIN), found).holds
    assert not tried(PathSent(0, 1), traffic(twin, exchange(1, API, 403))).holds
