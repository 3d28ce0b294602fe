"""Answers to no-cors requests that the embedding page must not have (Fetch, cross-origin resource policy check)."""

from __future__ import annotations

from msgspec import Struct

from harinspect.har.model import Exchange
from harinspect.traffic.model import OK, Traffic
from harinspect.wire.cors import cross_origin_resource_policy

CORP = "cross-origin-resource-policy"
COEP = "cross-origin-embedder-policy"
MARKING = frozenset({"chrome", "edge"})  # their exports name the policy that blocked an answer
BY_COEP = "coep"  # in the verdict's name where the page's demand decided


class KeptBack(Struct, frozen=True):
    """Why the browser kept an answer from the page: the verdict of the check, and the page where it is in the file."""

    verdict: str
    page: Exchange | None

    @property
    def by_coep(self) -> bool:
        return BY_COEP in self.verdict.lower()


def kept_back(exchange: Exchange, traffic: Traffic) -> KeptBack | None:
    """The browser's own mark where it leaves one; else what the check gives for an unmarked export (Firefox)."""
    error = exchange.error or ""
    if error.startswith(("net::ERR_BLOCKED_BY_RESPONSE.NotSame", "net::ERR_BLOCKED_BY_RESPONSE.Coep")):
        return KeptBack(error.rpartition(".")[2], embedder(exchange, traffic))
    if traffic.har.source.exporter in MARKING or exchange.request.headers.text("sec-fetch-mode") != "no-cors":
        return None
    if CORP not in exchange.response.headers and not traffic.has_demanding_documents:
        return None
    page, target = embedder(exchange, traffic), traffic.urls.get(exchange.index)
    source = traffic.urls.get(page.index) if page else None
    if page is None or source is None or target is None or not 200 <= exchange.status < 300 or exchange.from_cache:
        return None
    demands = page.response.headers.text(COEP).partition(";")[0].strip() == "require-corp"
    found = cross_origin_resource_policy(exchange.response.headers.get(CORP), source, target, coep_require_corp=demands)
    return None if found.verdict in (OK, "unknown") else KeptBack(found.verdict, page)


def embedder(exchange: Exchange, traffic: Traffic) -> Exchange | None:
    """The document that made the request: of its page's, the one that its Referer or initiator names, else the first.

    A Referer cut down to the origin looks like the home page: what the exporter counts to the same page goes before it.
    """
    named = {exchange.request.headers.text("referer"), exchange.initiator.url} - {""}
    before = [e for e in traffic.documents if e.index != exchange.index and not is_later(e, exchange)]
    own = [e for e in before if e.page and e.page == exchange.page]
    by_name = next((e for e in reversed(own or before) if e.url in named), None)
    return by_name or next(iter(own), None)


def is_later(one: Exchange, other: Exchange) -> bool:
    """By the time of its start; by its place in the file where there is none."""
    if one.started is None or other.started is None:
        return one.index > other.index
    return one.started > other.started
