"""In what context a request was made: its site, its frames, its redirects, its browser, its credentials."""

from __future__ import annotations

import pytest

from harinspect.har.model import Initiator, Page
from harinspect.wire.cookie_policy import Reason
from tests.cookie_exchanges import (
    API,
    CALL,
    LOGIN,
    NOON,
    OTHER,
    PAGE,
    WWW,
    events,
    exchange,
    lives,
    made_by,
    withheld,
)


@pytest.mark.parametrize(
    ("headers", "why"),
    [
        (made_by(OTHER + "/", "cross-site"), (Reason.LAX,)),
        (made_by(OTHER + "/", "cross-site", PAGE), ()),
        (made_by(WWW + "/", "same-site"), ()),
        (made_by("http://www.shop.example/", "cross-site"), (Reason.SCHEMEFUL_LAX,)),
        ({"referer": OTHER + "/x"}, (Reason.LAX,)),
        ({"referer": WWW + "/x"}, ()),
        ({"origin": "null"}, ()),
    ],
)
def test_site_of_a_request(headers: dict[str, str], why: tuple[Reason, ...]) -> None:
    timeline = lives(LOGIN, exchange(1, WWW + "/api", headers=headers, resource_type="fetch"))
    assert withheld(timeline, 1) == {"sid": why}


def test_a_frame_of_another_site_taints_what_it_loads() -> None:
    framed = made_by(OTHER + "/", "cross-site", {"sec-fetch-dest": "iframe", "sec-fetch-mode": "navigate"})
    timeline = lives(
        LOGIN,
        exchange(1, OTHER + "/"),
        exchange(2, WWW + "/widget", headers=framed),
        exchange(3, WWW + "/api", headers=made_by(WWW + "/widget", "same-origin")),
        exchange(4, WWW + "/inner", headers=made_by(WWW + "/widget", "same-origin", {"sec-fetch-dest": "frame"})),
    )
    assert [withheld(timeline, n) for n in (2, 3, 4)] == [{"sid": (Reason.LAX,)}] * 3


def test_a_frame_without_a_known_page_is_judged_by_its_own_word() -> None:
    framed = {"sec-fetch-dest": "iframe", "sec-fetch-mode": "navigate", "sec-fetch-site": "same-origin"}
    login = exchange(0, WWW + "/login", sets=("sid=1; Path=/; SameSite=Lax",), headers=CALL)
    timeline = lives(
        login,
        exchange(1, WWW + "/frame", headers=framed),
        exchange(2, WWW + "/api", headers=made_by(WWW + "/frame", "same-origin")),
    )
    assert withheld(timeline, 2) == {"sid": ()}


def test_the_page_of_a_recording_that_starts_late_is_known_by_its_title() -> None:
    line = "sid=1; Path=/; Secure; SameSite=None; Partitioned"
    call = made_by("https://elsewhere.example/", "cross-site")
    one = exchange(0, WWW + "/a", headers=call, sets=(line,), page="p1")
    two = exchange(1, WWW + "/b", headers=call, page="p2")
    pages = (
        Page("p1", "https://one.example/", None),
        Page("p2", "https://two.example/", None),
        Page("p3", "Shop", None),
    )
    assert withheld(lives(one, two, pages=pages), 1) == {"sid": (Reason.OTHER_PARTITION,)}


def test_redirects_keep_who_began_the_navigation() -> None:
    strict = exchange(0, WWW + "/login", sets=("sid=1; Path=/; SameSite=Strict",))
    timeline = lives(
        strict,
        exchange(1, OTHER + "/go", status=302, location=WWW + "/home"),
        exchange(2, WWW + "/home", headers=PAGE | {"sec-fetch-site": "none"}),
        exchange(
            3, OTHER + "/go", status=302, location=WWW + "/back", headers=made_by(OTHER + "/", "same-origin", PAGE)
        ),
        exchange(4, WWW + "/back", headers=made_by(OTHER + "/", "cross-site", PAGE)),
        exchange(5, OTHER + "/go", status=302, location=WWW + "/late", headers=made_by(WWW + "/", "cross-site", PAGE)),
        exchange(6, WWW + "/late", headers=made_by(WWW + "/", "cross-site", PAGE)),
    )
    assert [withheld(timeline, n)["sid"] for n in (2, 4)] == [(), (Reason.STRICT,)]
    assert withheld(timeline, 6) == {"sid": (Reason.STRICT,)}, "a browser that looks at the hops withholds it"
    assert timeline.at(4).hops == (3,)


