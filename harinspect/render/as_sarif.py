"""The report as SARIF 2.1.0: every finding is a result that points at its entry of the HAR."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from hashlib import sha256
from typing import Final
from urllib.parse import quote

from harinspect.redaction.marks import CLOSE, OPEN
from harinspect.render import lines, sarif_log
from harinspect.render.addresses import address
from harinspect.render.as_json import encode
from harinspect.report.fences import one_line, prose
from harinspect.report.model import Confidence, Denial, Evidence, Finding, Report

_LEVEL: Final[dict[Confidence, sarif_log.Level]] = {"certain": "error", "likely": "warning", "hint": "note"}
_POINTER: Final[
    dict[str, tuple[str, sarif_log.Kind]]
] = {  # members that HAR 1.2 demands; for the others, the object that would hold them
    "request.url": ("/request/url", "value"),
    "request.method": ("/request/method", "value"),
    "request.header": ("/request/headers", "array"),
    "request.cookie": ("/request/headers", "array"),
    "request.body": ("/request", "object"),
    "response.status": ("/response/status", "value"),
    "response.header": ("/response/headers", "array"),
    "response.cookie": ("/response/headers", "array"),
    "response.body": ("/response/content", "object"),
    "response.error": ("/response", "object"),
}
_MARK: Final = re.compile(f"{OPEN}[^{CLOSE}]*{CLOSE}")
_TOOL: Final = "harinspect"


def render(reports: Sequence[Report]) -> bytes:
    """One log with a run for each report, in UTF-8 without a final newline."""
    return encode(sarif_log.Log(schema=sarif_log.SCHEMA, version="2.1.0", runs=tuple(map(_run, reports))))


def _run(report: Report) -> sarif_log.Run:
    place = _artifact(report.source.name)
    found = [(denial, finding) for denial in report.denials for finding in denial.findings]
    rules = {finding.rule: _rule(finding) for _, finding in reversed(found)}  # told as in the first finding
    order = {rule: number for number, rule in enumerate(sorted(rules))}
    driver = sarif_log.Driver(name=_TOOL, version=report.version, rules=tuple(rules[rule] for rule in order))
    return sarif_log.Run(
        tool=sarif_log.Tool(driver=driver),
        automation_details=sarif_log.AutomationDetails(id=f"{_TOOL}/{place.uri}"),
        invocations=(
            sarif_log.Invocation(execution_successful=True, tool_execution_notifications=tuple(_noted(report, place))),
        ),
        artifacts=(sarif_log.Artifact(location=place, length=report.source.bytes, roles=("analysisTarget",)),),
        results=tuple(_results(report.denials, order, place)),
    )


def _artifact(name: str) -> sarif_log.ArtifactLocation:
    """The recording by its name; a name can lead nowhere but to a file below the reader's folder."""
    steps = (quote(step, safe="", errors="replace") for step in name.replace("\\", "/").split("/"))
    kept = [step for step in steps if step.strip(".")]
    return sarif_log.ArtifactLocation(uri="/".join(kept) or "recording.har", index=0)


def _rule(finding: Finding) -> sarif_log.Rule:
    links = tuple(ref for ref in finding.refs if ref.startswith("https://"))
    return sarif_log.Rule(
        id=finding.rule,
        short_description=_message(finding.title),
        properties=sarif_log.RuleProperties(cause=finding.cause, refs=links),
        help_uri=links[0] if links else "",
    )


def _results(
    denials: Sequence[Denial], order: dict[str, int], place: sarif_log.ArtifactLocation
) -> Iterator[sarif_log.Result]:
    seen: Counter[str] = Counter()
    for denial in denials:
        for number, finding in enumerate(denial.findings, 1):
            print_ = _fingerprint(denial, finding)
            seen[print_] += 1
            yield sarif_log.Result(
                rule_id=finding.rule,
                rule_index=order[finding.rule],
                level=_LEVEL[finding.confidence],
                message=_told(denial, finding),
                locations=(_location(denial.exchange, place),),
                partial_fingerprints={"refusal/v1": f"{print_}:{seen[print_]}"},
                related_locations=tuple(_evidence(piece, place) for piece in finding.evidence),
                web_request=sarif_log.WebRequest(method=one_line(denial.method), target=one_line(denial.url)),
                web_response=sarif_log.WebResponse(status_code=denial.status) if denial.status else None,
                properties=_properties(number, finding),
            )


def _told(denial: Denial, finding: Finding) -> sarif_log.Message:
    asked = f"#{denial.exchange} `{one_line(denial.method, 20)} {one_line(denial.url, 400)}`: {lines.outcome(denial)}."
    return _message(f"{finding.title}. {finding.why} ({asked})")


def _properties(number: int, finding: Finding) -> sarif_log.Told:
    return sarif_log.Told(
        place=number,
        cause=finding.cause,
        confidence=finding.confidence,
        basis=finding.basis,
        responsible=finding.responsible,
        temporary=finding.temporary,
        fixes=finding.fixes,
        verified=finding.verified,
    )


def _location(
    index: int, place: sarif_log.ArtifactLocation, part: str = "", told: sarif_log.Message | None = None
) -> sarif_log.Location:
    below, kind = _POINTER.get(part, ("", "object"))
    pointed = sarif_log.LogicalLocation(fully_qualified_name=f"/log/entries/{index}{below}", kind=kind)
    physical = sarif_log.PhysicalLocation(artifact_location=place)
    return sarif_log.Location(physical_location=physical, logical_locations=(pointed,), message=told)


def _evidence(piece: Evidence, place: sarif_log.ArtifactLocation) -> sarif_log.Location:
    quoted = piece.value.replace("`", "'")
    value = f": `{quoted}`" if quoted else ""
    note = f" ({piece.note})" if piece.note else ""
    return _location(piece.exchange, place, piece.part, _message(f"{lines.place(piece)}{value}{note}"))


def _fingerprint(denial: Denial, finding: Finding) -> str:
    """Alike for the same refusal in another run or recording: without masked values, whose marks change each time."""
    at = address(_MARK.sub("", denial.url))
    told = "\n".join((finding.rule, denial.method, str(denial.status), at.host, at.path))
    return sha256(told.encode(errors="replace")).hexdigest()[:32]


def _noted(report: Report, place: sarif_log.ArtifactLocation) -> Iterator[sarif_log.Notification]:
    """What would be lost otherwise: refusals without a finding, and what of the file could not be read."""
    for denial in report.denials:
        if not denial.findings:
            told = f"`{one_line(denial.method, 20)} {one_line(denial.url, 400)}`: {lines.outcome(denial)}"
            where = (_location(denial.exchange, place),)
            yield sarif_log.Notification(
                level="note", message=_message(f"{told}. No cause could be found in the file."), locations=where
            )
    for problem in report.source.problems:
        yield sarif_log.Notification(level="warning", message=_message(f"{problem.where}: {problem.what}"))
    for problem in report.problems:
        yield sarif_log.Notification(level="error", message=_message(f"Internal: {problem.where}: {problem.what}"))


def _message(text: str) -> sarif_log.Message:
    """Text that no viewer takes for a placeholder (section 3.11.5, braces are doubled) or a link (section 3.11.6)."""
    bare = one_line(text, 8000).replace("`", "").replace("](", "] (")
    return sarif_log.Message(text=_braced(bare), markdown=_braced(prose(text)))


def _braced(text: str) -> str:
    return text.replace("{", "{{").replace("}", "}}")
