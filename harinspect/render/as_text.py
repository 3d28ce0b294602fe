"""The report for a terminal: readable at 80 columns and without colour, most important first."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from io import StringIO
from typing import Final

from rich.console import Console
from rich.text import Text

from harinspect.render import contrasts, lines, words
from harinspect.report.fences import one_line, printable
from harinspect.report.model import Denial, Finding, Report, Snippet

_STYLES: Final = {"certain": "bold red", "likely": "yellow", "hint": "cyan"}
_LONGEST: Final = 400  # characters of one value
_SAME_SHOWN: Final = 10
_CODE_SHOWN: Final = 2  # stacks; the others are in the other formats
_BRIEF: Final = 6  # ruled-out and undetermined causes shown


class _Page:
    """Lines with hanging indents. No value is read as markup, and none reaches the terminal with its controls."""

    def __init__(self, width: int, color: bool) -> None:
        self._out = StringIO()
        self._width = max(width, 40)
        self._console = Console(
            file=self._out,
            width=self._width,
            force_terminal=color,
            color_system="standard" if color else None,
            no_color=not color,
            highlight=False,
            markup=False,
            emoji=False,
            legacy_windows=False,
        )

    def line(self, text: str, indent: int = 0, style: str = "", lead: str = "") -> None:
        """One paragraph; `lead` stands before it, and later lines hang below its end."""
        hang = min(indent + len(lead), self._width // 3)
        body = Text(one_line(text, 4000), style=style)
        body.highlight_regex(r"`[^`]+`", "bold")
        for number, part in enumerate(body.wrap(self._console, self._width - hang, overflow="fold")):
            front = Text(" " * indent + lead) if number == 0 else Text(" " * hang)
            part.rstrip()
            self._console.print(front + part, overflow="ignore", no_wrap=True, crop=False)

    def code(self, text: str, indent: int) -> None:
        """Lines as they are: one that was folded would be another line once it is pasted."""
        for line in printable(text).expandtabs(4).splitlines():
            self._console.print(Text(" " * indent + line.rstrip()), overflow="ignore", no_wrap=True, crop=False)

    def heading(self, text: str) -> None:
        self.gap()
        self.line(text.upper(), style="bold")

    def gap(self) -> None:
        self._console.print()

    def text(self) -> str:
        return "\n".join(line.rstrip() for line in self._out.getvalue().strip("\n").split("\n")) + "\n"


def render(report: Report, *, width: int = 80, color: bool = False) -> str:
    """Plain text of at most `width` columns (40 or more), with ANSI colours if asked; ends with a newline."""
    page = _Page(width, color)
    page.line(f"{report.source.name}: {report.summary.sentence or _counted(report)}", style="bold")
    _causes(page, report)
    for number, group in enumerate(lines.grouped(report.denials)):
        if number == 0:
            page.heading("Refused requests")
        _group(page, group)
    _chains(page, report)
    _preflights(page, report)
    _source(page, report)
    _more(page, report)
    return page.text()


def _counted(report: Report) -> str:
    return f"{report.summary.denials} refused requests." if report.denials else "nothing was refused."


def _causes(page: _Page, report: Report) -> None:
    if not report.summary.causes:
        return
    page.heading("Causes")
    for number, cause in enumerate(report.summary.causes, 1):
        page.line(cause.title, lead=f"{number}. ", style=_STYLES[cause.confidence])
        who = lines.acts(cause.responsible)
        page.line(f"{cause.confidence}; {who}; {cause.cause}; {lines.exchanges(cause.denials)}", 3)


def _group(page: _Page, group: lines.Group) -> None:
    denial = group.first
    page.gap()
    _request(page, denial, 0)
    page.line("; ".join(part for part in (lines.answered_by(denial), denial.started or "") if part), 4, "dim")
    if denial.meaning:
        page.line(denial.meaning, 4, "dim")
    for number, finding in enumerate(denial.findings):
        _finding(page, finding, with_code=number == 0)
    if not denial.findings:
        page.line("No cause could be found in the file.", 2)
    _others(page, group.others)
    _contrast(page, denial)
    _brief(page, "Ruled out", [f"{row.cause}: {row.reason}" for row in denial.ruled_out])
    _brief(page, "Cannot tell", [f"{row.cause}: {row.reason} Needs: {row.needs}" for row in denial.undetermined])
    _checks(page, denial)
    if told := lines.poor(denial):
        page.line(f"For the server's owner: {told}", 2)
    for myth in denial.myths:
        page.line(f"{myth.belief} {myth.truth}", 2, lead="Often believed: ")


def _request(page: _Page, denial: Denial, indent: int) -> None:
    lead = f"#{denial.exchange} {lines.outcome(denial)} "
    page.line(f"{one_line(denial.method, 20)} {one_line(denial.url, _LONGEST)}", indent, "bold", lead)


def _finding(page: _Page, finding: Finding, *, with_code: bool) -> None:
    page.line(finding.title, 2, _STYLES[finding.confidence], "> ")
    page.line(lines.standing(finding), 4)
    page.line(finding.why, 4)
    for evidence in finding.evidence:
        value = f": {one_line(evidence.value, _LONGEST)}" if evidence.value else ""
        note = f" ({evidence.note})" if evidence.note else ""
        page.line(f"{lines.place(evidence)}{value}{note}", 4, lead="| ")
    for fix in finding.fixes:
        page.line(fix.text, 4, lead=f"{lines.FOR[fix.audience]} ({fix.effort}): ")
        if with_code:
            _code(page, fix.snippets)
        for label, text in words.care(fix) if with_code else ():
            page.line(text, 6, lead=f"{label}: ")
    if told := lines.tried(finding):
        page.line(told, 4)


def _code(page: _Page, snippets: Sequence[Snippet]) -> None:
    for snippet in snippets[:_CODE_SHOWN]:
        page.line(f"{_stack(snippet)}:", 6)
        page.code(snippet.code, 8)
    if rest := [_stack(snippet) for snippet in snippets[_CODE_SHOWN:]]:
        page.line(f"Also for {', '.join(rest)}: in the other formats.", 6, "dim")


def _stack(snippet: Snippet) -> str:
    return words.STACK.get(snippet.stack, snippet.stack)


def _others(page: _Page, others: Sequence[Denial]) -> None:
    if not others:
        return
    page.line(f"The same holds for {len(others)} more:", 2)
    for denial in others[:_SAME_SHOWN]:
        lead = f"#{denial.exchange} {denial.status or 'no answer'} "
        page.line(f"{one_line(denial.method, 20)} {one_line(denial.url, 160)}", 4, lead=lead)
    if len(others) > _SAME_SHOWN:
        page.line(lines.exchanges([denial.exchange for denial in others[_SAME_SHOWN:]], 40), 4)


def _contrast(page: _Page, denial: Denial) -> None:
    if denial.contrast is None:
        return
    rows = contrasts.compared(denial.contrast)
    page.line(contrasts.heading(denial.contrast) + (":" if rows else "."), 2)
    for row in rows:
        here, there = (one_line(value, 120) or "(none)" for value in (row.here, row.there))
        page.line(f"{contrasts.named(row)}: here {here}, there {there}", 4)


def _brief(page: _Page, title: str, rows: Sequence[str]) -> None:
    if rows:
        page.line(f"{title}:", 2)
    for row in rows[:_BRIEF]:
        page.line(row, 4, lead="- ")
    if len(rows) > _BRIEF:
        page.line(f"and {len(rows) - _BRIEF} more", 4)


def _checks(page: _Page, denial: Denial) -> None:
    if denial.checks:
        page.line("Next checks:", 2)
    for number, check in enumerate(denial.checks, 1):
        lead = f"{number}. [answered] " if check.answered else f"{number}. "
        page.line(f"{check.text} {check.answered or check.tells}", 4, lead=lead)


def _chains(page: _Page, report: Report) -> None:
    if report.redirect_chains:
        page.heading("Redirects")
    for chain in report.redirect_chains:
        for number, step in enumerate(lines.chain_steps(chain)):
            page.line(one_line(step, 200), 0 if number == 0 else 2, lead="" if number == 0 else "-> ")
        if chain.loop:
            page.line("goes round in a loop", 2, "bold")


def _preflights(page: _Page, report: Report) -> None:
    failed = [preflight for preflight in report.preflights if preflight.verdict != "ok"]
    if not report.preflights:
        return
    page.heading("Preflights")
    for preflight in failed:
        page.line(lines.preflight(preflight))
    passed = len(report.preflights) - len(failed)
    if passed:
        page.line(f"{passed} passed.")


def _source(page: _Page, report: Report) -> None:
    source = report.source
    page.heading("Recording")
    page.line(f"{lines.recording(source)}; {lines.CREDENTIALS[source.credentials]}")
    for problem in source.problems:
        page.line(f"{problem.where}: {problem.what}", 2)
    for problem in report.problems:
        page.line(f"internal problem in {problem.where}: {problem.what}", 2)
    if source.advice:
        page.heading("To ask the customer for")
    for number, advice in enumerate(source.advice, 1):
        page.line(advice, lead=f"{number}. ")


def _more(page: _Page, report: Report) -> None:
    page.gap()
    name = shlex.quote(one_line(report.source.name, 200) or "FILE.har")
    page.line(
        f"Everything, with headers, bodies and messages to send on: harinspect inspect {name} --format html -o"
        f" report.html"
        " (or json, markdown). In the browser: harinspect serve",
        style="dim",
    )
