"""What the answer itself says, in the known words of products and applications: see knowledge/responders/."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import cast

from harinspect.inspecting import (
    Basis,
    Evidence,
    Fix,
    Inspector,
    Part,
    Responsible,
    Rule,
    Temporary,
    Verdict,
    admin,
    user,
)
from harinspect.knowledge import Hit, Library, Record, Responder, causes, load
from harinspect.traffic.changes import ITS_OWN_WORDS
from harinspect.traffic.model import Denial, DenialKind
from harinspect.traffic.order import is_before, seconds_between, wait

inspector = Inspector(__name__, further=lambda: rules_of(load()))
TRIED = ("cors.", "cookie.", "referer.", "redirect.")  # families whose fixes are tried on the recording elsewhere
COUNTED = "rate-headers"  # the responder that is nothing but counters
BASES = {"stated": Basis.STATED, "signature": Basis.SIGNATURE}


def rules_of(library: Library) -> dict[str, Rule]:
    """One rule for every way of refusing that names its cause, by its id "answer.<product>-<way>"."""
    rules = (_rule(responder, record) for responder, record in library.records if record.cause)
    return {rule.id: rule for rule in rules}


@cache
def _rule(responder: Responder, record: Record) -> Rule:
    known = causes()[record.cause]
    return Rule(
        id=f"{inspector.name}.{responder.id}-{record.key}",
        cause=record.cause,
        title=known.title,
        why=record.says,
        responsible=cast(Responsible, record.responsible or known.responsible),
        fixes=_fixes(record.remedy.owner or responder.remedy.owner, record.remedy.caller or responder.remedy.caller),
        temporary=cast(Temporary, record.temporary),
        refs=(record.source,) if record.source.startswith("https://") else (),
    )


def _fixes(owner: str, caller: str) -> tuple[Fix, ...]:
    return tuple([admin(owner)] * bool(owner) + [user(caller)] * bool(caller))


@inspector.check
def answer_says_why(denial: Denial) -> Iterator[Verdict]:
    """The best reading of the answer; further readings are circumstances."""
    best = True
    for hit in denial.answer.blocked:
        if hit.record is None or not hit.record.cause or (hit.layer == "browser" and denial.exchange.status >= 400):
            continue  # who only stands there, and what the browser did with an answer that was a refusal already
        if hit.responder.id == COUNTED and denial.kind is DenialKind.FORBIDDEN:
            continue  # what counters mean on a 403 is seen beside the answers that were allowed: inspectors/rate.py
        rule = _rule(hit.responder, hit.record)
        basis = Basis.SIGNATURE if hit.layer == "browser" else BASES[hit.basis]  # a net error is a mark, not a reason
        change = ITS_OWN_WORDS if rule.cause.startswith(TRIED) else None
        later = (*_wait(denial, rule), *_passed_later(denial)) if best and rule.temporary == "yes" else ()
        yield rule.found(basis if best else Basis.CIRCUMSTANCE, *_evidence(denial, hit), *later, change=change)
        best = False


def _evidence(denial: Denial, hit: Hit) -> Iterator[Evidence]:
    for part, name, value in hit.evidence:
        yield Evidence(
            denial.exchange.index,
            cast(Part, part),
            name,
            value,
            "the answer's own words" if hit.responder.generic else f"as {hit.responder.name} says it",
        )


def _wait(denial: Denial, rule: Rule) -> Iterator[Evidence]:
    seconds = wait(denial.exchange) if rule.cause.startswith("rate.") else None
    if seconds is not None:
        yield Evidence(denial.exchange.index, "timing", value=str(seconds), note="seconds until the next try may pass")


def _passed_later(denial: Denial) -> tuple[Evidence, ...]:
    """What is over by itself: the same call, allowed after this one."""
    mine = denial.exchange
    same = (e for e in denial.allowed_alike if (e.method, e.url) == (mine.method, mine.url) and is_before(mine, e))
    after = next(same, None)
    if after is None:
        return ()
    note = f"the same call passed {seconds_between(mine, after):.0f} seconds later"
    return (Evidence(after.index, "response.status", value=str(after.status), note=note),)