def test_a_redirect_that_nobody_followed_soon_is_no_hop() -> None:
    late = exchange(1, WWW + "/home", at=99)
    assert lives(exchange(0, WWW + "/go", status=302, location="/home"), late).at(1).hops == ()


def test_a_broken_location_leads_nowhere() -> None:
    timeline = lives(exchange(0, WWW + "/go", status=302, location="https://"), exchange(1, WWW + "/home"))
    assert timeline.at(1).hops == ()


def test_a_chain_ends_where_a_hop_is_not_told() -> None:
    hop = exchange(0, WWW + "/go", status=302, location="/home", provisional=True)
    assert lives(hop, exchange(1, WWW + "/home")).at(1).hops == (0,)


def test_old_browsers_do_not_say_where_a_navigation_comes_from() -> None:
    typed = exchange(1, "http://www.shop.example/home", headers={"user-agent": "x"}, resource_type="document")
    linked = exchange(
        2,
        "http://www.shop.example/home",
        headers={"referer": "http://partner.example/", "accept": "text/html", "upgrade-insecure-requests": "1"},
    )
    login = exchange(0, "http://www.shop.example/login", sets=("sid=1; Path=/; SameSite=Strict",))
    timeline = lives(login, typed, linked)
    assert withheld(timeline, 1) == {"sid": ()}
    assert withheld(timeline, 2) == {"sid": (Reason.STRICT,)}


def test_a_page_that_the_parser_asked_for_is_a_frame() -> None:
    login = exchange(0, "http://www.shop.example/login", sets=("sid=1; Path=/; SameSite=Lax",))
    framed = exchange(
        1,
        "http://www.shop.example/x",
        headers={"referer": "http://partner.example/"},
        resource_type="document",
        initiator=Initiator("parser", "http://partner.example/"),
    )
    assert withheld(lives(login, framed), 1) == {"sid": (Reason.LAX,)}


def test_a_navigation_from_a_hidden_page_of_another_site() -> None:
    strict = exchange(0, WWW + "/login", sets=("sid=1; Path=/; SameSite=Strict",))
    timeline = lives(strict, exchange(1, WWW + "/home", headers=PAGE | {"sec-fetch-site": "cross-site"}))
    assert withheld(timeline, 1) == {"sid": (Reason.STRICT,)}


@pytest.mark.parametrize(
    ("exporter", "agent", "why"),
    [
        ("chrome", "", (Reason.UNSPECIFIED,)),
        ("firefox", "", (Reason.THIRD_PARTY,)),
        ("safari", "", ()),
        ("chrome", "Mozilla/5.0 (Windows NT 10.0; Trident/7.0; rv:11.0) like Gecko", (Reason.UNSPECIFIED,)),
        ("chrome", "Mozilla/5.0 Chrome/79.0 Safari/537.36", ()),
        ("charles", "Mozilla/5.0 Chrome/140.0 Safari/537.36", (Reason.UNSPECIFIED,)),
        ("charles", "Mozilla/5.0 (iPhone) AppleWebKit/605.1 CriOS/140.0 Mobile/15E148 Safari/604.1", ()),
        ("charles", "Mozilla/5.0 Gecko/20100101 Firefox/140.0", (Reason.THIRD_PARTY,)),
        ("charles", "Mozilla/5.0 Version/17 Safari/605", ()),
        ("charles", "curl/8", ()),
    ],
)
def test_browsers_differ_about_cookies_without_samesite(exporter: str, agent: str, why: tuple[Reason, ...]) -> None:
    login = exchange(0, WWW + "/login", sets=("sid=1; Path=/",), headers=PAGE | {"user-agent": agent})
    call = exchange(2, WWW + "/api", headers=made_by(OTHER + "/", "cross-site"))
    assert withheld(lives(login, exchange(1, OTHER + "/"), call, exporter=exporter), 2) == {"sid": why}


