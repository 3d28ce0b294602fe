"""The report as Markdown for a ticket. Values stand in code spans and blocks that they cannot leave."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from harinspect.render import contrasts, lines, words
from harinspect.report.fences import code_block, code_span, escaped, escaped_within, prose
from harinspect.report.model import Check, Denial, Escalation, Evidence, Finding, Fix, Report, Step

_SAME_SHOWN = 20


def render(report: Report) -> str:
    """CommonMark without raw HTML; ends with a newline."""
    return "\n".join(_lines(report)).rstrip("\n") + "\n"


def _lines(report: Report) -> Iterator[str]:
    yield f"# {escaped(report.source.name)}\n"
    yield prose(report.summary.sentence or f"{report.summary.denials} refused requests.") + "\n"
    yield from _causes(report)
    for group in lines.grouped(report.denials):
        yield from _denial(group)
    yield from _chains(report)
    yield from _preflights(report)
    yield from _source(report)


def _causes(report: Report) -> Iterator[str]:
    if not report.summary.causes:
        return
    yield "## Causes\n"
    for number, cause in enumerate(report.summary.causes, 1):
        who = lines.acts(cause.responsible)
        asked = code_span(lines.exchanges(cause.denials))
        yield f"{number}. **{escaped(cause.title)}** ({code_span(cause.cause)}), {cause.confidence}; {who}; {asked}"
    yield ""


def _denial(group: lines.Group) -> Iterator[str]:
    denial = group.first
    yield f"## {code_span(f'#{denial.exchange} {denial.method}')} {escaped(lines.outcome(denial))}\n"
    yield f"- Address: {code_span(denial.url)}"
    yield f"- {_sentence(lines.answered_by(denial))}"
    yield f"- Time (UTC): {code_span(denial.started or 'not recorded')}\n"
    if denial.meaning:
        yield f"{prose(denial.meaning)}\n"
    for finding in denial.findings:
        yield from _finding(finding)
    if not denial.findings:
        yield "No cause could be found in the file.\n"
    yield from _same(group.others)
    yield from _contrast(denial)
    yield from _listed("Ruled out", [f"{code_span(row.cause)}: {prose(row.reason)}" for row in denial.ruled_out])
    yield from _listed(
        "Cannot tell",
        [f"{code_span(row.cause)}: {prose(row.reason)} Needs: {prose(row.needs)}" for row in denial.undetermined],
    )
    yield from _listed("Next checks", [_check(check) for check in denial.checks])
    for way in denial.steps:
        yield from _listed(f"Step by step: {lines.FOR[way.audience]}", [_step(step) for step in way.steps])
    yield from _listed("Often believed", [f"{prose(myth.belief)} {prose(myth.truth)}" for myth in denial.myths])
    yield from _listed(f"Quality of this {denial.status}", [prose(lines.remark(row)) for row in denial.quality])
    if denial.escalation:
        yield from _escalation(denial.escalation)


def _escalation(told: Escalation) -> Iterator[str]:
    yield f"**To pass on to {escaped_within(told.to)}**\n"
    if told.reasons:
        yield "\n".join(f"- {prose(reason)}" for reason in told.reasons) + "\n"
    yield code_block(told.text, "text") + "\n"
    if told.curl:
        yield "**To repeat it**, with the masked values filled in:\n"
        yield code_block(told.curl, "sh") + "\n"


def _check(check: Check) -> str:
    answered = f" **Answered:** {prose(check.answered)}" if check.answered else ""
    return f"{prose(check.text)} {prose(check.tells)} ({check.effort}){answered}"


def _step(step: Step) -> str:
    return f"[x] {prose(step.text)} {prose(step.done)}" if step.done else f"[ ] {prose(step.text)}"


def _finding(finding: Finding) -> Iterator[str]:
    yield f"### {escaped(finding.title)}\n"
    yield f"{prose(finding.why)}\n"
    yield f"- {_sentence(lines.standing(finding))}; rule {code_span(finding.rule)}"
    yield from (f"- {_evidence(evidence)}" for evidence in finding.evidence)
    yield ""
    for fix in finding.fixes:
        yield from _fix(fix)
    if told := lines.tried(finding):
        yield f"{prose(told)}\n"


def _evidence(evidence: Evidence) -> str:
    value = f": {code_span(evidence.value)}" if evidence.value else ""
    note = f" ({prose(evidence.note)})" if evidence.note else ""
    return f"{code_span(lines.place(evidence))}{value}{note}"


def _fix(fix: Fix) -> Iterator[str]:
    yield f"**{lines.FOR[fix.audience]}** ({fix.effort}): {prose(fix.text)}\n"
    for snippet in fix.snippets:
        yield f"{escaped(words.STACK.get(snippet.stack, snippet.stack))}:\n"
        yield code_block(snippet.code) + "\n"
    if told := words.care(fix):
        yield "\n".join(f"- {label}: {prose(text)}" for label, text in told) + "\n"


def _same(others: Sequence[Denial]) -> Iterator[str]:
    rows = [
        code_span(f"#{denial.exchange} {denial.status} {denial.method} {denial.url}") for denial in others[:_SAME_SHOWN]
    ]
    if len(others) > _SAME_SHOWN:
        rows.append(f"and {len(others) - _SAME_SHOWN} more")
    yield from _listed(f"The same holds for {len(others)} more", rows)


def _contrast(denial: Denial) -> Iterator[str]:
    if denial.contrast:
        yield f"**{escaped(contrasts.heading(denial.contrast))}**\n"
        for row in contrasts.compared(denial.contrast):
            here, there = (code_span(value) if value else "none" for value in (row.here, row.there))
            yield f"- {code_span(contrasts.named(row))}: here {here}, there {there}"
        yield ""


def _listed(title: str, rows: Sequence[str]) -> Iterator[str]:
    if rows:
        yield f"**{title}**\n"
        yield "\n".join(f"- {row}" for row in rows) + "\n"


def _chains(report: Report) -> Iterator[str]:
    if report.redirect_chains:
        yield "## Redirects\n"
    for chain in report.redirect_chains:
        steps = [f"{number}. {code_span(step)}" for number, step in enumerate(lines.chain_steps(chain), 1)]
        yield "\n".join([*steps, *(["", "It goes round in a loop."] if chain.loop else [])]) + "\n"


def _preflights(report: Report) -> Iterator[str]:
    rows = [code_span(lines.preflight(row)) for row in report.preflights if row.verdict != "ok"]
    passed = len(report.preflights) - len(rows)
    yield from _listed("Preflights", [*rows, *([f"{passed} passed"] if passed else [])])


def _source(report: Report) -> Iterator[str]:
    source = report.source
    yield "## Recording\n"
    yield f"- {escaped(lines.recording(source))}"
    yield f"- {_sentence(lines.CREDENTIALS[source.credentials])}"
    yield from (f"- {code_span(problem.where)}: {prose(problem.what)}" for problem in source.problems)
    yield from (f"- Internal problem in {code_span(row.where)}: {prose(row.what)}" for row in report.problems)
    yield ""
    yield from _listed("To ask the customer for", [prose(advice) for advice in source.advice])


def _sentence(text: str) -> str:
    return escaped(text[:1].upper() + text[1:])
