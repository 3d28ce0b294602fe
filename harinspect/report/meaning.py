"""What a refusal means in this very case, and which common beliefs about refusals the case contradicts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from harinspect.knowledge import guidance
from harinspect.report import model
from harinspect.report.case import Case, moment
from harinspect.report.recorded import shown
from harinspect.traffic.model import DenialKind

MYTHS: Final = 2
UNEXPLAINED: Final = "server.unexplained-403"
JUDGED_BY_WHO_ASKS: Final = (401, 403)


def meaning(case: Case) -> str:
    """The status and who decided, the case at hand, and whether it passes: two or three sentences."""
    return " ".join(_sentences(case))


def _sentences(case: Case) -> Iterator[str]:
    told, status = guidance.meanings(), case.exchange.status
    if case.denial.kind is DenialKind.BLOCKED:
        clause = told.blocked["answered" if status else "unanswered"].format(status=status)
    else:
        clause = told.status.get(str(status), told.status["403"])
        clause = clause.format(who=told.layers.get(case.layer, told.layers["unknown"]))
    yield f"{clause}."
    if at_hand := _at_hand(case):
        yield f"{at_hand}."
    yield _passes(case)


def _at_hand(case: Case) -> str:
    """What the cause comes down to, or else what the file tells of credentials (RFC 9110, sections 15.5.2, 15.5.4)."""
    told = guidance.meanings()
    if case.known:
        found = (row.says for row in told.readings if row.fit.holds(case.known.cause, case.layer, case.kind))
        if says := next(found, ""):
            return says
    if case.exchange.status not in JUDGED_BY_WHO_ASKS or case.known:
        return ""
    return told.credential[case.sent]


def _passes(case: Case) -> str:
    told = guidance.meanings().passes
    if case.cause == UNEXPLAINED:
        return f"{guidance.meanings().common}."
    passes = case.known.temporary if case.known else "maybe"
    until = f", not before {moment(case.until)}" if case.until else ""
    return told[passes].format(until=until)


def myths(case: Case) -> tuple[model.Myth, ...]:
    """At most two, each contradicted by something that this recording shows; no belief twice."""
    found: dict[str, model.Myth] = {}
    for myth in guidance.myths():
        if len(found) == MYTHS:
            break
        told = shown(case, myth.shown) if myth.fit.holds(case.cause, case.layer, case.kind) else ""
        if told:
            found.setdefault(myth.belief, model.Myth(belief=myth.belief, truth=myth.truth.replace("{shown}", told)))
    return tuple(found.values())