@pytest.mark.parametrize(
    ("dest", "answer", "omitted"),
    [
        ("empty", {"access-control-allow-origin": "*"}, True),
        ("empty", {"access-control-allow-origin": WWW, "access-control-allow-credentials": "true"}, False),
        ("empty", {}, False),
        ("font", {}, True),
    ],
)
def test_calls_that_were_plainly_made_without_credentials(dest: str, answer: dict[str, str], omitted: bool) -> None:
    login = exchange(0, API + "/login", sets=("sid=1; Path=/",))
    headers = made_by(WWW + "/", "same-site", CALL | {"sec-fetch-dest": dest}, origin=WWW)
    timeline = lives(login, exchange(1, API + "/me", headers=headers, answer=answer))
    assert withheld(timeline, 1) == {"sid": (Reason.CREDENTIALS_OMITTED,) if omitted else ()}
    assert events(timeline, "sid") == [(0, "set", ""), (1, "not-sent", "")]


def test_what_a_call_without_credentials_sets_is_not_kept() -> None:
    call = made_by(WWW + "/", "same-site", origin=WWW)
    timeline = lives(
        exchange(0, API + "/login", headers=call, sets=("sid=1",), answer={"access-control-allow-origin": "*"}),
        exchange(1, API + "/me"),
    )
    assert timeline.at(1).refused[0].reasons == (Reason.CREDENTIALS_OMITTED,)
    assert events(timeline, "sid") == [(0, "rejected", "")]


def test_third_party_cookies_are_noticed() -> None:
    login = exchange(0, WWW + "/login", sets=("sid=1; Path=/; Secure; SameSite=None",))
    call = made_by(OTHER + "/", "cross-site")
    assert lives(
        login, exchange(1, OTHER + "/"), exchange(2, WWW + "/a", sent="sid=1", headers=call)
    ).third_party_cookies
    assert not lives(login, exchange(1, OTHER + "/"), exchange(2, WWW + "/a", headers=call)).third_party_cookies


@pytest.mark.parametrize(("sent", "why"), [("sid=1", {}), (None, {"sid": (Reason.LAX,)})])
def test_a_subresource_by_way_of_another_site_is_the_pages_own(sent: str | None, why: object) -> None:
    """Sec-Fetch-Site looks at the hops, Chromium's cookies do not; where one was kept back, the browser did look."""
    timeline = lives(
        LOGIN,
        exchange(1, WWW + "/home", sent="sid=1"),
        exchange(2, OTHER + "/go", status=302, location=WWW + "/api", headers=made_by(WWW + "/home", "cross-site")),
        exchange(3, WWW + "/api", sent=sent, headers=made_by(WWW + "/home", "cross-site")),
    )
    assert withheld(timeline, 3) == why


def test_of_two_with_one_value_the_one_that_may_go_went_by_way_of_another_site() -> None:
    login = exchange(0, WWW + "/login", sets=("sid=1; Path=/", "sid=1; Path=/app"))
    timeline = lives(
        login,
        exchange(1, WWW + "/home", sent="sid=1"),
        exchange(2, OTHER + "/go", status=302, location=WWW + "/api", headers=made_by(WWW + "/home", "cross-site")),
        exchange(3, WWW + "/api", sent="sid=1", headers=made_by(WWW + "/home", "cross-site")),
    )
    assert withheld(timeline, 3) == {"sid": (Reason.NOT_ON_PATH,)}


def test_only_chromium_takes_a_cookie_with_another_value_for_a_new_one() -> None:
    again = exchange(1, WWW + "/api", sets=("sid=2; Path=/",), headers=made_by(WWW + "/login", "same-origin"))
    for exporter, age in (("chrome", 1), ("firefox", 0)):
        login = exchange(0, WWW + "/login", sets=("sid=1; Path=/",))
        timeline = lives(login, again, exchange(2, WWW + "/home", sent="sid=2"), exporter=exporter)
        cookie = timeline.at(2).sent[0].cookie
        assert cookie is not None
        assert round((cookie.created - NOON).total_seconds()) == age
