"""What to ask the customer for next: only what this file gives a reason for, in the words of their browser's menus.

Menu names: Chrome and Edge DevTools (front_end/panels/network), the Firefox Network Monitor (devtools/docs/user),
Safari's Web Inspector (webkit.org/web-inspector).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from operator import attrgetter
from typing import Final, Literal
from urllib.parse import urldefrag, urljoin

from harinspect.har.model import Credentials, Exchange, Har

MOST: Final = 5
REFUSALS: Final = frozenset({401, 403, 407, 419, 429, 451})
_REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
_COOKIES_NAMED: Final = 3
_BODIES_ASKED: Final = 50  # re-reading a body costs; a few refusals without one are reason enough
Family = Literal["chromium", "firefox", "safari", "other"]
_FAMILIES: Final[dict[str, Family]] = {"chrome": "chromium", "firefox": "firefox", "safari": "safari"}
_CUT_AT: Final = ("/log/entries", "byte ", "gzip")  # where a problem is told that lost a part of the recording
_UNTOLD_ERRORS: Final = (None, "", "net::ERR_FAILED", "net::ERR_BLOCKED_BY_CLIENT", "net::ERR_BLOCKED_BY_RESPONSE")

_PRESERVE: Final[dict[Family, str]] = {
    "chromium": 'tick "Preserve log" in the Network panel of DevTools',
    "firefox": 'choose "Persist Logs" in the gear menu of the Network Monitor',
    "safari": 'tick "Preserve Log" in the Network tab of Web Inspector',
    "other": 'tick "Preserve log" (Chrome, Edge), "Persist Logs" (Firefox) or "Preserve Log" (Safari) in the Network'
    " panel",
}
_UNCACHED: Final[dict[Family, str]] = {
    "chromium": 'with "Disable cache" ticked in the Network panel of DevTools',
    "firefox": 'with "Disable Cache" ticked in the Network Monitor',
    "safari": 'with "Ignore the resource cache when loading resources" switched on in the Network tab of Web Inspector',
    "other": 'with the cache switched off ("Disable cache" in the Network panel of most browsers)',
}
_CONTENT: Final[dict[Family, str]] = {
    "chromium": "Export the HAR while the refused page is still open: DevTools drops the content of a page that was"
    " left.",
    "firefox": 'Let "Save All As HAR" run before the page is left, with devtools.netmonitor.har.includeResponseBodies'
    " true in about:config.",
    "safari": "Export the HAR from the Network tab of Web Inspector before the page is left.",
    "other": "Export the HAR with content (bodies), which many tools offer as a separate choice.",
}


def advice(har: Har, denials_exist: bool) -> tuple[str, ...]:
    """At most five requests to the customer, the most useful first; empty where the file leaves nothing to wish."""
    asked = _refused(har) if denials_exist else _nothing_refused(har)
    return tuple(asked)[:MOST]


def _refused(har: Har) -> Iterator[str]:
    refusals = [exchange for exchange in har.exchanges if exchange.response.status in REFUSALS]
    yield from _cut(har)
    yield from _credentials(har)
    yield from _whole_story(har)
    yield from _bodies(har, refusals)
    yield from _console(har)
    yield from _cache(har, refusals)


def _nothing_refused(har: Har) -> Iterator[str]:
    yield (
        "Nothing in this file was refused: ask for a recording in which the refusal happens while the Network panel is"
        " open, exported before that page is closed. Filters in the panel must be empty, as some browsers export only"
        " the rows that are shown."
    )
    yield from _cut(har)
    yield from _whole_story(har)


def _cut(har: Har) -> Iterator[str]:
    if har.lost or any(problem.where.startswith(_CUT_AT) for problem in har.problems):
        lost = f"{har.lost} of its entries" if har.lost else "a part of it"
        yield (
            f"The file is cut off or damaged, and {lost} could not be read: ask for a new export."
            " It should come as a .zip attachment, not pasted, so that nothing is lost on the way."
        )


def _credentials(har: Har) -> Iterator[str]:
    credentials, family = har.source.credentials, _family(har)
    if credentials is Credentials.RECORDED:
        return
    if family == "chromium":
        told = "were removed from" if credentials is Credentials.REMOVED else "are nowhere in"
        yield (
            f"Cookie, Set-Cookie and Authorization headers {told} this export, so it cannot show whether a session or"
            f" token"
            ' was sent: in DevTools open Settings > Preferences > Network, tick "Allow to generate HAR with sensitive'
            ' data",'
            ' then long-press the export arrow of the Network panel and choose "Export HAR (with sensitive data)…".'
            " Whoever has that file can act as the customer, so it goes only to a person they trust, over a private"
            " channel."
        )
    elif credentials is Credentials.REMOVED:
        yield (
            "Cookies and tokens were taken out of this file after the export, so it cannot show whether they were"
            " sent: ask"
            " for the recording as the browser wrote it. Whoever has it can act as the customer, so it goes only to a"
            " person"
            " they trust, over a private channel."
        )


def _whole_story(har: Har) -> Iterator[str]:
    if _family(har) == "other" and har.source.exporter != "unknown":  # a proxy or an API client has no page to keep
        return
    reason = _unfinished(har) or _late_start(har)
    login = _sent_but_never_set(har)
    how = _PRESERVE[_family(har)]
    if reason:
        since = "from signing in on" if login else "from the first page on"
        yield f"{reason}: {how}, then reproduce the problem {since} and export again."
    elif login:
        yield (
            f"Cookies such as {login} were sent but set before the recording began, so their attributes are unknown:"
            f" {how}, sign out, and record from signing in on."
        )


def _unfinished(har: Har) -> str:
    """A page was redirected or a form was sent, and what came next is not in the file."""
    redirects = [exchange for exchange in har.exchanges if exchange.response.status in _REDIRECTS]
    known = {exchange.request.url for exchange in har.exchanges} if redirects else set()
    for exchange in redirects:
        where = exchange.response.headers.text("location") or exchange.response.redirect_url
        if where and _is_document(exchange):
            target = urldefrag(urljoin(exchange.url, where)).url
            if target.startswith("http") and target not in known:
                return f"Exchange #{exchange.index} sends the browser to a page that is not in the recording"
    return ""


def _late_start(har: Har) -> str:
    dated = [exchange for exchange in har.exchanges if exchange.started is not None]
    first = min(dated, key=attrgetter("started"), default=None)
    if first is None or _is_document(first) or not _tells_kind(first):
        return ""
    return "The recording begins in the middle, with no page at its start"


def _is_document(exchange: Exchange) -> bool:
    if exchange.resource_type:
        return exchange.resource_type == "document"
    destination = exchange.request.headers.text("sec-fetch-dest")
    if destination:
        return destination in ("document", "iframe", "frame")
    return exchange.request.headers.text("accept").startswith("text/html") or "html" in exchange.response.mime_type


def _tells_kind(exchange: Exchange) -> bool:
    headers = exchange.request.headers
    return bool(exchange.resource_type or headers.text("sec-fetch-dest") or headers.text("accept"))


def _sent_but_never_set(har: Har) -> str:
    """The names of at most three cookies that came from before the recording."""
    if har.source.credentials is not Credentials.RECORDED:
        return ""
    seen: set[str] = set()
    read: set[str] = set()
    early: dict[str, None] = {}
    for exchange in har.exchanges:
        cookie = exchange.request.headers.text("cookie")
        if cookie not in read:
            read.add(cookie)
            early |= dict.fromkeys(name for name in _names(cookie) if name not in seen)
        if len(early) >= _COOKIES_NAMED:
            break
        seen |= {line.partition("=")[0].strip() for line in exchange.response.headers.all("set-cookie")}
    return ", ".join(list(early)[:_COOKIES_NAMED])


def _names(cookie: str) -> Iterator[str]:
    return (pair.partition("=")[0].strip() for pair in cookie.split(";") if "=" in pair)


def _bodies(har: Har, refusals: Sequence[Exchange]) -> Iterator[str]:
    refused = [e for e in refusals if not e.error and e.method != "HEAD"]
    empty = [e for e in refused[:_BODIES_ASKED] if e.response.body is None and e.response.body_size > 0]
    missing = sum(har.body(exchange.index) is None for exchange in empty)
    if missing:
        many = "text of a refusal is" if missing == 1 else f"texts of {missing} refusals are"
        yield f"The {many} not in the file, and often names the reason. {_CONTENT[_family(har)]}"


def _console(har: Har) -> Iterator[str]:
    blocked = [e for e in har.exchanges if (e.error or e.response.status == 0) and e.error in _UNTOLD_ERRORS]
    if blocked and _family(har) != "other":
        panel = "Web Inspector" if _family(har) == "safari" else "the developer tools"
        yield (
            f"A HAR does not record why a browser blocks a request: ask for the messages in the Console of {panel} at"
            f" the"
            f" same moment. The one to look for names the address of exchange #{blocked[0].index}."
        )


def _cache(har: Har, refusals: Sequence[Exchange]) -> Iterator[str]:
    doubtful = [e for e in refusals if e.from_cache or e.provisional]
    if doubtful:
        yield (
            f"Exchange #{doubtful[0].index} came from the browser's cache or without the headers really sent: record"
            f" again"
            f" {_UNCACHED[_family(har)]}."
        )


def _family(har: Har) -> Family:
    return _FAMILIES.get(har.source.exporter, "other")
