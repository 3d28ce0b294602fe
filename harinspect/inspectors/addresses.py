"""Addresses that are nearly right: a slip in the path, or http where the server wants https."""

from __future__ import annotations

import re
from collections.abc import Iterator
from difflib import SequenceMatcher
from functools import lru_cache
from operator import ne

from harinspect.har.model import Exchange
from harinspect.inspecting import Basis, Evidence, Inspector, Verdict, admin, developer, user
from harinspect.traffic.model import Denial, DenialKind
from harinspect.traffic.preflights import is_preflight
from harinspect.wire.headers import Missing
from harinspect.wire.url import Url, is_loopback_host

inspector = Inspector(__name__)
NEAREST = 200  # allowed calls in time that are compared with
ASKED_WITH = ("cookie", "authorization", "origin")
SHORTEST = 5  # letters of a word that may be misspelt: shorter ones are too often just another word
SLIP = 2  # letters that a slip adds, leaves out or changes, at most
_SLASHES = re.compile(r"/{2,}")

TYPO = inspector.rule(
    "url-typo",
    cause="server.url-typo",
    title="The address is nearly that of a call that works",
    why="`{path}` was refused, and `{twin}` of the same host passed. {reason}",
    responsible="client-code",
    fixes=(
        developer("Compare the two addresses, and correct the one in the code.", "easy"),
        admin("Answer 404 for addresses that do not exist, so that slips show.", "easy"),
    ),
    refs=("https://www.rfc-editor.org/rfc/rfc9110#name-404-not-found",),
)
TLS = inspector.rule(
    "tls-required",
    cause="server.tls-required",
    title="The server refuses plain http",
    why="`{url}` was refused over http, and the same address passed over https.",
    responsible="client-code",
    fixes=(
        user("Write https:// in front of the address.", "easy"),
        developer("Use https in all addresses of this host.", "easy"),
        admin("Redirect http to https with 308, and send `Strict-Transport-Security`.", "easy"),
    ),
    refs=("https://www.rfc-editor.org/rfc/rfc6797",),
)


@inspector.check
def nearly_right(denial: Denial) -> Iterator[Verdict]:
    """Another spelling of the same path is a signature; one letter more or less may still be another address."""
    exchange, urls = denial.exchange, denial.traffic.urls
    url = urls.get(exchange.index)
    if url is None or denial.kind is not DenialKind.FORBIDDEN or is_preflight(exchange):
        return
    tidy = _tidy(url.path)
    for path, twin in _passed(denial, url.path).items():
        spelling = _tidy(path) == tidy
        if spelling or _is_slip(url.path, path):
            here = Evidence(exchange.index, "request.url", value=exchange.url, note="refused")
            there = Evidence(twin.index, "request.url", value=twin.url, note="allowed")
            reason = "They differ in case or slashes only." if spelling else "They differ in a letter or two."
            basis = Basis.SIGNATURE if spelling else Basis.CIRCUMSTANCE
            yield TYPO.found(basis, here, there, path=url.path, twin=path, reason=reason)
            return


@inspector.check
def plain_http(denial: Denial) -> Iterator[Verdict]:
    exchange, url = denial.exchange, denial.traffic.urls.get(denial.exchange.index)
    if url is None or denial.kind is not DenialKind.FORBIDDEN or url.scheme != "http" or is_loopback_host(url.host):
        return
    twin = _over_https(denial, url)
    if twin is None:
        return
    here = Evidence(exchange.index, "request.url", value=exchange.url, note="refused")
    there = Evidence(twin.index, "request.url", value=twin.url, note="allowed")
    yield TLS.found(
        Basis.CIRCUMSTANCE if _asked_otherwise(exchange, twin) else Basis.CONTRAST, here, there, url=exchange.url
    )


def _asked_otherwise(here: Exchange, there: Exchange) -> bool:
    """Is anything but the scheme different, or withheld?"""
    pairs = [(here.request.headers.get(name), there.request.headers.get(name)) for name in ASKED_WITH]
    return any(mine != its or Missing.WITHHELD in (mine, its) for mine, its in pairs)


def _over_https(denial: Denial, url: Url) -> Exchange | None:
    for other in denial.traffic.by_host[url.host]:
        its = denial.traffic.urls[other.index]
        same = other.method == denial.exchange.method and (its.path, its.query) == (url.path, url.query)
        if same and its.scheme == "https" and other.status < 300 and denial.traffic.was_allowed(other):
            return other
    return None


def _passed(denial: Denial, path: str) -> dict[str, Exchange]:
    """The nearest call of the same method that succeeded at each other path of about that length."""
    urls, found = denial.traffic.urls, dict[str, Exchange]()
    squeezes, length = _squeezes(path), len(path)
    for other in denial.allowed_at_host[:NEAREST]:
        its = urls[other.index].path
        if abs(len(its) - length) > SLIP and not squeezes and not _squeezes(its):
            continue
        if its != path and other.method == denial.exchange.method and other.status < 300:
            found.setdefault(its, other)
    return found


def _squeezes(path: str) -> bool:
    """Has it what makes one path longer than another that means the same?"""
    return "//" in path or "%2" in path


@lru_cache(maxsize=8192)
def _tidy(path: str) -> str:
    """What many servers take for the same path; /a and /a/ may well be two things, so that slash stays."""
    return _SLASHES.sub("/", path.replace("%2F", "/").replace("%2f", "/")).lower()


@lru_cache(maxsize=8192)
def _segments(path: str) -> tuple[str, ...]:
    return tuple(path.split("/"))


def _is_slip(path: str, other: str) -> bool:
    """One segment differs, in at most two letters, and no number is involved: /flight and /flights."""
    mine, its = _segments(path), _segments(other)
    if abs(len(path) - len(other)) > SLIP or len(mine) != len(its) or sum(map(ne, mine, its)) != 1:
        return False
    a, b = next((a, b) for a, b in zip(mine, its, strict=True) if a != b)
    if any(len(word.partition(".")[0]) < SHORTEST or re.search(r"\d|%", word) for word in (a, b)):
        return False
    alike = sum(block.size for block in SequenceMatcher(None, a, b, autojunk=False).get_matching_blocks())
    return max(len(a), len(b)) - alike <= (SLIP if min(len(a), len(b)) > 2 * SHORTEST else 1)
