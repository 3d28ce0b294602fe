"""Made-up sites that set cookies, and pages that ask them: each case a literal."""

from __future__ import annotations

from dataclasses import dataclass, replace
from random import Random
from typing import Final

from tests.agreement.cases import Knobs

WITHIN: Final = ("frame", "fetch", "fetch", "image")  # the page stays
WAYS: Final = ("link", "form", "form", *WITHIN)


@dataclass(frozen=True, repr=False)
class Hop(Knobs):
    """One server that is asked, what it sets, and the status of its redirect to the next, if there is one."""

    at: str = "https://www.{own}"
    path: str = "/app/x"
    sets: tuple[str, ...] = ()
    redirect: int = 302
    ahead: int = 0  # seconds that its clock, as in its Date, is ahead of the browser's


@dataclass(frozen=True, repr=False)
class Visit(Knobs):
    """What a user does. `how`: typed, or by a page: link, form, frame, fetch, image.

    `page`: the origins of the page and of frames within it, each in the one before; the innermost asks.
    """

    how: str = "typed"
    page: tuple[str, ...] = ()
    method: str = "GET"
    credentials: str = "include"
    mode: str = "cors"
    hops: tuple[Hop, ...] = (Hop(),)


@dataclass(frozen=True, repr=False)
class Case(Knobs):
    """Visits one after the other. In origins {own}, {other}, {third} stand for sites of this case alone."""

    visits: tuple[Visit, ...] = (Visit(),)


OWN: Final = ("https://www.{own}", "https://www.{own}", "https://api.{own}", "https://{own}", "http://www.{own}")
ODD_PORTS: Final = ("https://www.{own}:8443", "http://www.{own}:8080")
FOREIGN: Final = ("https://www.{other}", "https://www.{third}", "https://shop.{other}")
PATHS: Final = ("/app/x", "/app/x", "/app/deep/x", "/x", "/apple/x", "/app")
SAME_SITES: Final = ("", "; SameSite=Lax", "; SameSite=Strict", "; SameSite=None; Secure")
NAMES: Final = ("sid", "sid", "a", "b")
DOMAINS: Final = ("; Domain={own}", "; Domain=.{own}", "; Domain=www.{own}", "; Domain=WWW.{own}", "; Domain=")
BAD_DOMAINS: Final = (
    *("; Domain={other}", "; Domain=api.{own}", "; Domain=x.www.{own}", "; Domain=test", "; Domain=example"),
    *("; Domain=github.io", "; Domain=..{own}", "; Domain={own}.", "; Domain=127.0.0.1", "; Domain={own}:443"),
    *("; Domain=b\u00fccher.{own}", "; Domain=localhost", "; Domain={own}; Domain={other}"),
)
COOKIE_PATHS: Final = (
    "; Path=/",
    "; Path=/",
    "; Path=/app",
    "; Path=/app/",
    "; Path=/app/x",
    "; Path=app",
    "; Path=",
    "",
)
LIVES: Final = ("", "", "", "; Max-Age=600", "; Max-Age=99999999999", "; Expires=Fri, 01 Jan 2038 00:00:00 GMT")
ENDS: Final = (
    "; Max-Age=0",
    "; Max-Age=-5",
    "; Expires=Thu, 01 Jan 1970 00:00:00 GMT",
    "; Expires=Sun, 06-Nov-94 08:49:37 GMT",
)
ODD_LIVES: Final = (
    *("; Max-Age=0; Expires=Fri, 01 Jan 2038 00:00:00 GMT", "; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=60"),
    *("; Max-Age=x; Expires=Thu, 01 Jan 1970 00:00:00 GMT", "; Expires=0", "; Expires=Sat, 32 Jan 2000 00:00:00 GMT"),
    *("; Max-Age=5.5", "; Max-Age=", "; Max-Age=0; Max-Age=60", "; Max-Age=60; Max-Age=0", "; Expires=never"),
)
BAD_LINES: Final = (
    *("sid=\x01", "s\x1fid=1", "sid=1; Path=/\x7f", "sid=a\tb", "s\tid=1", "", "=", "; Secure", " ", ";"),
    *("sid=" + "x" * 4094, "=" + "x" * 4097, "__Secure-sid=1", "__Secure-sid=1; SameSite=Lax", "__Host-sid=1; Secure"),
    *("__Host-sid=1; Secure; Path=/; Domain={own}", "__Host-sid=1; Secure; Path=/app", "__Host-sid=1; Path=/"),
    *("__host-sid=1; Secure", "=__Host-sid=1; Secure; Path=/", "__Secure-sid", "__HOST-sid; Path=/; Secure"),
    *(
        "__Http-sid=1; Secure",
        "__Host-Http-sid=1; Secure; Path=/",
        "sid=1; SameSite=None",
        "sid=1; SameSite=None; Path=/",
    ),
    *(
        "sid=1; samesite=NONE",
        "sid=1; SameSite=Lax; SameSite=None",
        "sid=1; Partitioned",
        "sid=1; SameSite=None; Partitioned",
    ),
)
ODD_LINES: Final = (
    *(
        "sid",
        "=sid",
        "sid=",
        "sid=a=b",
        " sid = 1 ",
        '"sid"="1 2"',
        "sid=1, a=2; Path=/",
        "sid=1;Secure;Path=/",
        "sid=1;;;Path=/",
    ),
    *(
        "\tsid\t=\t1\t",
        "sid=1; Secure=no",
        "sid=1; HttpOnly=0",
        "sid=1; SameSite",
        "sid=1; SameSite=lax; path=/",
        "sid=1; Foo=bar",
    ),
    *("sid=" + "x" * 4093, "sid=1; Path=/" + "x" * 1025, "sid=1; Domain=" + "x" * 1025, "__Host-sid=1; Secure; Path=/"),
    *(
        "__Secure-sid=1; Secure",
        "__host-sid=1; Secure; Path=/",
        "__Hostsid=1",
        "_Host-sid=1",
        "__Http-sid=1; Secure; HttpOnly",
    ),
    *(
        "__Host-Http-sid=1; Secure; HttpOnly; Path=/",
        "sid=1; SameSite=Strictest; Path=/",
        "sid=1; Priority=Low; Path=/",
    ),
)


