"""Chains: by Location and time, marked for who made the hop and what it lost."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from harinspect.traffic.model import HopKind, RedirectChain
from harinspect.wire.headers import WITHHELD, Headers
from tests.builders import exchange, traffic

A, B, C = "https://a.example/", "https://b.example/in", "https://a.example/end"


def only(*rows: object) -> RedirectChain:
    (chain,) = traffic(*rows).chains  # type: ignore[arg-type]
    return chain


def test_hops_follow_location_not_referer() -> None:
    chain = only(
        exchange(0, A, 302, got={"Location": "/end"}),
        exchange(1, B, sent={"Referer": A}),
        exchange(2, C, sent={"Referer": B}),
    )
    assert chain.exchanges == (0, 2)
    assert chain.hops[0].location == C
    assert chain.hops[1].location == ""
    assert not chain.loop


def test_redirect_url_serves_where_location_is_not_recorded() -> None:
    hop = exchange(0, A, 302)
    hop = replace(hop, response=replace(hop.response, redirect_url="end"))
    assert only(hop, exchange(1, C)).exchanges == (0, 1)


@pytest.mark.parametrize("status", [200, 201, 202, 300, 304, 305, 306])
def test_other_statuses_lead_nowhere(status: int) -> None:
    assert traffic(exchange(0, A, status, got={"Location": C}), exchange(1, C)).chains == ()


@pytest.mark.parametrize("where", ["", "about:blank", "mailto:someone@a.example", "http://[bad"])
def test_a_location_that_is_no_address_of_the_web_leads_nowhere(where: str) -> None:
    assert traffic(exchange(0, A, 302, got={"Location": where}), exchange(1, C)).chains == ()


def test_the_nearest_in_time_follows_and_is_used_once() -> None:
    found = traffic(
        exchange(0, A, 302, at=0, got={"Location": C}),
        exchange(1, C, at=0.02),
        exchange(2, A, 302, at=5, got={"Location": C}),
        exchange(3, C, at=5.02),
        exchange(4, C, at=20),
    )
    assert [chain.exchanges for chain in found.chains] == [(0, 1), (2, 3)]


def test_a_hop_whose_next_was_not_recorded_ends_the_chain() -> None:
    late = exchange(1, C, at=90)
    chain = only(exchange(0, A, 302, at=0, got={"Location": C}), late)
    assert chain.exchanges == (0,)
    assert chain.hops[0].location == C


def test_an_earlier_request_is_no_next_hop() -> None:
    assert only(exchange(0, C, at=0), exchange(1, A, 302, at=1, got={"Location": C})).exchanges == (1,)


def test_a_preflight_is_no_next_hop() -> None:
    asked = exchange(1, C, 204, method="OPTIONS", sent={"Access-Control-Request-Method": "PUT"})
    assert only(exchange(0, A, 307, got={"Location": C}), asked).exchanges == (0,)


def test_undated_exchanges_follow_in_file_order() -> None:
    hop, end = exchange(0, A, 302, got={"Location": C}), exchange(1, C)
    assert only(replace(hop, started=None), replace(end, started=None)).exchanges == (0, 1)


def test_hsts_is_the_browsers_own_hop() -> None:
    got = {"Location": "https://a.example/", "Non-Authoritative-Reason": "HSTS"}
    chain = only(exchange(0, "http://a.example/", 307, got=got), exchange(1, "https://a.example/"))
    assert [hop.kind for hop in chain.hops] == [HopKind.INTERNAL, HopKind.HTTP]


@pytest.mark.parametrize(
    ("page", "kind"),
    [
        ('<meta http-equiv="refresh" content="0; url=/end">', HopKind.META),
        ("<META HTTP-EQUIV=refresh content='3;URL=https://a.example/end'>", HopKind.META),
        ("<script>window.location.href = '/end'</script>", HopKind.SCRIPT),
        ("<script> location.replace('/end');</script>", HopKind.SCRIPT),
    ],
)
def test_pages_that_send_on_are_marked_as_inference(page: str, kind: HopKind) -> None:
    chain = only(exchange(0, A, body=page), exchange(1, C, resource_type="document"))
    assert (chain.exchanges, chain.hops[0].kind) == ((0, 1), kind)


@pytest.mark.parametrize(
    "page", ['<meta http-equiv="refresh" content="30">', "<p>location = '/end'</p>", "<script>go()</script>"]
)
def test_pages_that_stay_are_no_hops(page: str) -> None:
    assert traffic(exchange(0, A, body=page), exchange(1, C, resource_type="document")).chains == ()


def test_a_page_that_reloads_itself_is_no_hop() -> None:
    page = '<meta http-equiv="refresh" content="5; url=https://a.example/">'
    assert traffic(exchange(0, A, body=page), exchange(1, A, resource_type="document")).chains == ()


def test_a_script_does_not_send_pictures_on() -> None:
    page = "<script>location = '/end'</script>"
    chain = only(exchange(0, A, body=page), exchange(1, C, resource_type="image"))
    assert chain.exchanges == (0,)


def test_once_back_is_a_sign_in_twice_back_is_a_loop() -> None:
    def there_and_back(times: int) -> RedirectChain:
        rows = []
        for turn in range(times):
            rows.append(exchange(2 * turn, A, 302, at=turn, got={"Location": B}))
            rows.append(exchange(2 * turn + 1, B, 302, at=turn + 0.5, got={"Location": A}))
        return only(*rows, exchange(2 * times, A, at=times))

    assert not there_and_back(1).loop
    assert there_and_back(2).loop


def test_a_loop_may_count_its_rounds_in_the_query() -> None:
    def rounds(times: int) -> RedirectChain:
        to = [f"{A}?tries={turn}" for turn in range(times)]
        hops = [exchange(i, to[i], 302, got={"Location": to[i + 1]}) for i in range(times - 1)]
        return only(*hops, exchange(times - 1, to[-1], 403))

    assert not rounds(3).loop
    assert rounds(4).loop


def test_a_chain_that_ends_in_its_own_middle_is_a_loop() -> None:
    assert only(exchange(0, A, 302, got={"Location": B}), exchange(1, B, 302, got={"Location": A})).loop


def test_what_a_hop_lost() -> None:
    sent = {"Authorization": "Bearer a", "Cookie": "a=1", "Referer": A, "Origin": "https://a.example"}
    chain = only(
        exchange(0, A, 302, method="POST", sent=sent, posted="x", got={"Location": B}),
        exchange(1, B, sent={"Origin": "null"}),
    )
    assert {row.what for row in chain.dropped} == {"method", "body", "authorization", "referer", "cookies", "origin"}
    assert {row.hop for row in chain.dropped} == {0}


def test_what_the_file_withholds_is_not_lost() -> None:
    end = exchange(1, B)
    end = replace(end, request=replace(end.request, headers=Headers([], withheld={"*"})))
    sent = {"Authorization": "Bearer a", "Cookie": "a=1", "Referer": A}
    assert only(exchange(0, A, 302, sent=sent, got={"Location": B}), end).dropped == ()
    assert end.request.headers.get("cookie") is WITHHELD


def test_a_hop_within_the_origin_keeps_its_authorization_by_the_standard() -> None:
    chain = only(exchange(0, A, 302, sent={"Authorization": "Bearer a"}, got={"Location": C}), exchange(1, C))
    assert chain.dropped == ()
