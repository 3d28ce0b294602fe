"""Made-up servers and pages that speak CORS, each a literal; and which of them are worth asking about."""

from __future__ import annotations

from dataclasses import dataclass, replace
from random import Random

from tests.agreement.cases import Knobs
from tests.agreement.cors_values import (
    BAD_CREDENTIALS,
    BAD_HEADERS,
    BAD_METHODS,
    BAD_ORIGIN,
    BAD_STATUS,
    GOOD_CREDENTIALS,
    GOOD_HEADERS,
    GOOD_METHODS,
    GOOD_ORIGIN,
    GOOD_STATUS,
    HOSTS,
    ODD_FIELDS,
    ODD_LOCATIONS,
    OTHER_METHODS,
    PAGES,
    PORTS,
    SAFE_FIELDS,
    SIMPLE_METHODS,
    TAGS,
    UNSAFE_FIELDS,
    USERINFO,
    Fields,
    Lines,
)


@dataclass(frozen=True, repr=False)
class Grant(Knobs):
    """What an answer says of CORS. {origin}, {method}, {headers}: as asked; {page}: the page's origin."""

    origin: Lines = ("{origin}",)
    credentials: Lines = ("true",)
    methods: Lines = ("{method}",)
    headers: Lines = ("{headers}",)
    status: int = 200
    location: str = ""  # of a preflight that is redirected


@dataclass(frozen=True, repr=False)
class Hop(Knobs):
    """One origin that is asked. `redirect`, to the next hop, is not used by the last; `status` only by it."""

    at: str = "http://api.one.test"
    preflight: Grant = Grant()
    answer: Grant = Grant()
    redirect: int = 302
    userinfo: str = ""  # in the redirect that leads here
    location: str = ""  # instead of the address of the next hop


@dataclass(frozen=True, repr=False)
class Case(Knobs):
    """A request of a page, and everything that it meets. `via`: fetch, xhr, upload (xhr that listens), or a tag."""

    page: str = "http://app.one.test"
    method: str = "GET"
    headers: Fields = ()
    credentials: str = "omit"
    mode: str = "cors"
    via: str = "fetch"
    hops: tuple[Hop, ...] = (Hop(),)  # at least one
    rounds: int = 0  # how often the first hop redirects to itself before

    def is_possible(self) -> bool:
        plain = self.method == "GET" and not self.headers and self.mode == "cors"
        plain = plain and not any(hop.location for hop in self.hops)
        if self.rounds and any(hop.userinfo for hop in self.hops):
            return False  # which of the two reasons comes first is seen by counting alone
        return bool(self.hops) and (self.via not in TAGS or plain)


def cases(random: Random, number: int) -> list[Case]:
    """A quarter or more each meant to be refused by answer, preflight and redirect; the rest to pass, or anything."""
    plans = ((_refused_by_answer, 25), (_refused_by_preflight, 28), (_refused_by_redirect, 31), (_fine, 10), (_any, 6))
    makers = random.choices([plan for plan, _ in plans], [weight for _, weight in plans], k=number)
    return [_made_by(random, maker(random)) for maker in makers]


def _made_by(random: Random, case: Case) -> Case:
    """Most by fetch; the other ways leave the same to CORS."""
    by_tag = replace(case, via=random.choice(TAGS))
    if by_tag.is_possible() and random.random() < 0.3:
        return by_tag
    if case.mode == "cors" and random.random() < 0.15:
        return replace(case, via="xhr" if case.method in ("GET", "HEAD") else random.choice(["xhr", "upload"]))
    return case


def _refused_by_answer(random: Random) -> Case:
    case = _request(random, preflighted=random.random() < 0.3)
    hop = case.hops[0]
    return replace(case, hops=(replace(hop, answer=_bad_access(random, hop.answer, case.credentials)),))


def _refused_by_preflight(random: Random) -> Case:
    case = _request(random, preflighted=True)
    hop, grant = case.hops[0], case.hops[0].preflight
    what = random.choice(["access", "status", "methods", "headers", "headers", "several"])
    if what in ("access", "several"):
        grant = _bad_access(random, grant, case.credentials)
    if what in ("status", "several"):
        status = random.choice(BAD_STATUS)
        grant = replace(grant, status=status, location=random.choice(["", "/elsewhere"]))
    if what in ("methods", "several"):
        grant = replace(grant, methods=random.choice(BAD_METHODS))
    if what in ("headers", "several"):
        grant = replace(grant, headers=random.choice(BAD_HEADERS))
    return replace(case, hops=(replace(hop, preflight=grant),))