def sound(case: Case) -> Case:
    """With what a case must have that was made simpler: visits, hops, and nobody but the user asking without a page."""
    visits = (replace(visit, hops=visit.hops or (Hop(),)) for visit in case.visits or (Visit(),))
    return Case(tuple(visit if visit.page and visit.how != "typed" else Visit(hops=visit.hops) for visit in visits))


def cases(random: Random, number: int) -> list[Case]:
    """A third with lines that are refused, a third with cookies that are held back, the rest with anything."""
    plans = ((_refused, 55), (_held_back, 41), (_any, 4))
    makers = random.choices([plan for plan, _ in plans], [weight for _, weight in plans], k=number)
    return [maker(random) for maker in makers]


def _refused(random: Random) -> Case:
    """Something is set that must not be, then asked for."""
    what = random.choice([*["line"] * 5, "domain", "secure", *["context"] * 8, "overwrite"])
    if what == "overwrite":
        return _overwritten(random)
    if what == "context":
        setting = _by_a_page(random, foreign=True, sets=(_kept_to_site(random), *_lines(random)), ways=WITHIN)
        return Case((setting, _asking(random)))
    at, line = random.choice(OWN), random.choice(BAD_LINES)
    if what == "domain":
        line = f"sid=1{random.choice(COOKIE_PATHS)}{random.choice(BAD_DOMAINS)}{random.choice(['', '; Secure'])}"
    if what == "secure":
        at, line = "http://www.{own}", f"sid=1; Secure{random.choice(SAME_SITES)}{random.choice(COOKIE_PATHS)}"
    hop = Hop(at, random.choice(PATHS), (line, *(_lines(random)[:1] if random.random() < 0.4 else ())))
    return Case((_setting(random, hop), _asking(random)))


def _overwritten(random: Random) -> Case:
    """A Secure cookie, and http wants to put one over it."""
    first = f"sid=1; Secure{random.choice(COOKIE_PATHS)}{random.choice(['', '; Domain={own}'])}"
    name, domain = random.choice(["sid", "sid", "sid", "a"]), random.choice(["", "; Domain={own}"])
    second = f"{name}=2{random.choice(COOKIE_PATHS)}{domain}"
    over = Hop(
        random.choice(["http://www.{own}", "http://{own}", "https://www.{own}"]), random.choice(PATHS), (second,)
    )
    return Case((Visit(hops=(Hop(sets=(first,)),)), Visit(hops=(over,)), _asking(random)))


def _held_back(random: Random) -> Case:
    """Cookies are set, then asked for by another host, path, scheme, site, frame or method."""
    lines = (_kept_to_site(random), *_lines(random)[:1]) if random.random() < 0.7 else _lines(random)
    setting = _setting(random, Hop(random.choice(OWN), random.choice(PATHS), lines))
    ways = random.choice([WITHIN, WITHIN, WAYS])
    return Case((setting, _by_a_page(random, foreign=True, ways=ways) if random.random() < 0.8 else _asking(random)))


