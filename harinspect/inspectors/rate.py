"""Too many requests, said with 403: counters, Retry-After (RFC 9110, section 10.2.3) and what the traffic shows."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime, timedelta

from harinspect.har.model import Exchange
from harinspect.inspecting import Basis, Evidence, Inspector, Verdict, admin, developer, user
from harinspect.traffic.contrast import differences
from harinspect.traffic.model import Denial, DenialKind
from harinspect.traffic.preflights import is_preflight
from harinspect.wire.headers import Headers

inspector = Inspector(__name__)
# RateLimit drafts of the IETF's HTTPAPI group, and the X- names that came before.
REMAINING = re.compile(r"^(?:x-)?rate-?limit-remaining(?:-.*)?$|^x-ms-ratelimit-remaining-.*$")
_NONE_LEFT = re.compile(r"(?:^|[;,])\s*r(?:emaining)?\s*=\s*0+(?:\.0*)?\s*(?:[;,]|$)")
_SOME_LEFT = re.compile(r"(?:^|[;,])\s*r(?:emaining)?\s*=\s*\d")
BURST = timedelta(seconds=60)
MANY = 5  # the same call that often within a burst

LIMITED = inspector.rule(
    "limited",
    cause="rate.limited",
    title="Too many requests in a short time, answered with 403",
    why="{reason} The proper status for it is 429, but this server says 403. {wait}",
    responsible="client-code",
    fixes=(
        developer("Ask less often, and wait as long as the answer says before the next try.", "medium"),
        user("Wait a little, then try again; close other windows of the same site.", "easy"),
        admin("Answer 429 with `Retry-After`, and check that the limit fits what the page really needs.", "easy"),
    ),
    temporary="yes",
    refs=(
        "https://www.rfc-editor.org/rfc/rfc6585#section-4",
        "https://www.rfc-editor.org/rfc/rfc9110#name-retry-after",
        "https://datatracker.ietf.org/doc/draft-ietf-httpapi-ratelimit-headers/",
    ),
)


@inspector.check
def counter_says(denial: Denial) -> Iterator[Verdict]:
    """A counter at nought speaks; one with something left speaks against it."""
    exchange, headers = denial.exchange, denial.exchange.response.headers
    if denial.kind is not DenialKind.FORBIDDEN or is_preflight(exchange):
        return
    counters = tuple(_counters(headers))
    spent = next((row for row in counters if row[2]), None)
    if spent:
        evidence = Evidence(exchange.index, "response.header", spent[0], spent[1], "nothing is left")
        reason = f"The counter `{spent[0]}` stands at nought."
        yield LIMITED.found(Basis.SIGNATURE, evidence, *_retry(exchange), reason=reason, wait=_wait(headers))
    elif counters:
        evidence = Evidence(exchange.index, "response.header", counters[0][0], counters[0][1], "something is left")
        yield LIMITED.ruled_out("The server counts requests, and there were some left.", evidence)


@inspector.check
def told_to_wait(denial: Denial) -> Iterator[Verdict]:
    """Retry-After: it will pass later. Varnish puts it on whatever it makes up itself, so there it says nothing."""
    exchange, headers = denial.exchange, denial.exchange.response.headers
    made_up = "x-varnish" in headers or any(hit.responder.id == "varnish" for hit in denial.answer.blocked)
    silent = "retry-after" not in headers or made_up or tuple(_counters(headers))
    if denial.kind is not DenialKind.FORBIDDEN or silent or is_preflight(exchange):
        return
    before = [e for e in denial.allowed_alike if e.method == exchange.method and _is_before(e, exchange)]
    there = (
        (Evidence(before[0].index, "response.status", value=str(before[0].status), note="allowed before"),)
        if before
        else ()
    )
    reason = "The answer says how long to wait" + (", and the same call passed before." if before else ".")
    basis = Basis.SIGNATURE if before else Basis.CIRCUMSTANCE
    yield LIMITED.found(basis, *_retry(exchange), *there, reason=reason, wait=_wait(headers))


@inspector.check
def burst(denial: Denial) -> Iterator[Verdict]:
    """The very same call passed again and again within a minute, was refused, and passed again with nothing changed."""
    exchange = denial.exchange
    if (
        denial.kind is not DenialKind.FORBIDDEN
        or exchange.started is None
        or "retry-after" in exchange.response.headers
    ):
        return
    twins = [e for e in denial.allowed_alike if e.url == exchange.url and not differences(exchange, e)]
    before = [
        e for e in twins if _is_before(e, exchange) and exchange.started - (e.started or exchange.started) <= BURST
    ]
    after = [e for e in twins if _is_before(exchange, e)]
    if len(before) < MANY or tuple(_counters(exchange.response.headers)):
        return
    yield LIMITED.found(
        Basis.SIGNATURE if after else Basis.CIRCUMSTANCE,
        Evidence(
            exchange.index, "response.status", value="403", note=f"after {len(before)} that passed within a minute"
        ),
        *(Evidence(e.index, "response.status", value=str(e.status), note="passed") for e in (*before[:1], *after[:1])),
        reason=f"The same call had passed {len(before)} times within a minute before it was refused"
        + (", and it passed again later." if after else "."),
        wait="",
    )


def _counters(headers: Headers) -> Iterator[tuple[str, str, bool]]:
    """Name, value, and whether it stands at nought; of several windows, the one that is spent decides."""
    for name, value in headers:
        text, low = value.strip(), name.lower()
        if low == "ratelimit" and (_NONE_LEFT.search(text) or _SOME_LEFT.search(text)):
            yield low, text, bool(_NONE_LEFT.search(text))
        elif REMAINING.match(low) and re.fullmatch(r"-?\d{1,12}(?:\.\d+)?", text):
            yield low, text, float(text) <= 0


def _retry(exchange: Exchange) -> tuple[Evidence, ...]:
    value = exchange.response.headers.text("retry-after")
    return (Evidence(exchange.index, "response.header", "retry-after", value, "when to try again"),) if value else ()


def _wait(headers: Headers) -> str:
    value = headers.text("retry-after")
    return f"Try again {'in ' + value + ' seconds' if value.isdigit() else 'after ' + value}." if value else ""


def _is_before(one: Exchange, other: Exchange) -> bool:
    first: datetime | None = one.started
    return first is not None and other.started is not None and first < other.started
