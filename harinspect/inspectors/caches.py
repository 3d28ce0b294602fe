"""A refusal that a cache repeats (RFC 9111, section 5.1: Age; RFC 9211: Cache-Status; the caches' own markers)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from harinspect.har.model import Exchange
from harinspect.inspecting import Basis, Evidence, Inspector, Verdict, admin, developer, user
from harinspect.traffic.contrast import differences
from harinspect.traffic.model import Denial, DenialKind
from harinspect.wire.dates import http_date
from harinspect.wire.headers import Headers
from harinspect.wire.regexes import regex
from harinspect.wire.url import Url

inspector = Inspector(__name__)
HIT, MISS = "hit", "miss"
# Headers in which caches say where an answer came from. "RefreshHit" and its like asked the server first: no hit.
MARKERS = (
    "x-cache",
    "cf-cache-status",
    "x-cache-status",
    "x-proxy-cache",
    "x-vercel-cache",
    "x-nextjs-cache",
    "x-drupal-cache",
)
_HIT = regex(r"(?i)(?<![a-z_])(?:tcp_(?:mem_|ims_|negative_)?)?(?:hit|stale|updating)(?![a-z])")
_MISS = regex(r"(?i)miss|expired|bypass|dynamic|pass\b|revalidated|refresh")
_STATUS_HIT = regex(r"(?i);\s*hit\b")
_TWO_IDS = regex(r"^\d+ \d+$")

STALE = inspector.rule(
    "stale-403",
    cause="cache.stale-403",
    title="The 403 is an old answer out of a cache",
    why="{source} gave this 403 out of its store{age}; the server was not asked again. Whatever led to it then may be "
    "over by now. {contrast}",
    responsible="server-config",
    fixes=(
        admin(
            "Purge `{url}` from the cache, and keep it from storing errors (`Cache-Control: no-store` on 403).", "easy"
        ),
        developer(
            "Send `Cache-Control: no-store` with answers that depend on who asks, and `Vary` on what they depend on."
        ),
        user("Reload without the cache (Shift and reload), or wait until the stored answer is over its time.", "easy"),
    ),
    temporary="yes",
    refs=("https://www.rfc-editor.org/rfc/rfc9111#name-age", "https://www.rfc-editor.org/rfc/rfc9211"),
)


@inspector.check
def refusal_from_a_cache(denial: Denial) -> Iterator[Verdict]:
    exchange, headers = denial.exchange, denial.exchange.response.headers
    if denial.kind is not DenialKind.FORBIDDEN:
        return
    told = {HIT: list(_told(exchange, HIT)), MISS: list(_told(exchange, MISS))}
    if not told[HIT]:
        if told[MISS]:
            yield STALE.ruled_out("A cache stands in the path, and it asked the server for this answer.", *told[MISS])
        return
    still = _refused_afresh_later(denial)
    if still is not None:
        there = Evidence(still.index, "response.status", value="403", note="the server itself, later")
        yield STALE.ruled_out("The 403 came out of a cache, but the server refused the same call later too.", there)
        return
    twin = _passed_around_the_cache(denial)
    there_too = (
        (Evidence(twin.index, "response.status", value=str(twin.status), note="not out of the cache"),) if twin else ()
    )
    seconds = headers.text("age")
    yield STALE.found(
        Basis.CONTRAST if twin else Basis.SIGNATURE if _is_surely_old(exchange, told) else Basis.CIRCUMSTANCE,
        *told[HIT],
        *there_too,
        source="The browser's own cache" if exchange.from_cache else "A cache between browser and server",
        age=f", where it had lain for {seconds} seconds" if seconds.isdigit() and seconds != "0" else "",
        contrast="The same call passed when it was not answered by the cache." if twin else "",
        url=exchange.url,
    )


def _is_surely_old(exchange: Exchange, told: dict[str, list[Evidence]]) -> bool:
    """Age alone may be an application's own, or that of a cache further back: the answer must be dated accordingly."""
    if any(evidence.name != "age" for evidence in told[HIT]):
        return True
    age, made = timedelta(seconds=int(told[HIT][0].value[:12])), http_date(exchange.response.headers.text("date"))
    return not told[MISS] and None not in (made, exchange.started) and exchange.started - made >= age / 2  # type: ignore[operator]


def _told(exchange: Exchange, which: str) -> Iterator[Evidence]:
    """What the answer says about caches, for a hit or for a miss."""
    headers, index = exchange.response.headers, exchange.index
    if which == HIT and exchange.from_cache:
        yield Evidence(index, "response.status", value="403", note="the browser took it from its own cache")
    for name, value, is_hit in _markers(headers):
        if is_hit == (which == HIT):
            yield Evidence(index, "response.header", name, value, "out of a cache" if is_hit else "not out of a cache")


def _markers(headers: Headers) -> Iterator[tuple[str, str, bool]]:
    for name in MARKERS:
        value = headers.text(name)
        if _HIT.search(value) or _MISS.search(value):
            yield name, value, bool(_HIT.search(value))
    if status := headers.text("cache-status"):
        yield "cache-status", status, bool(_STATUS_HIT.search(status))
    if ids := headers.text("x-varnish"):
        yield "x-varnish", ids, bool(_TWO_IDS.match(ids.strip()))
    age = headers.text("age").strip()
    if age.isdigit():
        yield "age", age, int(age) > 0


def _is_hit(exchange: Exchange) -> bool:
    return next(_told(exchange, HIT), None) is not None


def _refused_afresh_later(denial: Denial) -> Exchange | None:
    """The same call, refused by the server itself after this one."""
    mine, url = denial.exchange, denial.traffic.urls.get(denial.exchange.index)
    rows = denial.traffic.by_host.get(url.host, ()) if url else ()
    same = (e for e in reversed(rows) if (e.method, e.url, e.status) == (mine.method, mine.url, 403))
    last = next(same, mine)
    return last if last.index != mine.index and not _is_hit(last) and not differences(mine, last) else None


def _passed_around_the_cache(denial: Denial) -> Exchange | None:
    """The same path, allowed meanwhile: with another query (a cache buster), or freshly fetched."""
    mine, urls = denial.exchange, denial.traffic.urls
    for other in denial.allowed_alike:
        same = other.method == mine.method and _is_busted(urls[mine.index], urls[other.index])
        if same and not _is_hit(other) and not _differ(mine, other):
            return other
    return None


def _is_busted(url: Url, other: Url) -> bool:
    """The same address, or only more in the query."""
    return url.path == other.path and other.query.startswith(url.query)


def _differ(one: Exchange, other: Exchange) -> bool:
    return any(
        d.part == "request.header" and d.name in ("authorization", "cookie", "origin") for d in differences(one, other)
    )
