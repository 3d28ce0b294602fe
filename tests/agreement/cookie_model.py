"""The course of a case's requests as our functions have it, told everything that a recording does not hold."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from harinspect.wire.cookie_policy import Context
from harinspect.wire.redirects import redirected_method
from harinspect.wire.url import Url, same_origin
from tests.agreement.cookie_cases import Case, Hop, Visit
from tests.agreement.visits import filled

DOCUMENTS = ("typed", "link", "form")


@dataclass(frozen=True, slots=True)
class Asked:
    """A request of the case: its address, the hop that answers it (None: a page), and its context."""

    url: Url
    hop: Hop | None
    context: Context


def page_address(case: Case, place: int, depth: int, number: int) -> str:
    """Where a page of a visit, or a frame in it, stands."""
    return f"{filled(case.visits[place].page[depth], number)}/page/case-{number}-{place}-{depth}"


def address(case: Case, place: int, step: int, number: int) -> str:
    """Where a hop of a visit is asked; -1 for the last."""
    hop = case.visits[place].hops[step]
    return f"{filled(hop.at, number)}{hop.path}/case-{number}-{place}-{step % len(case.visits[place].hops)}"


def course(case: Case, number: int) -> Iterator[Asked]:
    """Every request, in its order."""
    for place, visit in enumerate(case.visits):
        documents = [_url(page_address(case, place, depth, number)) for depth in range(len(visit.page))]
        for depth, document in enumerate(documents):
            yield Asked(document, None, _page_context(documents[:depth], document))
        hops = [_url(address(case, place, step, number)) for step in range(len(visit.hops))]
        method = visit.method
        for step, url in enumerate(hops):
            yield Asked(url, visit.hops[step], _context(visit, documents, url, method, hops[: step + 1]))
            method = redirected_method(visit.hops[step].redirect, method)


def _page_context(ancestors: list[Url], url: Url) -> Context:
    if not ancestors:
        return Context(top_level_site=url.site)
    return _within([*ancestors, url], url, "GET")


def _context(visit: Visit, documents: list[Url], url: Url, method: str, way: list[Url]) -> Context:
    if visit.how in DOCUMENTS:
        return _navigated(documents, url, method)
    around = [*documents, url] if visit.how == "frame" else documents
    sends = visit.how != "fetch" or _sends(visit, documents[-1], way)
    return _within(around, url, method, sends=sends)


def _navigated(documents: list[Url], url: Url, method: str) -> Context:
    starter = documents[-1] if documents else url
    same = starter.site == url.site
    return Context(same, not same and _differs_in_scheme(starter, url), True, method, url.site)


def _within(documents: list[Url], url: Url, method: str, *, sends: bool = True) -> Context:
    top = documents[0]
    same = all(one.site == url.site for one in documents)
    by_scheme = not same and all(one.registrable_domain == url.registrable_domain for one in documents)
    return Context(same, by_scheme, False, method, top.site, includes_credentials=sends)


def _sends(visit: Visit, page: Url, way: list[Url]) -> bool:
    """Fetch #concept-http-network-or-cache-fetch: same-origin credentials go while the request has not left.

    In mode "no-cors" Chromium asks that once, of the first address.
    """
    if visit.credentials == "same-origin":
        return all(same_origin(page, url) for url in (way[:1] if visit.mode == "no-cors" else way))
    return visit.credentials == "include"


def _differs_in_scheme(one: Url, other: Url) -> bool:
    return one.registrable_domain == other.registrable_domain


def _url(text: str) -> Url:
    url = Url.parse(text)
    assert url is not None, text
    return url
