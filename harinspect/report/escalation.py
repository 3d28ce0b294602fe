"""What to send to whoever can act: to whom, a ready message, the same for a ticket, and a curl command. All masked."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from harinspect.knowledge import precautions_for
from harinspect.redaction.marks import OPEN
from harinspect.redaction.reports import ReportRedactor
from harinspect.report import model
from harinspect.report.answered import Answered
from harinspect.report.curl import curl
from harinspect.report.fences import code_block, code_span, escaped, one_line, prose
from harinspect.report.incident import Fact, Headers, header_facts, not_recorded, recorded, request_facts
from harinspect.report.recipients import change, question, reasons, recipient
from harinspect.traffic.model import Denial

Row = Fact | Headers
_OPEN_CHECKS: Final = 2
_LOOKS: Final = frozenset("Check Compare Find Look Query Read Search Translate".split())  # nothing is changed by that
_UNEXPLAINED: Final = frozenset({"server.unexplained-403", "cors.blocked-unsent"})
_MASKED: Final = "Values in ‹ › are masked; equal values have equal marks."


def escalation(denial: Denial, told: model.Denial, answer: Answered, redactor: ReportRedactor) -> model.Escalation:
    """`told` is the denial as the report tells it."""
    request = tuple(request_facts(denial, told, redactor))  # first: it shows the redactor names and addresses to hide
    command = curl(denial.exchange, redactor)
    groups = [
        ("The request", request),
        ("The answer", tuple(_answer(denial, told, answer, redactor))),
        ("What we think", tuple(_finding(told))),
        ("What was tried", tuple(_tried(denial, told))),
    ]
    ask = f"Please tell {question(told)}."
    rows = [(title, group) for title, group in groups if group]
    text = "\n\n".join([f"{_opening(told)} {ask}", *("\n".join(_lines(group)) for _, group in rows)])
    markdown = "\n\n".join(
        [f"{prose(_opening(told))} {ask}", *(f"**{title}**\n\n{_bullets(group)}" for title, group in rows)]
    )
    masked = f"\n\n{_MASKED}" if OPEN in text else ""
    repeat = (
        f"\n\n**To repeat it**, with the masked values filled in:\n\n{code_block(command, 'sh')}" if command else ""
    )
    return model.Escalation(
        to=recipient(told),
        text=text + masked,
        markdown=markdown + masked + repeat,
        curl=command,
        reasons=reasons(denial, told),
    )


def _opening(told: model.Denial) -> str:
    by = f" by {told.responder.name}" if told.responder else ""
    if told.status == 0:
        who = " by the browser" if told.layer == "browser" else ""
        return f"A request of our customer was blocked{who} before an answer was recorded."
    if told.kind == "blocked" and told.status < 400:
        return f"The browser of our customer kept an answer (status {told.status}) from the page."
    return f"A request of our customer was refused with {told.status}{by}."


def _answer(denial: Denial, told: model.Denial, answer: Answered, redactor: ReportRedactor) -> Iterator[Row]:
    if told.status and answer.excerpt:
        yield Fact("It says", redactor.text(answer.excerpt))
    yield from header_facts(denial, told, redactor)


def _finding(told: model.Denial) -> Iterator[Row]:
    finding = told.findings[0] if told.findings else None
    if finding is None or finding.cause in _UNEXPLAINED:
        return
    yield Fact("Finding", finding.title, finding.confidence, prose=True)
    yield Fact("Why", finding.why, prose=True)
    if told.contrast and (differing := list(_differing(told.contrast))):
        yield Fact("A call that passed differs in", ", ".join(differing))
    yield from _proposal(finding)


def _differing(contrast: model.Contrast) -> Iterator[str]:
    named = (row.name or row.part.replace(".", " ") for row in contrast.differences if row.part != "timing")
    yield from dict.fromkeys(one_line(name, 60) for name in named)


def _proposal(finding: model.Finding) -> Iterator[Row]:
    fix = change(finding)
    if fix is None:
        return
    yield Fact("Proposed" if finding.confidence != "hint" else "To be looked at", fix.text, prose=True)
    if finding.confidence == "hint" or fix.text.partition(" ")[0] in _LOOKS:
        return
    if finding.verified and finding.verified.holds:
        yield Fact("Tried on the recording", finding.verified.how, prose=True)
    yield from _care(finding, fix)


def _care(finding: model.Finding, fix: model.Fix) -> Iterator[Row]:
    """The recipe's own words where it has some, else those for changes of its kind."""
    care = precautions_for(finding.cause, in_code=fix.audience == "developer")
    told = (("Risk", care.risk), ("Way back", fix.undo or care.undo), ("Test after", fix.verify or care.verify))
    yield from (Fact(name, text[:1].upper() + text[1:], prose=True) for name, text in told)


def _tried(denial: Denial, told: model.Denial) -> Iterator[Row]:
    if done := recorded(denial):
        yield Fact("In the recording", done, prose=True)
    still = [check.text for check in told.checks if not check.answered and not check.text.startswith("Look ")]
    if still:
        yield Fact("Not tried yet", " ".join(still[:_OPEN_CHECKS]), prose=True)
    if missing := not_recorded(denial):
        yield Fact("Not in the recording", missing, prose=True)


def _lines(group: tuple[Row, ...]) -> Iterator[str]:
    for row in group:
        if isinstance(row, Headers):
            yield f"{row.name}:"
            yield from (f"  {name}: {value}" for name, value in row.rows)
        else:
            yield f"{row.name}: {one_line(row.value)}{_note(row)}"


def _bullets(group: tuple[Row, ...]) -> str:
    return "\n".join(line for row in group for line in _bullet(row))


def _bullet(row: Row) -> Iterator[str]:
    if isinstance(row, Headers):
        yield f"- {row.name}:"
        yield from (f"  - {code_span(f'{name}: {value}')}" for name, value in row.rows)
    else:
        value = prose(row.value) if row.prose else code_span(row.value)
        yield f"- {escaped(row.name)}: {value}{' ' + prose(_note(row)) if row.note else ''}"


def _note(row: Fact) -> str:
    return f" ({row.note})" if row.note else ""
