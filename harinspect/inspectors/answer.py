"""What the answer itself says, in the known words of products and applications: see knowledge/responders/."""

from __future__ import annotations

from collections.abc import Iterator
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
from harinspect.knowledge import Hit, causes, load
from harinspect.traffic.changes import ITS_OWN_WORDS
from harinspect.traffic.model import Denial

inspector = Inspector(__name__)
TRIED = ("cors.", "cookie.", "referer.", "redirect.")  # families whose fixes are tried on the recording elsewhere
BASES = {"stated": Basis.STATED, "signature": Basis.SIGNATURE}


def _rules() -> dict[tuple[str, str], Rule]:
    """One rule for every way of refusing that names its cause: id "answer.<product>-<way>"."""
    return {
        (responder.id, record.key): inspector.rule(
            f"{responder.id}-{record.key}",
            cause=record.cause,
            title=causes()[record.cause].title,
            why=record.says,
            responsible=cast(Responsible, record.responsible or causes()[record.cause].responsible),
            fixes=_fixes(
                record.remedy.owner or responder.remedy.owner, record.remedy.caller or responder.remedy.caller
            ),
            temporary=cast(Temporary, record.temporary),
            refs=(record.source,) if record.source.startswith("https://") else (),
        )
        for responder in load().responders.values()
        for record in responder.blocked
        if record.cause
    }


def _fixes(owner: str, caller: str) -> tuple[Fix, ...]:
    return tuple([admin(owner)] * bool(owner) + [user(caller)] * bool(caller))


RULES = _rules()


@inspector.check
def answer_says_why(denial: Denial) -> Iterator[Verdict]:
    """The best reading of the answer; further readings are circumstances."""
    best = True
    for hit in denial.answer.blocked:
        if hit.record is None or not hit.record.cause or (hit.layer == "browser" and denial.exchange.status >= 400):
            continue  # who only stands there, and what the browser did with an answer that was a refusal already
        rule = RULES[hit.responder.id, hit.record.key]
        basis = Basis.SIGNATURE if hit.layer == "browser" else BASES[hit.basis]  # a net error is a mark, not a reason
        change = ITS_OWN_WORDS if rule.cause.startswith(TRIED) else None
        yield rule.found(basis if best else Basis.CIRCUMSTANCE, *_evidence(denial, hit), change=change)
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
