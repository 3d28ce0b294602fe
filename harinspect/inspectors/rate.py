"""Too many requests, said with 403: counters, Retry-After (RFC 9110, section 10.2.3) and what the traffic shows."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from itertools import islice

from harinspect.har.model import Exchange
from harinspect.inspecting import Basis, Evidence, Inspector, Verdict, admin, developer, user
from harinspect.traffic.model import Denial, DenialKind
from harinspect.traffic.order import answered, is_before, is_within, wait
from harinspect.traffic.preflights import is_preflight
from harinspect.wire.rate_limits import Counter, counters

inspector = Inspector(__name__)
BURST = timedelta(seconds=60)

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
    told = counters(headers)
    spent = next((one for one in told if one.is_spent), None)
    if spent:
        evidence = Evidence(exchange.index, "response.header", spent.name, spent.value, "nothing is left")
        always = list(islice((e for e in denial.allowed_at_host if _has_spent(e, spent.name)), 2))
        there = tuple(Evidence(e.index, "response.header", spent.name, "", "nothing left, and allowed") for e in always)
        # One call may be the last that a limit lets pass; where every call says nought, the counter counts nothing.
        basis = Basis.STATED if "retry-after" in headers else Basis.SIGNATURE
        yield LIMITED.found(
            Basis.CIRCUMSTANCE if len(always) > 1 else basis,
            evidence,
            *_retry(exchange),
            *there,
            reason=f"The counter `{spent.name}` stands at nought.",
            wait=_wait(exchange),
        )
    elif told:
        evidence = Evidence(exchange.index, "response.header", told[0].name, told[0].value, "something is left")
        yield LIMITED.ruled_out("The server counts requests, and there were some left.", evidence)


@inspector.check
def last_one_allowed(denial: Denial) -> Iterator[Verdict]:
    """The answers before this one counted down to nought, and this one, made before the reset, counts nothing."""
    exchange = denial.exchange
    if denial.kind is not DenialKind.FORBIDDEN or is_preflight(exchange) or _counts(exchange):
        return
    before = (e for e in denial.allowed_at_host if is_within(BURST, e, exchange))
    last = next(before, None)
    spent = next((one for one in _counts(last) if one.is_spent), None) if last else None
    if last is None or spent is None:
        return
    first = next((e for e in before if _has_some_left(e, spent.name)), None)
    after = next((e for e in denial.allowed_at_host if is_before(exchange, e)), None)
    if first is None or (after and not _is_later(last, after)):
        return
    yield LIMITED.found(
        Basis.SIGNATURE,
        Evidence(first.index, "response.header", spent.name, first.response.headers.text(spent.name), "allowed"),
        Evidence(last.index, "response.header", spent.name, spent.value, "allowed, and nothing is left"),
        Evidence(exchange.index, "response.status", value="403", note="the next one"),
        reason="The answers before this one counted down to nought.",
        wait=_wait(last),
    )


@inspector.check
def told_to_wait(denial: Denial) -> Iterator[Verdict]:
    """Retry-After: it will pass later. Varnish puts it on whatever it makes up itself, so there it says nothing."""
    exchange, headers = denial.exchange, denial.exchange.response.headers
    made_up = "x-varnish" in headers or any(hit.responder.id == "varnish" for hit in denial.answer.blocked)
    silent = "retry-after" not in headers or made_up or _counts(exchange)
    if denial.kind is not DenialKind.FORBIDDEN or silent or is_preflight(exchange):
        return
    before = [e for e in denial.allowed_alike if e.method == exchange.method and is_before(e, exchange)]
    there = (
        (Evidence(before[0].index, "response.status", value=str(before[0].status), note="allowed before"),)
        if before
        else ()
    )
    reason = "The answer says how long to wait" + (", and the same call passed before." if before else ".")
    basis = Basis.SIGNATURE if before else Basis.CIRCUMSTANCE
    yield LIMITED.found(basis, *_retry(exchange), *there, reason=reason, wait=_wait(exchange))


def _counts(exchange: Exchange) -> tuple[Counter, ...]:
    return counters(exchange.response.headers)


def _has_spent(exchange: Exchange, name: str) -> bool:
    return any(one.is_spent and one.name == name for one in _counts(exchange))


def _has_some_left(exchange: Exchange, name: str) -> bool:
    return any(not one.is_spent and one.name == name for one in _counts(exchange))


def _retry(exchange: Exchange) -> tuple[Evidence, ...]:
    value = exchange.response.headers.text("retry-after")
    return (Evidence(exchange.index, "response.header", "retry-after", value, "when to try again"),) if value else ()


def _wait(exchange: Exchange) -> str:
    seconds, made = wait(exchange), answered(exchange)
    if seconds is None:
        return ""
    moment = f", from {made + timedelta(seconds=seconds):%Y-%m-%d %H:%M:%S} by the server's clock on" if made else ""
    return f"Try again in {seconds} seconds{moment}."


def _is_later(last: Exchange, after: Exchange) -> bool:
    """Did what was allowed again wait until the counter was set back?"""
    seconds = wait(last) or 1
    return not is_within(timedelta(seconds=seconds * 0.9), last, after)