def _any(random: Random) -> Case:
    """Several visits, each with answers that set something."""
    number = random.choice([2, 2, 3])
    return Case(tuple(_visit(random, _lines(random) if random.random() < 0.8 else ()) for _ in range(number)))


def _visit(random: Random, sets: tuple[str, ...]) -> Visit:
    if random.random() < 0.3:
        return _setting(random, Hop(random.choice([*OWN, *ODD_PORTS]), random.choice(PATHS), sets))
    return _by_a_page(random, foreign=random.random() < 0.6, sets=sets)


def _setting(random: Random, hop: Hop) -> Visit:
    """The site asked in the address bar, sometimes by way of another."""
    if random.random() < 0.2:
        return Visit(hops=(Hop(random.choice(FOREIGN), redirect=random.choice([301, 302, 303, 307, 308])), hop))
    return Visit(hops=(hop,))


def _asking(random: Random) -> Visit:
    """The own site again, from one of its own pages or the address bar."""
    hop = Hop(random.choice([*OWN, *ODD_PORTS]), random.choice(PATHS))
    return Visit(hops=(hop,)) if random.random() < 0.5 else _by_a_page(random, foreign=False)


def _by_a_page(random: Random, *, foreign: bool, sets: tuple[str, ...] = (), ways: tuple[str, ...] = WAYS) -> Visit:
    how = random.choice(ways)
    top = random.choice([*FOREIGN, *OWN[-2:]] if foreign else OWN)
    page = (top, *(random.choice([*FOREIGN, *OWN]) for _ in range(random.choice([0, 0, 0, 1, 1, 2]))))
    hops = _hops(random, sets)
    if how in ("link", "form"):
        page = page[:1]
    if how != "link":
        page, hops = _without_mixed_content(page, hops)
    method = random.choice(["GET", "POST", "POST"]) if how in ("form", "fetch") else "GET"
    return Visit(
        how,
        page,
        method,
        random.choice(["include", "include", "include", "same-origin", "omit"]) if how == "fetch" else "include",
        random.choice(["cors", "no-cors"]) if how == "fetch" else "cors",
        hops,
    )


def _hops(random: Random, sets: tuple[str, ...]) -> tuple[Hop, ...]:
    last = Hop(random.choice([*OWN, *OWN, *ODD_PORTS]), random.choice(PATHS), sets)
    if random.random() < 0.7:
        return (last,)
    before = random.choice([*FOREIGN, *OWN[:4]])
    first = Hop(before, random.choice(PATHS), _lines(random)[:1] if random.random() < 0.3 else (), _status(random))
    more = (Hop(random.choice([*FOREIGN, *OWN[:4]]), "/app/x", (), _status(random)),) if random.random() < 0.2 else ()
    return (first, *more, last)


def _status(random: Random) -> int:
    return random.choice([301, 302, 302, 303, 307, 308])


def _without_mixed_content(page: tuple[str, ...], hops: tuple[Hop, ...]) -> tuple[tuple[str, ...], tuple[Hop, ...]]:
    """What an https page may load: what is plain becomes https, as a browser would block it or ask https instead."""
    for depth, one in enumerate(page):
        if any(before.startswith("https:") for before in page[:depth]):
            page = (*page[:depth], _over_tls(one), *page[depth + 1 :])
    if page[-1].startswith("https:"):
        hops = tuple(replace(hop, at=_over_tls(hop.at)) for hop in hops)
    return page, hops


def _over_tls(origin: str) -> str:
    return origin.replace("http://", "https://").replace(":8080", ":8443")


def _kept_to_site(random: Random) -> str:
    domain = random.choice(["; Domain={own}", "; Domain={own}", ""])
    return f"sid={random.randint(1, 9)}; Path=/{domain}{random.choice(SAME_SITES[:3])}"


def _lines(random: Random) -> tuple[str, ...]:
    return tuple(_line(random) for _ in range(random.choice([1, 1, 2, 3])))


def _line(random: Random) -> str:
    if random.random() < 0.12:
        return random.choice([*ODD_LINES, *BAD_LINES])
    pair = f"{random.choice(NAMES)}={random.randint(1, 9)}"
    life = random.choice(LIVES)
    if random.random() < 0.12:
        life = random.choice([*ENDS, *ODD_LIVES])
    domain = random.choice([*DOMAINS, *BAD_DOMAINS[:3]]) if random.random() < 0.35 else ""
    partitioned = random.choice(["; Partitioned", "; Partitioned; Secure"]) if random.random() < 0.1 else ""
    secure = "; Secure" if random.random() < 0.3 else ""
    return f"{pair}{random.choice(COOKIE_PATHS)}{domain}{life}{random.choice(SAME_SITES)}{secure}{partitioned}"
