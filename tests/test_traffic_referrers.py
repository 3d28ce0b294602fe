"""The Referrer-Policy in force: the last redirect hop's, else the page's, and whether it keeps this Referer back."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from harinspect.har.model import Exchange, Initiator
from harinspect.traffic.referrers import RefererDue, due_referer, referer_due, silenced_by
from harinspect.wire.headers import ABSENT, WITHHELD, Headers
from harinspect.wire.referrer import Policy
from tests.builders import denial, exchange, traffic

PAGE, IMAGE = "https://shop.example/cart", "https://cdn.example/a.png"


def page(policy: str = "", index: int = 0, url: str = PAGE, **rest: object) -> Exchange:
    got = {"Referrer-Policy": policy} if policy else {}
    return exchange(index, url, got=got, body="<p>", page="page_1", **rest)  # type: ignore[arg-type]


def image(index: int = 2, url: str = IMAGE, **rest: object) -> Exchange:
    return exchange(index, url, 403, page="page_1", **rest)  # type: ignore[arg-type]


def told(about: Exchange, *others: Exchange) -> tuple[int, str] | None:
    found = silenced_by(denial(about, *others))
    return (found[0].index, found[1]) if found else None


@pytest.mark.parametrize("policy", ["no-referrer", "same-origin", "origin, NO-REFERRER", "no-referrer, of-tomorrow"])
def test_the_pages_policy_keeps_the_referer_back(policy: str) -> None:
    found = told(image(), page(policy))
    assert found is not None
    assert found[0] == 0
    assert found[1] in policy.lower()


@pytest.mark.parametrize("policy", ["", "unsafe-url", "origin", "strict-origin-when-cross-origin", "of-tomorrow"])
def test_other_policies_keep_nothing_back(policy: str) -> None:
    assert told(image(), page(policy)) is None


def test_same_origin_lets_the_pages_own_host_have_it() -> None:
    own = image(url="https://shop.example/a.png")
    assert told(own, page("same-origin")) is None
    assert told(own, page("no-referrer")) == (0, "no-referrer")


def test_a_policy_against_downgrades_matters_only_towards_http() -> None:
    assert told(image(url="http://cdn.example/a.png"), page("strict-origin")) == (0, "strict-origin")
    assert told(image(), page("strict-origin")) is None


def hop(policy: str, index: int = 1, to: str = IMAGE) -> Exchange:
    got = {"Location": to} | ({"Referrer-Policy": policy} if policy else {})
    return exchange(index, "https://go.example/", 302, got=got, page="page_1")


def test_a_redirect_hop_overrules_the_page() -> None:
    assert told(image(), page("unsafe-url"), hop("no-referrer")) == (1, "no-referrer")
    assert told(image(), page("unsafe-url"), hop("origin")) is None


def test_what_the_page_took_away_no_hop_brings_back() -> None:
    assert told(image(), page("no-referrer"), hop("unsafe-url")) == (0, "no-referrer")


def test_a_hop_without_a_policy_leaves_the_pages_in_force() -> None:
    assert told(image(), page("no-referrer"), hop("")) == (0, "no-referrer")


def test_of_two_hops_the_later_one_decides() -> None:
    first = exchange(
        0, "https://in.example/", 302, got={"Location": "https://go.example/", "Referrer-Policy": "origin"}
    )
    assert told(image(), first, hop("no-referrer")) == (1, "no-referrer")


def test_without_the_page_only_a_policy_against_all_is_sure() -> None:
    assert told(image(), hop("same-origin")) is None
    assert told(image(), hop("no-referrer")) == (1, "no-referrer")


def test_the_document_that_the_initiator_names_goes_before_the_pages_first() -> None:
    frame = page("no-referrer", 1, "https://frame.example/")
    assert told(image(initiator=Initiator("parser", frame.url)), page(), frame) == (1, "no-referrer")
    assert told(image(initiator=Initiator("parser", PAGE)), page(), frame) is None


def test_a_page_opened_later_has_no_say() -> None:
    assert told(image(1), page("no-referrer", 2)) is None


def test_another_page_has_no_say() -> None:
    assert told(exchange(2, IMAGE, 403, page="page_2"), page("no-referrer")) is None


def test_an_address_that_cannot_be_read_is_silenced_by_no_referrer_alone() -> None:
    broken = image(url="http://[broken/")
    assert told(broken, page("same-origin")) is None
    assert told(broken, page("no-referrer")) == (0, "no-referrer")


def due(about: Exchange, *others: Exchange) -> RefererDue | None:
    return referer_due(traffic(about, *others), about)


def test_the_referer_that_is_due_and_the_one_that_was_sent() -> None:
    good = due(image(sent={"Referer": "https://shop.example/"}), page())
    policy = Policy.STRICT_ORIGIN_WHEN_CROSS_ORIGIN
    assert good == RefererDue(0, policy, None, "https://shop.example/", "https://shop.example/")
    assert good.agrees
    stripped = due(image(), page("unsafe-url"))
    assert stripped == RefererDue(0, Policy.UNSAFE_URL, 0, PAGE, ABSENT)
    assert not stripped.agrees


def test_none_is_due_and_none_was_sent() -> None:
    found = due(image(), page("no-referrer"))
    assert found == RefererDue(0, Policy.NO_REFERRER, 0, None, ABSENT)
    assert found.agrees


def test_headers_that_are_not_told_decide_nothing() -> None:
    about = image()
    silent = replace(about, request=replace(about.request, headers=Headers(withheld={"*"})))
    found = due(silent, page())
    assert found is not None
    assert found.sent is WITHHELD
    assert found.agrees is None


def test_the_policy_of_a_hop_is_in_force_for_what_follows() -> None:
    found = due(image(), page("unsafe-url"), hop("origin"))
    assert found == RefererDue(0, Policy.ORIGIN, 1, "https://shop.example/", ABSENT)
    at_the_hop = hop("origin")
    assert due(at_the_hop, page("unsafe-url"), image()) == RefererDue(0, Policy.UNSAFE_URL, 0, PAGE, ABSENT)


def test_what_a_hop_cut_down_stays_so() -> None:
    got = {"Location": "https://go.example/", "Referrer-Policy": "unsafe-url"}
    first = exchange(1, "https://in.example/", 302, got=got, page="page_1")
    found = due(image(3), page("origin"), first, hop("unsafe-url", 2))
    assert found is not None
    assert found.expected == "https://shop.example/"


def test_a_meta_element_outranks_the_header() -> None:
    text = "<meta name=referrer content='unsafe-url'><meta name=referrer content=\"no-referrer, origin\">"
    spoken = exchange(0, PAGE, got={"Referrer-Policy": "no-referrer"}, body=text, page="page_1")
    found = due(image(), spoken)
    assert found is not None
    assert (found.policy, found.expected) == (Policy.UNSAFE_URL, PAGE)


def test_another_policy_may_be_tried() -> None:
    linked = traffic(page("no-referrer"), image())
    assert due_referer(linked, 2, 0, {}) is None
    assert due_referer(linked, 2, 0, {0: Policy.UNSAFE_URL}) == PAGE


def test_where_it_is_not_plain_who_asks_nothing_is_due() -> None:
    assert due(image()) is None
    assert due(image(), page(), page("no-referrer", 1, "https://frame.example/")) is None
    typed = exchange(2, "https://shop.example/next", sent={"Sec-Fetch-Dest": "document"}, page="page_1")
    assert due(typed, page()) is None
    assert due(image(url="http://[broken/"), page()) is None


def test_a_link_is_followed_from_the_document_that_it_names() -> None:
    about = exchange(2, "https://other.example/", sent={"Sec-Fetch-Dest": "document", "Referer": PAGE})
    found = due(about, page("unsafe-url"))
    assert found is not None
    assert found.agrees
