"""Parts of the report told in one line of plain text, and denials of one kind put together: for terminal and ticket."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from harinspect.report.model import Denial, Evidence, Finding, Preflight, RedirectChain, Remark, Source

ACTS: Final = {
    "server-config": "whoever configures the server",
    "application": "the application's developers",
    "client-code": "the developers of the page or client",
    "identity-provider": "whoever runs the identity provider",
    "user": "the user",
    "network": "the network's administrators",
    "policy": "whoever owns the policy, if it should change at all",
    "unknown": "not known",
}
LASTS: Final = {"yes": "passes by itself", "no": "stays until changed", "maybe": "may pass by itself"}
FOR: Final = {"user": "User", "developer": "Developer", "admin": "Administrator"}
CREDENTIALS: Final = {
    "recorded": "cookies and tokens recorded",
    "removed": "cookies and tokens removed by the export",
    "unknown": "cannot tell whether cookies and tokens were removed",
}


@dataclass(frozen=True, slots=True)
class Group:
    """Denials with the same answer: the first is told in full, the others are listed."""

    first: Denial
    others: tuple[Denial, ...] = ()


def grouped(denials: Sequence[Denial]) -> tuple[Group, ...]:
    """Denials by the rules found and who answered, in the order of their first; by status where nothing was found.

    A refused preflight and the request that it stopped are one story.
    """
    rows: dict[tuple[object, ...], list[Denial]] = {}
    for denial in denials:
        rows.setdefault(_story(denial), []).append(denial)
    return tuple(Group(first, tuple(others)) for first, *others in rows.values())


def _story(denial: Denial) -> tuple[object, ...]:
    rules = tuple((finding.rule, finding.confidence) for finding in denial.findings)
    if rules and denial.findings[0].cause.startswith("cors.preflight-"):
        return rules[:1]
    answered = denial.responder.name if denial.responder else ""
    return rules, denial.kind, 0 if rules else denial.status, denial.layer, answered


def place(evidence: Evidence) -> str:
    """Where in the file: "#12 response header vary"."""
    return f"#{evidence.exchange} {evidence.part.replace('.', ' ').replace('_', ' ')} {evidence.name}".rstrip()


def outcome(denial: Denial) -> str:
    """What came of the request, in a word or two."""
    if denial.kind == "blocked":
        return f"blocked by the browser (status {denial.status})" if denial.status else "blocked, no answer"
    return str(denial.status)


def answered_by(denial: Denial) -> str:
    """Who refused, and who else is known to stand in the path."""
    layer = "" if denial.layer == "unknown" else denial.layer
    if denial.responder:
        told = f"refused by {denial.responder.name} ({denial.responder.layer})"
    else:
        told = f"refused by: {layer}" if layer else "who refused is not known"
    present = [name for name in denial.present if not denial.responder or name != denial.responder.name]
    return f"{told}; in the path: {', '.join(present)}" if present else told


def acts(responsible: str) -> str:
    """Who has to act."""
    return f"acts: {ACTS.get(responsible, responsible)}"


def standing(finding: Finding) -> str:
    """Confidence with its basis, who acts, and whether it passes."""
    basis = f" ({finding.basis})" if finding.basis else ""
    return f"{finding.confidence}{basis}; {acts(finding.responsible)}; {LASTS[finding.temporary]}"


def tried(finding: Finding) -> str:
    """The fix, tried on the recording, "" where nothing is said of that."""
    if finding.verified is None:
        return f"Not checked by simulation: {finding.unverified}" if finding.unverified else ""
    checked = "Checked by simulation" if finding.verified.holds else "Tried by simulation, and left out"
    return f"{checked}: {finding.verified.how}"


def remark(found: Remark) -> str:
    """One remark on the answer with its advice, and a mark for what is well as it is."""
    quoted = next(
        (f" `{e.value.replace('`', chr(39))}`" for e in found.evidence if e.part != "response.status" and e.value), ""
    )
    return f"{'Good' if found.good else 'To improve'}: {found.text}{quoted} {found.advice}".rstrip()


def poor(denial: Denial) -> str:
    """What is wrong with the answer itself, in short; a version in a header field is left for longer reports."""
    told = (r.text for r in denial.quality if not r.good and not (r.point == "leak" and r.evidence[0].name))
    return " ".join(told)


def exchanges(indexes: Sequence[int], most: int = 12) -> str:
    """ "#1, #2 and 5 more"."""
    shown = ", ".join(f"#{index}" for index in indexes[:most])
    return shown if len(indexes) <= most else f"{shown} and {len(indexes) - most} more"


def chain_steps(chain: RedirectChain) -> list[str]:
    """One line a hop, with what the step away from it lost."""
    lost: dict[int, list[str]] = {}
    for dropped in chain.dropped:
        lost.setdefault(dropped.hop, []).append(dropped.what)
    steps = []
    for number, hop in enumerate(chain.hops):
        kind = f" {hop.kind}" if hop.kind != "http" else ""
        loses = f" [loses {', '.join(lost[number])}]" if number in lost else ""
        steps.append(f"#{hop.exchange} {hop.status or 'no answer'}{kind} {hop.url}{loses}")
    return steps


def preflight(row: Preflight) -> str:
    """A preflight: what was asked, and what came of it."""
    actual = f" for #{row.actual}" if row.actual is not None else ", its request is not in the file"
    headers = f" with {', '.join(row.asked.headers)}" if row.asked.headers else ""
    granted = ", ".join(part for part in (row.granted.methods, row.granted.headers) if part) or "nothing"
    return f"#{row.options}{actual}: {row.verdict}; asked {row.asked.method}{headers}; granted {granted}"


def recording(source: Source) -> str:
    """How much was read, from which browser or tool."""
    lost = f", {source.lost} lost" if source.lost else ""
    one = "exchange" if source.entries == 1 else "exchanges"
    return f"{source.entries} {one}{lost}; {source.browser or source.creator or source.exporter}"
