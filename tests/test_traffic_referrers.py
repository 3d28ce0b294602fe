"""The Referrer-Policy in force: the last redirect hop's, else the page's, and whether it keeps this Referer back."""

from __future__ import annotations

import pytest

from harinspect.har.model import Exchange, Initiator
from harinspect.traffic.referrers import silenced_by
from tests.builders import denial, exchange

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
    assert told(image(), page("no-referrer"), hop("unsafe-url")) is None


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