def _refused_by_redirect(random: Random) -> Case:
    case = _redirected(random)
    place = random.randrange(len(case.hops))
    hop = case.hops[place]
    what = random.choice(["answer", "answer", "answer", "preflight", "userinfo", "location", "tainted"])
    if what == "answer":
        hop = replace(hop, answer=_bad_access(random, hop.answer, case.credentials))
    elif what == "preflight":
        hop = replace(hop, preflight=_bad_access(random, hop.preflight, case.credentials))
    elif what == "userinfo":
        hop = replace(hop, userinfo=random.choice(USERINFO))
    elif what == "location" and place < len(case.hops) - 1:
        hop = replace(hop, location=random.choice(ODD_LOCATIONS))
    elif what == "tainted":
        hop = replace(hop, answer=replace(hop.answer, origin=("{page}",)))
    rounds = random.choice((19, 20, 21)) if what == "answer" and random.random() < 0.03 else 0
    return replace(case, hops=(*case.hops[:place], hop, *case.hops[place + 1 :]), rounds=rounds)


def _fine(random: Random) -> Case:
    return _redirected(random) if random.random() < 0.3 else _request(random, preflighted=random.random() < 0.6)


def _any(random: Random) -> Case:
    case = _redirected(random)
    mode = random.choice(["cors", "cors", "cors", "no-cors", "same-origin"])
    if mode == "no-cors":
        case = replace(case, method=random.choice(SIMPLE_METHODS))
    hops = tuple(
        replace(
            hop, preflight=_any_grant(random), answer=replace(_any_grant(random), status=random.choice(GOOD_STATUS))
        )
        for hop in case.hops
    )
    if mode == "same-origin":  # elsewhere the page itself refuses, before any request
        hops = (replace(hops[0], at=case.page), *hops[1:])
    return replace(case, mode=mode, hops=hops)


def _any_grant(random: Random) -> Grant:
    return Grant(
        random.choice([*GOOD_ORIGIN * 5, *BAD_ORIGIN]),
        random.choice([*GOOD_CREDENTIALS * 5, *BAD_CREDENTIALS]),
        random.choice([*GOOD_METHODS * 2, *BAD_METHODS]),
        random.choice([*GOOD_HEADERS * 2, *BAD_HEADERS]),
        random.choice([*GOOD_STATUS * 5, *BAD_STATUS]),
    )


def _bad_access(random: Random, grant: Grant, credentials: str) -> Grant:
    """Access-Control-Allow-Origin that does not fit, or -Credentials where those matter."""
    if credentials == "include" and random.random() < 0.4:
        return replace(grant, origin=("{origin}",), credentials=random.choice(BAD_CREDENTIALS))
    return replace(grant, origin=random.choice(BAD_ORIGIN))


def _request(random: Random, preflighted: bool) -> Case:
    """One hop that grants everything."""
    page = random.choice(PAGES)
    credentials = random.choice(["omit", "same-origin", "include", "include"])
    headers = _some(random, SAFE_FIELDS, 2)
    method = random.choice(SIMPLE_METHODS)
    if preflighted:
        method = random.choice(OTHER_METHODS) if random.random() < 0.5 else method
        headers = (*headers, *_some(random, UNSAFE_FIELDS, 3))
    if random.random() < 0.002:
        headers = (*headers, random.choice(ODD_FIELDS))
    return Case(page, method, _distinct(headers), credentials, hops=(_hop(random, page, credentials),))


def _redirected(random: Random) -> Case:
    """Several hops, of which each grants everything, to whatever origin the request has become."""
    case = _request(random, preflighted=random.random() < 0.3)
    scheme = case.page.partition(":")[0]
    hops = [_hop(random, case.page, case.credentials, anywhere=True) for _ in range(random.choice([2, 2, 2, 3, 4]))]
    if scheme == "http" and random.random() < 0.3:
        hops = [replace(hop, at=random.choice(["https://api.one.test", hop.at])) for hop in hops]
    return replace(case, hops=tuple(hops))


def _hop(random: Random, page: str, credentials: str, *, anywhere: bool = False) -> Hop:
    scheme = page.partition(":")[0]
    if scheme == "http" and random.random() < 0.3:
        scheme = "https"  # the other way would be mixed content, which is another check
    host = random.choice(HOSTS if anywhere else HOSTS[:-1])
    at = f"{scheme}://{host}{random.choice(PORTS[scheme])}"
    return Hop(
        at, _good(random, credentials), _good(random, credentials), random.choice([301, 302, 302, 303, 307, 308])
    )


def _good(random: Random, credentials: str) -> Grant:
    if credentials == "include":
        return Grant(
            random.choice([("{origin}",), (" {origin} ",)]),
            random.choice(GOOD_CREDENTIALS),
            random.choice(GOOD_METHODS),
            random.choice(GOOD_HEADERS),
            random.choice(GOOD_STATUS),
        )
    wild: list[Lines] = [("*",)]
    return Grant(
        random.choice(GOOD_ORIGIN),
        random.choice([*GOOD_CREDENTIALS, *BAD_CREDENTIALS]),
        random.choice([*GOOD_METHODS, *wild]),
        random.choice([*GOOD_HEADERS, *wild]),
        random.choice(GOOD_STATUS),
    )


def _some(random: Random, fields: Fields, most: int) -> Fields:
    return tuple(random.sample(fields, random.randint(0, most)))


def _distinct(fields: Fields) -> Fields:
    """One field of each name: the same one twice would be joined."""
    return tuple({name.lower(): (name, value) for name, value in fields}.values())
