"""Refusals after many requests in a short time, without a counter that says so: what passed, how often, and when."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from harinspect.har.model import Exchange
from harinspect.inspecting import Basis, Evidence, Inspector, Verdict, admin, developer, user
from harinspect.traffic.contrast import differences
from harinspect.traffic.model import Denial, DenialKind
from harinspect.traffic.order import is_before, is_within, seconds_between
from harinspect.traffic.places import place
from harinspect.traffic.preflights import is_preflight
from harinspect.wire.rate_limits import counters

inspector = Inspector(__name__)
BURST = timedelta(seconds=60)
MANY = 5  # the same call that often within a burst
MANY_ALIKE = 10  # calls of one kind, to different records, that often within a burst
NEAR = 200  # requests before this one, and after it, that are looked through for more refusals
RUN = 3  # refusals one after another: one alone may be about its record

LIMITED = inspector.rule(
    "limited",
    cause="rate.limited",
    title="Too many requests in a short time, answered with 403",
    why="{reason} The proper status for it is 429, but this server says 403.",
    responsible="client-code",
    fixes=(
        developer("Ask less often: gather calls into one, keep answers, and wait longer after each refusal.", "medium"),
        user("Wait a minute, then try again; close other windows of the same site.", "easy"),
        admin("Answer 429 with `Retry-After`, and check that the limit fits what the page really needs.", "easy"),
    ),
    temporary="yes",
    refs=("https://www.rfc-editor.org/rfc/rfc6585#section-4",),
)


@inspector.check
def same_call_again_and_again(denial: Denial) -> Iterator[Verdict]:
    """The very same call passed again and again within a minute, was refused, and passed again with nothing changed."""
    exchange = denial.exchange
    if _is_told_otherwise(denial):
        return
    twins = [e for e in denial.allowed_alike if e.url == exchange.url and not differences(exchange, e)]
    before = [e for e in twins if is_within(BURST, e, exchange)]
    after = [e for e in twins if is_before(exchange, e)]
    if len(before) < MANY:
        return
    yield LIMITED.found(
        Basis.SIGNATURE if after else Basis.CIRCUMSTANCE,
        _here(exchange, f"after {len(before)} that passed within a minute"),
        *_passed(*before[:1], *after[:1]),
        reason=f"The same call had passed {len(before)} times within a minute before it was refused"
        + (_passed_again(exchange, after[0]) if after else "."),
    )


@inspector.check
def all_of_a_kind_at_once(denial: Denial) -> Iterator[Verdict]:
    """Calls to one record after another passed; then all were refused, one of which passed later, unchanged."""
    exchange = denial.exchange
    if _is_told_otherwise(denial):
        return
    alike = [e for e in denial.allowed_alike if e.method == exchange.method]
    last = next((e for e in alike if is_before(e, exchange)), None)
    if last is None or len(alike) < MANY_ALIKE:
        return
    run = _run(denial, last, next((e for e in alike if is_before(exchange, e)), None))
    refused = {e.url: e for e in run}
    again = next((e for e in alike if e.url in refused and is_before(refused[e.url], e)), None)
    if again is None or len(run) < RUN or not _is_alike(refused[again.url], again):
        return
    earlier = [e for e in alike if is_within(BURST, e, run[0]) and _is_alike(exchange, e)]
    if len(earlier) < MANY_ALIKE:
        return
    yield LIMITED.found(
        Basis.SIGNATURE,
        _here(exchange, f"one of {len(run)} in a row, after {len(earlier)} of the kind that passed within a minute"),
        *_passed(earlier[0], again),
        reason=f"{len(earlier)} calls of this kind had passed within a minute; then {len(run)} in a row were refused, "
        "and one of these passed later, unchanged.",
    )


def _is_told_otherwise(denial: Denial) -> bool:
    """Is it no plain 403, or does the answer speak of a limit itself?"""
    exchange = denial.exchange
    counted = "retry-after" in exchange.response.headers or counters(exchange.response.headers)
    return denial.kind is not DenialKind.FORBIDDEN or is_preflight(exchange) or bool(counted)


def _is_alike(here: Exchange, there: Exchange) -> bool:
    return all(found.part == "request.url" for found in differences(here, there))


def _run(denial: Denial, last: Exchange, after: Exchange | None) -> list[Exchange]:
    """The refusals of this kind of call between what was allowed last and what was allowed next, in time order."""
    mine, traffic = denial.exchange, denial.traffic
    turn, where = traffic.turn_of[mine.index], place(traffic.urls[mine.index])
    near = (
        e for e in traffic.in_time[max(turn - NEAR, 0) : turn + NEAR] if e.status == 403 and e.method == mine.method
    )
    alike = (e for e in near if e.index in traffic.urls and place(traffic.urls[e.index]) == where)
    return [e for e in alike if is_before(last, e) and (after is None or is_before(e, after))]


def _here(exchange: Exchange, note: str) -> Evidence:
    return Evidence(exchange.index, "response.status", value="403", note=note)


def _passed(*exchanges: Exchange) -> Iterator[Evidence]:
    for exchange in exchanges:
        yield Evidence(exchange.index, "response.status", value=str(exchange.status), note="passed")


def _passed_again(exchange: Exchange, after: Exchange) -> str:
    return f", and it passed again {seconds_between(exchange, after):.0f} seconds later."
