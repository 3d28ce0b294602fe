"""Made-up pages with referrer policies of all kinds, and what they ask: each case a literal."""

from __future__ import annotations

from dataclasses import dataclass, replace
from random import Random
from typing import Final

from tests.agreement.cases import Knobs

Lines = tuple[str, ...]  # the values of Referrer-Policy, a line each; () where it is missing


@dataclass(frozen=True, repr=False)
class Page(Knobs):
    """A document. `meta`: what its elements say, one after the other; `long`: its address is longer than a Referer."""

    at: str = "https://www.{own}"
    policy: Lines = ()
    meta: Lines = ()
    long: bool = False


@dataclass(frozen=True, repr=False)
class Hop(Knobs):
    """One server that is asked, and with which status and policy it redirects to the next, if there is one."""

    at: str = "https://www.{own}"
    policy: Lines = ()
    redirect: int = 302


@dataclass(frozen=True, repr=False)
class Case(Knobs):
    """A page, perhaps with a frame in it, asks something. `how`: link, form, frame, image, fetch.

    `element`: the policy that the link, the frame, the image or the call states for itself.
    """

    pages: tuple[Page, ...] = (Page(),)
    how: str = "fetch"
    method: str = "GET"
    mode: str = "cors"
    element: str = ""
    hops: tuple[Hop, ...] = (Hop(),)


POLICIES: Final = (
    *("no-referrer", "no-referrer-when-downgrade", "same-origin", "origin", "strict-origin"),
    *("origin-when-cross-origin", "strict-origin-when-cross-origin", "unsafe-url"),
)
SILENT: Final = ("no-referrer", "no-referrer", "same-origin")
ODD: Final[tuple[Lines, ...]] = (
    *(("never",), ("default",), ("always",), ("origin-when-crossorigin",), ("",), ("nonsense",), ("NO-REFERRER",)),
    *(("no-referrer, unsafe-url",), ("unsafe-url, nonsense",), ("nonsense, origin",), ("origin,",), (" same-origin ",)),
    *(("no-referrer", "origin"), ("unsafe-url", "nonsense"), ("no-referrer;",), ("no-referrer unsafe-url",), (",",)),
)
OWN: Final = ("https://www.{own}", "https://www.{own}", "http://www.{own}")
OTHERS: Final = (
    *("https://www.{own}:8443", "http://www.{own}:8080", "https://api.{own}", "http://api.{own}", "https://{other}"),
    *("https://www.{third}", "http://{other}", "http://www.{own}", "https://www.{own}"),
)


def sound(case: Case) -> Case:
    """With what a case must have that was made simpler: a page and a hop."""
    return replace(case, pages=case.pages or (Page(),), hops=case.hops or (Hop(),))


def cases(random: Random, number: int) -> list[Case]:
    """A good third without a Referer, a third with one cut down, the rest with a whole one."""
    return [_case(random) for _ in range(number)]


def _case(random: Random) -> Case:
    how = random.choice(["link", "link", "form", "frame", "image", "fetch", "fetch", "fetch"])
    pages = [_page(random, random.choice(OWN))]
    if how in ("frame", "image", "fetch") and random.random() < 0.25:
        pages.append(_page(random, random.choice([*OWN, *OTHERS])))
    hops = [Hop(random.choice([*OWN, *OTHERS]), *_stated(random)) for _ in range(random.choice([1, 1, 1, 2, 2, 3]))]
    if random.random() < 0.3:
        hops[0] = Hop(pages[-1].at, hops[0].policy, hops[0].redirect)
    if how == "link" and random.random() < 0.4:
        pages[0] = Page("https://www.{own}", pages[0].policy, pages[0].meta, pages[0].long)
        hops[-1] = Hop(random.choice(["http://www.{own}", "http://{other}"]))
    method = random.choice(["GET", "POST", "POST"]) if how in ("form", "fetch") else "GET"
    element = random.choice(POLICIES) if how != "form" and random.random() < 0.25 else ""
    made = tuple(pages), tuple(hops)
    if how != "link":
        made = _without_mixed_content(*made)
    mode = random.choice(["cors", "cors", "no-cors"]) if how == "fetch" else "cors"
    return Case(made[0], how, method, mode, element, made[1])


def _page(random: Random, at: str) -> Page:
    header = _policy(random) if random.random() < 0.65 else ()
    meta = _policy(random) if random.random() < 0.3 else ()
    return Page(at, header, meta, random.random() < 0.06)


def _policy(random: Random) -> Lines:
    if random.random() < 0.2:
        return random.choice(ODD)
    return (random.choice([*POLICIES, *SILENT]),)


def _stated(random: Random) -> tuple[Lines, int]:
    return _policy(random) if random.random() < 0.4 else (), random.choice([301, 302, 303, 307, 308])


def _without_mixed_content(pages: tuple[Page, ...], hops: tuple[Hop, ...]) -> tuple[tuple[Page, ...], tuple[Hop, ...]]:
    """What an https page may load: what is plain becomes https, as a browser would block it or ask https instead."""
    for depth, page in enumerate(pages):
        if any(before.at.startswith("https:") for before in pages[:depth]):
            pages = (*pages[:depth], replace(page, at=_over_tls(page.at)), *pages[depth + 1 :])
    if pages[-1].at.startswith("https:"):
        hops = tuple(replace(hop, at=_over_tls(hop.at)) for hop in hops)
    return pages, hops


def _over_tls(origin: str) -> str:
    return origin.replace("http://", "https://").replace(":8080", ":8443")
