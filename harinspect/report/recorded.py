"""What the recording itself says to a check, a step or a belief: facts by name, each one a sentence.

A fact is "" where the file does not show it. Sentences name exchanges by number, headers by name, moments, scopes; what
else comes from the file is redacted, and none of it is longer than a few words.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import timedelta
from typing import Final

from harinspect.redaction.names import is_request_id
from harinspect.report import elsewhere
from harinspect.report.case import Case, few, moment
from harinspect.traffic.surroundings import is_top_level_navigation
from harinspect.traffic.tokens import server_time
from harinspect.traffic.wording import code
from harinspect.wire.dates import http_date
from harinspect.wire.regexes import regex
from harinspect.wire.tokens import Jwt, parse_authorization

FRESH: Final = timedelta(minutes=5)
AGREE: Final = timedelta(seconds=30)  # of two clocks
STATED: Final = "the response says so"
_ERROR: Final = regex(r"net::ERR_[A-Z_]{3,60}(?:\.[A-Za-z]{3,60})?")
_VAGUE: Final = frozenset({"net::ERR_FAILED", "net::ERR_ABORTED"})
_OFFICE: Final = regex(
    r"/(?:wp-)?admin(?:istrat(?:or|ion))?(?:[/.?]|$)|/(?:backoffice|manager|cpanel|phpmyadmin)(?:[/.?]|$)",
    re.IGNORECASE,
)
_CALLS: Final = frozenset({"fetch", "xhr", "empty", "eventsource", "websocket"})


def shown(case: Case, names: Iterable[str]) -> str:
    """The first of these facts that the file shows, "" where it shows none."""
    return next((told for name in names if (told := FACTS[name](case))), "")


def request(case: Case) -> str:
    mine = case.exchange
    if mine.started is None:
        return ""
    return f"#{mine.index} has all three; it began at {moment(mine.started)}."


def answer(case: Case) -> str:
    mine = case.exchange
    if not mine.response.body:
        return ""
    ids = sorted(name for name in mine.response.headers.names() if is_request_id(name))
    return f"#{mine.index} has the words of the answer" + (f", and `{ids[0]}` to find it by." if ids else ".")


def masked(case: Case) -> str:
    return "They are masked in this report."


def no_cookie(case: Case) -> str:
    return "The request carried no cookie, so none of them can be stale." if case.has_no_cookie else ""


def credential(case: Case) -> str:
    named = next((token.name.lower() for token in case.credentials if token.value), "")
    if named:
        return f"The request carried {code(named)}."
    return "The request carried a cookie that looks like a session." if case.sent == "sent" else ""


def no_credential(case: Case) -> str:
    return "It carried neither a cookie nor `Authorization` nor a key of a usual name." if case.sent == "none" else ""


def token(case: Case) -> str:
    """Its form, its time and its scopes."""
    found, jwt = _jwt(case)
    now = server_time(case.exchange)
    if jwt is None or now is None or parse_authorization(found).problem:
        return ""
    told = [f"#{case.exchange.index} sends a token in good form"]
    if jwt.expires:
        over = jwt.expires <= now
        told.append(
            f"it {'ended' if over else 'is valid until'} {moment(jwt.expires)}{', before this call' if over else ''}"
        )
    if jwt.scopes:
        told.append(f"scopes {few([case.redactor.text(scope) for scope in jwt.scopes])}")
    return "; ".join(told) + "."


def fresh_token(case: Case) -> str:
    _, jwt = _jwt(case)
    now = server_time(case.exchange)
    if jwt is None or jwt.issued is None or now is None or not timedelta() <= now - jwt.issued <= FRESH:
        return ""
    return f"The token had been issued only {_span(now - jwt.issued)} before, and was refused all the same."


def uncached(case: Case) -> str:
    """The request told caches to ask the server, and nothing says that one did not."""
    told = next((row.reason for row in case.told.ruled_out if row.cause == "cache.stale-403"), "")
    if told or case.cause.startswith("cache."):
        return told
    mine, asked = case.exchange, case.exchange.request.headers
    fresh = "no-cache" in asked.text("cache-control").lower() or "no-cache" in asked.text("pragma").lower()
    stored = mine.from_cache or mine.from_service_worker or "age" in mine.response.headers
    if not fresh or stored or not mine.status:
        return ""
    return "The request told caches to ask the server (`no-cache`), and the answer bears no sign of a cache."


def nothing_sent(case: Case) -> str:
    mine = case.exchange
    bare = mine.method in ("GET", "HEAD") and mine.request.post_data is None and "?" not in mine.url
    return "The request has neither a body nor a query to leave out." if bare else ""


def browser_error(case: Case) -> str:
    error = case.exchange.error or ""
    if not _ERROR.fullmatch(error) or error in _VAGUE:
        return ""
    return f"The recording has the browser's own word: {code(error)}."


def told_when(case: Case) -> str:
    return f"The answer says when to try again: {moment(case.until)}." if case.until else ""


def clock(case: Case) -> str:
    """The device's clock against the server's Date, which is that of the answer's making (RFC 9110, section 6.6.1)."""
    mine = case.exchange
    dated, ended = http_date(mine.response.headers.text("date")), mine.ended
    if dated is None or ended is None or mine.from_cache or mine.from_service_worker or "age" in mine.response.headers:
        return ""
    apart = abs(dated - ended)
    if apart <= AGREE:
        return "The clock of the recording and the `Date` of the answer agree."
    return f"The clock of the recording and the `Date` of the answer are {_span(apart)} apart."


