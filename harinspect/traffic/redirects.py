"""Redirect chains, by where each answer sends the browser (Fetch, HTTP-redirect fetch), never by Referer."""

from __future__ import annotations

import itertools
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta

from msgspec import Struct

from harinspect.har.model import Exchange
from harinspect.traffic.model import Dropped, Hop, HopKind, RedirectChain
from harinspect.wire.headers import ABSENT
from harinspect.wire.redirects import MAX_REDIRECTS, is_redirect, keeps_authorization
from harinspect.wire.regexes import regex
from harinspect.wire.url import Url, same_origin

SOON = timedelta(seconds=30)  # a successor starts within this after the answer
EARLY = timedelta(milliseconds=50)  # exporters' clocks: a successor may seem to start a little before the answer
HEAD = 8192  # a page that only sends on says so at its top
LOOPING = 3  # once back is how a sign-in works; twice back is a loop
COUNTING = 4  # the same but for its query: a counter or a state that changes with each round

_META = regex(
    r"<meta[^>]{0,99}http-equiv\s{0,9}=\s{0,9}[\"']?refresh[^>]{0,99}content\s{0,9}=\s{0,9}[\"']?\s{0,9}[0-9.]{1,9}\s{0,9}[;,]"
    r"\s{0,9}url\s{0,9}=\s{0,9}[\"']?([^\"'>\s]{1,2000})",
    re.IGNORECASE,
)
_SCRIPT = regex(
    r"<script[^>]{0,99}>\s{0,99}(?:(?:window|document|top|self)\.)?location(?:\.href)?\s{0,9}"
    r"(?:=|\.(?:replace|assign)\()\s{0,9}[\"']([^\"']{1,2000})[\"']",
    re.IGNORECASE,
)


class _Step(Struct, frozen=True):
    """Where one exchange sends the browser."""

    exchange: Exchange
    kind: HopKind
    target: Url


def find_chains(in_time: Sequence[Exchange], urls: Mapping[int, Url]) -> tuple[RedirectChain, ...]:
    """Every chain in the file. A chain whose next hop was not recorded ends with the hop that named it."""
    steps = {step.exchange.index: step for step in _steps(in_time, urls)}
    follows = _linked(steps, in_time, urls)
    reached = set(follows.values())
    exchanges = {e.index: e for e in in_time}
    return tuple(_chain(_walk(start, follows), steps, exchanges, urls) for start in steps if start not in reached)


def _steps(in_time: Sequence[Exchange], urls: Mapping[int, Url]) -> Iterator[_Step]:
    for exchange in in_time:
        base = urls.get(exchange.index)
        kind, where = _sends_to(exchange)
        target = base.join(where) if base and where else None
        if base is None or target is None or target.scheme not in ("http", "https"):
            continue
        if kind in (HopKind.HTTP, HopKind.INTERNAL) or target.text != base.text:
            yield _Step(exchange, kind, target)


def _sends_to(exchange: Exchange) -> tuple[HopKind, str]:
    response = exchange.response
    if is_redirect(response.status):
        internal = "non-authoritative-reason" in response.headers or response.status_text == "Internal Redirect"
        where = response.headers.text("location") or response.redirect_url
        return (HopKind.INTERNAL if internal else HopKind.HTTP), where.strip()
    if response.status != 200 or not response.body or "html" not in response.mime_type:
        return HopKind.HTTP, ""
    head = response.body[:HEAD]
    if meta := _META.search(head):
        return HopKind.META, meta[1]
    script = _SCRIPT.search(head) if "location" in head else None  # case counts in scripts
    return HopKind.SCRIPT, script[1] if script else ""


def _linked(steps: Mapping[int, _Step], in_time: Sequence[Exchange], urls: Mapping[int, Url]) -> dict[int, int]:
    """Each step to the exchange that follows it: the nearest in time that asks for the target, each used once."""
    asking: dict[str, list[Exchange]] = defaultdict(list)
    targets = {step.target.text for step in steps.values()}
    for exchange in in_time if targets else ():
        asks_for = urls[exchange.index].text if exchange.index in urls else ""
        if asks_for in targets and "access-control-request-method" not in exchange.request.headers:
            asking[asks_for].append(exchange)
    follows: dict[int, int] = {}
    taken: set[int] = set()
    for index, step in steps.items():
        options = [e for e in asking[step.target.text] if e.index not in taken and _can_follow(step, e)]
        if options:
            nearest = min(options, key=lambda e: _distance(step, e))
            follows[index] = nearest.index
            taken.add(nearest.index)
    return follows


def _can_follow(step: _Step, then: Exchange) -> bool:
    if then.index == step.exchange.index:
        return False
    if step.kind in (HopKind.META, HopKind.SCRIPT) and then.resource_type not in ("", "document"):
        return False
    before, after = step.exchange, then.started
    if before.started is None or after is None:
        return then.index > before.index
    if (after, then.index) < (before.started, before.index):
        return False
    return (before.ended or before.started) - EARLY <= after <= (before.ended or before.started) + SOON


def _distance(step: _Step, then: Exchange) -> tuple[float, int]:
    ended = step.exchange.ended
    if ended is None or then.started is None:
        return 0.0, then.index
    return abs((then.started - ended).total_seconds()), then.index


def _walk(start: int, follows: Mapping[int, int]) -> list[int]:
    places = [start]
    while places[-1] in follows and len(places) <= len(follows):
        places.append(follows[places[-1]])
    return places


def _chain(
    places: Sequence[int], steps: Mapping[int, _Step], exchanges: Mapping[int, Exchange], urls: Mapping[int, Url]
) -> RedirectChain:
    hops = tuple(
        Hop(
            place,
            steps[place].kind if place in steps else HopKind.HTTP,
            steps[place].target.text if place in steps else "",
        )
        for place in places
    )
    dropped = tuple(
        Dropped(number, what)
        for number, (here, there) in enumerate(itertools.pairwise(places))
        for what in _lost(exchanges[here], exchanges[there], urls[here], urls[there])
    )
    visits = Counter(urls[place].text for place in places)
    unfollowed = places[-1] in steps and steps[places[-1]].target.text in visits
    loop = unfollowed or len(places) > MAX_REDIRECTS or max(visits.values()) >= LOOPING
    rounds = Counter(urls[place].text.partition("?")[0] for place in places)
    return RedirectChain(hops, loop or max(rounds.values()) >= COUNTING, dropped)


def _lost(here: Exchange, there: Exchange, from_url: Url, to_url: Url) -> Iterator[str]:
    """What this step lost, as far as both ends are recorded."""
    before, after = here.request.headers, there.request.headers
    if here.method not in ("GET", "HEAD") and there.method == "GET":
        yield "method"
        if here.request.post_data is not None:
            yield "body"
    if "authorization" in before and after.get("authorization") is ABSENT and not keeps_authorization(from_url, to_url):
        yield "authorization"
    if "referer" in before and after.get("referer") is ABSENT:
        yield "referer"
    if not same_origin(from_url, to_url) and "cookie" in before and after.get("cookie") is ABSENT:
        yield "cookies"
    if after.text("origin") == "null" and before.text("origin") not in ("", "null"):
        yield "origin"
