"""Cookies set otherwise: changed until they go along, and tried in a fresh jar."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import pytest
from msgspec.structs import replace

from harinspect.har.model import Exchange
from harinspect.traffic.changes import (
    Answer,
    CookieKept,
    CookieSet,
    Grant,
    StrayDeleted,
    Untested,
    Verified,
)
from harinspect.traffic.model import Traffic
from harinspect.traffic.rehearsal import changed_line
from harinspect.traffic.set_cookies import (
    cookie_kept,
    cookie_set,
    credentials_included,
    shared_domain,
    stray_deleted,
)
from harinspect.traffic.simulate import Change, spelt, verify
from tests.builders import exchange, traffic

API, APP = "https://api.example/items", "https://app.example"
ACAO, ACAC = "Access-Control-Allow-Origin", "Access-Control-Allow-Credentials"
BROWSER = {"User-Agent": "Mozilla/5.0 (X11; Linux x86_64) Chrome/130.0.0.0"}


def tried(change: Change, found: Traffic) -> Verified:
    outcome = verify(change, found)
    assert isinstance(outcome, Verified)
    return outcome


def login(*lines: str, url: str = "https://shop.example/login", at: float = 0, index: int = 0) -> Exchange:
    row = exchange(index, url, at=at, sent=BROWSER | {"Sec-Fetch-Dest": "document", "Sec-Fetch-Site": "none"})
    headers = type(row.response.headers)([("Set-Cookie", line) for line in lines])
    return replace(row, response=replace(row.response, headers=headers))


NOTHING: Mapping[str, str] = MappingProxyType({})


def refused(
    url: str = "https://shop.example/account", sent: Mapping[str, str] = NOTHING, *, at: float = 10, index: int = 9
) -> Exchange:
    return exchange(index, url, 403, at=at, sent=BROWSER | {name.replace("_", "-"): v for name, v in sent.items()})


CROSS = {
    "Sec_Fetch_Site": "cross-site",
    "Sec_Fetch_Mode": "cors",
    "Sec_Fetch_Dest": "empty",
    "Origin": "https://other.test",
}


def mended(setter: Exchange, about: Exchange, name: str = "sid") -> tuple[CookieSet, Verified]:
    found = traffic(setter, about)
    change = cookie_set(found, about.index, setter.index, name)
    assert isinstance(change, CookieSet)
    return change, tried(change, found)


@pytest.mark.parametrize(
    ("line", "attributes"),
    [
        ("sid=1; Path=/login", (("Path", "/"),)),
        ("sid=1; SameSite=None", (("Secure", ""),)),
        ("sid=1; Partitioned", (("Secure", ""),)),
        ("sid=1; Domain=other.test", (("Domain", None),)),
        ("sid=1; Domain=example", (("Domain", None),)),
        ("__Host-sid=1; Secure; Domain=shop.example", (("Secure", ""), ("Path", "/"), ("Domain", None))),
        ("__Secure-sid=1", (("Secure", ""),)),
        ("sid=1; Max-Age=5", (("Max-Age", "3600"), ("Expires", None))),
        ("sid=1; Expires=Thu, 01 Jan 2026 00:00:00 GMT", (("Max-Age", "3600"), ("Expires", None))),
        ("sid=1; Path=/login; SameSite=None", (("Secure", ""), ("Path", "/"))),
    ],
)
def test_the_line_is_changed_until_the_cookie_goes_along(
    line: str, attributes: tuple[tuple[str, str | None], ...]
) -> None:
    change, told = mended(login(line), refused(), line.partition("=")[0])
    assert change.attributes == attributes
    assert told.holds
    assert told.how.endswith("What the server answers then is not in the file.")


def test_a_cookie_for_other_sites() -> None:
    change, told = mended(login("sid=1; SameSite=Lax"), refused(sent=CROSS))
    assert change.attributes == (("SameSite", "None"), ("Secure", ""))
    assert told.how == (
        "Set with `SameSite=None; Secure`, `sid` is stored and goes along with this request. That takes a script that "
        "includes credentials; whether this one does is not in the file. What the server answers then is not in the "
        "file."
    )


def test_a_cookie_for_two_hosts_takes_the_name_that_they_share() -> None:
    change, told = mended(login("sid=1", url="https://www.shop.example/login"), refused("https://api.shop.example/me"))
    assert change.attributes == (("Domain", "shop.example"),)
    assert told.holds
    assert spelt(change, traffic())["shared"] == "shop.example"


def test_no_domain_brings_a_cookie_to_another_site() -> None:
    hop = login("sid=1; Domain=other.test", url="https://id.example/sso")
    change, told = mended(hop, refused("https://app.other.test/home"))
    assert change.by_target
    assert told.how.startswith("Set by `app.other.test` itself, `sid` is stored")


def test_what_is_called_over_http_has_to_move() -> None:
    change, told = mended(login("sid=1; Secure"), refused("http://shop.example/account"))
    assert change.over_https
    assert told.how.startswith("With the page and every call on https, `sid`")
    change, _ = mended(login("__Host-sid=1; Path=/", url="http://shop.example/login"), refused(), "__Host-sid")
    assert change.over_https


def test_a_page_on_http_is_of_another_site() -> None:
    page = {"Sec_Fetch_Site": "cross-site", "Sec_Fetch_Dest": "empty", "Origin": "http://www.shop.example"}
    change, told = mended(login("sid=1; SameSite=Lax"), refused(sent=page))
    assert (change.over_https, change.attributes, told.holds) == (True, (), True)


def test_a_value_of_ordinary_size_is_stored() -> None:
    change, told = mended(login(f"sid={'x' * 5000}"), refused())
    assert (change.fits, told.holds) == (True, True)
    assert "4096 octets" in told.how


def test_a_browser_that_keeps_third_parties_apart_is_not_changed_by_attributes() -> None:
    firefox = {"User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:153.0) Gecko/20100101 Firefox/153.0"}
    page = exchange(1, "https://other.test/", at=1, sent=firefox | {"Sec-Fetch-Dest": "document"})
    frame = {"Sec-Fetch-Dest": "iframe", "Sec-Fetch-Site": "cross-site", "Referer": "https://other.test/"}
    setter = login("sid=1; SameSite=Lax")
    setter = replace(setter, request=replace(setter.request, headers=type(setter.request.headers)(firefox.items())))
    found = traffic(setter, page, exchange(9, "https://shop.example/account", 403, sent=firefox | frame))
    change = cookie_set(found, 9, 0, "sid")
    assert isinstance(change, CookieSet)
    assert verify(change, found) == Untested(
        "Set with `SameSite=None; Secure`, nothing but the browser's own third-party protection keeps `sid`."
    )


def test_a_broken_line_is_not_mended() -> None:
    change, told = mended(login("sid=\x01"), refused())
    assert change.attributes == ()
    assert told == Verified(False, "`sid` would still not go along (DisallowedCharacter).")


def test_nothing_to_change_where_nothing_keeps_it() -> None:
    found = traffic(login("sid=1"), refused())
    assert isinstance(cookie_set(found, 9, 0, "sid"), Untested)


def test_included_credentials_take_the_cookie_along_and_need_the_answers_consent() -> None:
    call = {"Sec_Fetch_Site": "same-site", "Sec_Fetch_Mode": "cors", "Sec_Fetch_Dest": "empty", "Origin": APP}
    setter = login("sid=1", url="https://api.example/login")
    answered = refused(API, call)
    allowing = replace(
        answered, response=replace(answered.response, headers=type(answered.response.headers)([(ACAO, APP)]))
    )
    found = traffic(setter, allowing)
    change = credentials_included(found, 9, 0, "sid")
    told = tried(change, found)
    assert told.holds
    assert told.how == (
        "With credentials included in the script's call, `sid` is stored and goes along with this request. With "
        f"`{ACAC}: true` the answer passes the CORS check with credentials. What the server answers then is not in the "
        "file."
    )
    bare = replace(change, grant=Grant(APP, answer=Answer(9), credentials=True))
    assert tried(bare, found) == Verified(
        False,
        "With credentials included in the script's call, `sid` goes along, but the answer fails the CORS check.",
    )


def test_an_answer_that_leaves_the_session_alone() -> None:
    banner = login("sid=anonymous", url="https://shop.example/banner", at=5, index=1)
    found = traffic(login("sid=1"), banner, refused(sent={"Cookie": "sid=anonymous"}))
    change = cookie_kept(9, 1, 0, "sid")
    assert isinstance(change, CookieKept)
    assert tried(change, found).how.startswith("Had `/banner` left `sid` alone, the value set first is the one")
    assert isinstance(cookie_kept(9, 1, None, "sid"), Untested)


def test_leaving_it_alone_is_not_enough_for_a_cookie_of_another_path() -> None:
    found = traffic(login("sid=1; Path=/login"), login("sid=2", at=5, index=1), refused())
    assert tried(CookieKept(9, 0, "sid", 1), found) == Verified(
        False, "Had `/login` left `sid` alone, it would still not go along (NotOnPath)."
    )


def test_the_stray_one_is_deleted() -> None:
    stray = login("sid=old; Path=/app; Secure", url="https://shop.example/app/old")
    good = login("sid=new; Path=/; Secure", url="https://shop.example/app/login", at=5, index=1)
    found = traffic(stray, good, refused("https://shop.example/app/me", {"Cookie": "sid=old; sid=new"}))
    first, second = found.cookies.at(9).sent
    change = stray_deleted(9, second.set_by, first.cookie)
    assert change == StrayDeleted(9, 1, "sid", "sid=; Path=/app; Max-Age=0; Secure")
    assert tried(change, found).how.startswith(
        "With `Set-Cookie: sid=; Path=/app; Max-Age=0; Secure` sent as well by the"
    )
    wrong = StrayDeleted(9, 1, "sid", "sid=; Path=/elsewhere; Max-Age=0; Secure")
    assert tried(wrong, found).how.endswith("2 cookies of that name would still go along.")
    assert isinstance(stray_deleted(9, None, first.cookie), Untested)
    assert isinstance(stray_deleted(9, 1, None), Untested)


def test_a_stray_one_of_the_whole_domain() -> None:
    setter = login("sid=old; Path=/app; Domain=shop.example", url="https://shop.example/app/old")
    found = traffic(setter, refused("https://shop.example/app/me", {"Cookie": "sid=old"}))
    change = stray_deleted(9, 0, found.cookies.at(9).sent[0].cookie)
    assert isinstance(change, StrayDeleted)
    assert change.line == "sid=; Path=/app; Domain=shop.example; Max-Age=0"


def test_a_cookie_renewed_with_every_answer_is_replayed_in_part() -> None:
    rows = [login(f"sid={n}; Path=/login", at=n / 10, index=n) for n in range(60)]
    found = traffic(*rows, refused(index=99))
    for setter in (3, 59):
        change = cookie_set(found, 99, setter, "sid")
        assert isinstance(change, CookieSet)
        assert tried(change, found).holds


def test_attributes_are_replaced_and_left_out_whatever_their_spelling() -> None:
    change = CookieSet(1, 0, "sid", (("Path", "/"), ("Domain", None), ("Secure", "")))
    assert changed_line(change, "sid=1; PATH=/a;domain=x ; HttpOnly") == "sid=1; HttpOnly; Path=/; Secure"


@pytest.mark.parametrize(
    ("one", "other", "shared"),
    [
        ("www.shop.example", "api.shop.example", "shop.example"),
        ("a.b.shop.example", "b.shop.example", "b.shop.example"),
        ("a.co.uk", "b.co.uk", ""),
        ("a.example", "b.test", ""),
    ],
)
def test_the_name_that_two_hosts_share(one: str, other: str, shared: str) -> None:
    assert shared_domain(one, other) == shared


def test_names_of_the_traffic_cannot_end_a_code_span() -> None:
    found = traffic(login("si`d=1; Path=/login"), refused())
    assert "`si'd`" in tried(CookieSet(9, 0, "si`d", (("Path", "/"),)), found).how