def context(case: Case) -> str:
    mine = case.exchange
    made = mine.resource_type or mine.request.headers.text("sec-fetch-dest")
    office = " Its path looks like an administration area." if _OFFICE.search(mine.url.partition("?")[0]) else ""
    if is_top_level_navigation(mine):
        return f"#{mine.index} is a page that was opened.{office}"
    if made.lower() in _CALLS:
        return f"#{mine.index} is a call that a script made.{office}"
    return office.strip()


def tried(case: Case) -> str:
    holds = case.leader is not None and case.leader.verified is not None and case.leader.verified.holds
    return "The change was tried on the recording, and it holds." if holds else ""


def knows_who_asks(case: Case) -> str:
    if case.known is None:
        return ""
    if told := credential(case):
        return f"{told.removesuffix('.')}, and it was refused all the same."
    return "The answer itself says that the right is missing." if case.known.basis == STATED else ""


def meant(case: Case) -> str:
    return (
        f"Found here: {_title(case.known.title)}." if case.known and case.known.responsible != "server-config" else ""
    )


def configured(case: Case) -> str:
    return (
        f"Found here: {_title(case.known.title)}." if case.known and case.known.responsible == "server-config" else ""
    )


def lasting(case: Case) -> str:
    return (
        f"Found here, and it stays until it is changed: {_title(case.known.title)}."
        if (case.known and case.known.temporary == "no")
        else ""
    )


def passing(case: Case) -> str:
    return f"Found here: {_title(case.known.title)}." if case.known and case.known.temporary == "yes" else ""


def stated(case: Case) -> str:
    return "Here the answer itself says why." if case.known and case.known.basis == STATED else ""


_HERE: Final = (
    answer, browser_error, clock, configured, context, credential, fresh_token, knows_who_asks, lasting, masked, meant,
    no_cookie, no_credential, nothing_sent, passing, request, stated, token, told_when, tried, uncached,
)  # fmt: skip
FACTS: Final[Mapping[str, Callable[[Case], str]]] = {
    function.__name__.replace("_", "-"): function for function in (*_HERE, *elsewhere.FACTS)
}


def _jwt(case: Case) -> tuple[str, Jwt | None]:
    return next(((t.value, t.jwt) for t in case.credentials if t.jwt), ("", None))


def _span(length: timedelta) -> str:
    seconds = round(length.total_seconds())
    if seconds < 120:
        return f"{seconds} second{'' if seconds == 1 else 's'}"
    return f"{seconds // 60} minutes" if seconds < 7200 else f"{seconds // 3600} hours"


def _title(title: str) -> str:
    """Within a sentence, unless the first word is a name."""
    first = title.split()[0]
    return title if any(not letter.islower() for letter in first[1:]) else title[0].lower() + title[1:]
