"""Requests that the page's own Content-Security-Policy forbids (CSP Level 3, section 6.7), where no mark says so.

Firefox keeps such a request with status 0 and nothing else.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from msgspec import Struct

from harinspect.har.model import Exchange
from harinspect.traffic.embedding import MARKING
from harinspect.traffic.model import Traffic
from harinspect.traffic.surroundings import source_of
from harinspect.wire.regexes import regex
from harinspect.wire.url import Url

HEAD = 8192  # a policy stands at the top of a page
POLICY = "content-security-policy"
_META = regex(
    r"<meta[^>]{0,99}http-equiv\s{0,9}=\s{0,9}[\"']?content-security-policy[^>]{0,99}?content\s{0,9}=\s{0,9}"
    r"(?:\"([^\"]{1,4000})\"|'([^']{1,4000})')",
    re.IGNORECASE,
)
_SOURCE = regex(r"(?:([a-z][a-z0-9+.-]*)://)?(\*|(?:\*\.)?[a-z0-9-]+(?:\.[a-z0-9-]+)*)(?::(\d+|\*))?(/\S*)?")
_UNTOLD = ("'nonce-", "'sha", "'strict-dynamic'")
_BY_DEST = {
    "empty": ("connect-src",),
    "script": ("script-src-elem", "script-src"),
    "style": ("style-src-elem", "style-src"),
    "image": ("img-src",),
    "font": ("font-src",),
    "audio": ("media-src",),
    "video": ("media-src",),
    "track": ("media-src",),
    "iframe": ("frame-src", "child-src"),
    "frame": ("frame-src", "child-src"),
    "manifest": ("manifest-src",),
    "object": ("object-src",),
    "embed": ("object-src",),
}
_NETWORK = frozenset({"http", "https", "ws", "wss"})
_DEFAULT_PORTS = {"http": 80, "https": 443, "ws": 80, "wss": 443}
_STRONGER = {"http": {"http", "https"}, "ws": {"ws", "wss"}}  # a source covers its secure kin


class Forbidden(Struct, frozen=True):
    """The page, and the directive of its policy that does not list the address."""

    page: Exchange
    directive: str
    sources: str


def forbidden_by(exchange: Exchange, traffic: Traffic) -> Forbidden | None:
    """None as well where a nonce or hash decides, or where the exporter marks what a policy blocked."""
    if exchange.status != 0 or exchange.error is not None or exchange.server_ip:
        return None
    names = _BY_DEST.get(exchange.request.headers.text("sec-fetch-dest"))
    target = traffic.urls.get(exchange.index)
    if names is None or target is None or target.scheme not in _NETWORK or traffic.har.source.exporter in MARKING:
        return None
    found = [_forbids(page, names, target, traffic) for page in _makers(exchange, traffic)]
    return next(iter(found), None) if all(found) else None


def _makers(exchange: Exchange, traffic: Traffic) -> Iterator[Exchange]:
    """The pages that may have made the request: a Referer to another origin names no more than the page's origin."""
    source = source_of(exchange)
    for page in traffic.documents:
        own, is_later = traffic.urls.get(page.index), page.index > exchange.index
        if source and own and own.origin == source.origin and page.page == exchange.page and not is_later:
            yield page


def _forbids(page: Exchange, names: tuple[str, ...], target: Url, traffic: Traffic) -> Forbidden | None:
    for policy in _policies(page):
        name = next((n for n in (*names, "default-src") if n in policy), None)
        if name and not _allows(policy[name], target, traffic.urls[page.index]):
            return Forbidden(page, name, policy[name])
    return None


def _policies(page: Exchange) -> Iterator[dict[str, str]]:
    """Each policy of a page, by directive; of a directive stated twice the first counts."""
    told = [part for line in page.response.headers.all(POLICY) for part in line.split(",")]
    told += ["".join(found) for found in _META.findall((page.response.body or "")[:HEAD])]
    for text in told:
        pairs = [part.strip().partition(" ") for part in text.split(";")]
        yield {name.lower(): sources.strip() for name, _, sources in reversed(pairs) if name}


def _allows(sources: str, target: Url, own: Url) -> bool:
    listed = sources.lower().split()
    return any(source.startswith(_UNTOLD) or _matches(source, target, own) for source in listed)


def _matches(source: str, target: Url, own: Url) -> bool:
    if source == "*":
        return True
    if source == "'self'":
        return target.host == own.host and _port(target) in (_port(own), 443)
    if source.endswith(":"):
        return target.scheme in _STRONGER.get(source[:-1], {source[:-1]})
    found = _SOURCE.fullmatch(source)
    if found is None:
        return False
    scheme, host, port, path = found.groups()
    return (
        _fits_scheme(scheme or own.scheme, target.scheme, stated=bool(scheme))
        and _fits_host(host, target.host)
        and (port == "*" or _port(target) in ((int(port),) if port else (80, 443)))
        and (not path or target.path == path or (path.endswith("/") and target.path.startswith(path)))
    )


def _fits_scheme(wanted: str, scheme: str, *, stated: bool) -> bool:
    if stated:
        return scheme in _STRONGER.get(wanted, {wanted})
    return scheme in (("https", "wss") if wanted == "https" else _NETWORK)


def _fits_host(pattern: str, host: str) -> bool:
    if pattern == "*":
        return True
    return host.endswith(pattern[1:]) if pattern.startswith("*.") else host == pattern


def _port(url: Url) -> int:
    return url.port or _DEFAULT_PORTS.get(url.scheme, 0)
