"""A diagnosis as the report tells it: words filled with redacted values, evidence, fixes and next steps."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import partial

from msgspec.structs import replace

from harinspect import inspecting
from harinspect.diagnosis import Diagnosis
from harinspect.knowledge import Answer, Hit
from harinspect.knowledge.fixes import NOTHING, Recipe, recipe
from harinspect.redaction.reports import ReportRedactor
from harinspect.report import model
from harinspect.report.answered import Answered
from harinspect.report.case import Case
from harinspect.report.contrasts import contrast_part
from harinspect.report.escalation import escalation
from harinspect.report.meaning import meaning, myths
from harinspect.report.next_steps import checks, steps
from harinspect.report.quality import remarks
from harinspect.report.times import when
from harinspect.traffic.model import Denial, DenialKind, Traffic
from harinspect.traffic.simulate import Untested, Verified, spelt, verify

NOBODY = Answer()
ADDRESS = ("http://", "https://", "ws://", "wss://")
STRANGERS = ("api-platform",)
GUARDS = ("waf", "cdn")
GUARDED = ("rate.", "server.", "ua.", "waf.")  # families of what a guard refuses by its own settings
HOLE = re.compile(r"\{([a-z_]+)\}")  # filled in one pass: a value that looks like a hole stays what it is


def denial_part(diagnosis: Diagnosis, redactor: ReportRedactor, like: int | None = None) -> model.Denial:
    """One refused exchange with everything that is known of it; what to do next is told at `like`, if that is given."""
    denial, exchange = diagnosis.denial, diagnosis.denial.exchange
    answer = denial.answer
    layer = _layer(diagnosis, answer)
    findings = tuple(finding_part(finding, redactor, denial.traffic, answer) for finding in diagnosis.findings)
    responder = _responder(exchange.index, answer, redactor)
    told = model.Denial(
        exchange=exchange.index,
        kind=denial.kind.value,
        method=redactor.word(exchange.method),
        url=redactor.url(exchange.url),
        status=exchange.status,
        started=when(exchange.started),
        layer=layer,
        responder=responder,
        present=tuple(dict.fromkeys(hit.responder.name for hit in answer.present)),
        findings=findings,
        ruled_out=tuple(_ruled_out(verdict, redactor) for verdict in diagnosis.ruled_out),
        undetermined=tuple(_undetermined(verdict, redactor) for verdict in diagnosis.undetermined),
        contrast=None if _is_beside_the_point(diagnosis) else contrast_part(diagnosis.contrast, redactor),
        like=like,
    )
    if like is not None:
        return told
    return _with_quality(_with_guidance(told, denial, redactor), denial, redactor)


def _is_beside_the_point(diagnosis: Diagnosis) -> bool:
    """Where the cause is certain, another method that passed at the same address shows nothing more."""
    first = diagnosis.findings[0] if diagnosis.findings else None
    if diagnosis.contrast is None or first is None or first.rule.cause == "server.method-denied":
        return False
    by_method = any(difference.part == "request.method" for difference in diagnosis.contrast.differences)
    return by_method and first.confidence is inspecting.Confidence.CERTAIN


def _with_guidance(told: model.Denial, denial: Denial, redactor: ReportRedactor) -> model.Denial:
    """What it means, and what to do next."""
    case = Case(denial, told, redactor)
    return replace(told, meaning=meaning(case), checks=checks(case), steps=steps(case), myths=myths(case))


def _with_quality(told: model.Denial, denial: Denial, redactor: ReportRedactor) -> model.Denial:
    """What is said about the answer itself, and what to send to its owner."""
    answer = Answered(denial.exchange, redactor)
    told = replace(told, quality=remarks(denial, told, answer, redactor))
    return replace(told, escalation=escalation(denial, told, answer, redactor))


def _layer(diagnosis: Diagnosis, answer: Answer) -> str:
    if diagnosis.denial.kind is DenialKind.BLOCKED and not answer.blocked:
        return "browser"
    return answer.blocked[0].layer if answer.blocked else "unknown"


def _responder(index: int, answer: Answer, redactor: ReportRedactor) -> model.Responder | None:
    """Who wrote the refusal; words that any application may use name nobody."""
    named = next((hit for hit in answer.blocked if not hit.responder.generic), None)
    if named is None:
        return None
    return model.Responder(name=named.responder.name, layer=named.layer, evidence=tuple(_clues(index, named, redactor)))


def _clues(index: int, hit: Hit, redactor: ReportRedactor) -> list[model.Evidence]:
    found = [inspecting.Evidence(index, part, name, value) for part, name, value in hit.evidence]  # type: ignore[arg-type]
    return [evidence_part(evidence, redactor) for evidence in found]


def finding_part(
    finding: inspecting.Finding, redactor: ReportRedactor, traffic: Traffic, answer: Answer = NOBODY
) -> model.Finding:
    """A finding in words. Its change is tried on the recording, and a fix that does not pass is not offered."""
    rule = finding.rule
    tried = verify(finding.change, traffic) if finding.change else None
    fails = isinstance(tried, Verified) and not tried.holds
    return model.Finding(
        rule=rule.id,
        cause=rule.cause,
        title=rule.title,
        confidence=finding.confidence.value,
        responsible=rule.responsible,
        temporary=rule.temporary,
        why=filled(rule.why, finding.holes, redactor),
        basis=finding.basis.value,
        evidence=tuple(evidence_part(evidence, redactor) for evidence in finding.evidence),
        fixes=_fixes(finding, _recipe(finding, redactor, traffic, answer), redactor, without_the_tried_one=fails),
        verified=_verified(tried, redactor),
        unverified=tried.why if isinstance(tried, Untested) else "",
        refs=rule.refs,
    )


def _verified(tried: Verified | Untested | None, redactor: ReportRedactor) -> model.Verified | None:
    return model.Verified(holds=tried.holds, how=redactor.text(tried.how)) if isinstance(tried, Verified) else None


def _fixes(
    finding: inspecting.Finding, made: Recipe, redactor: ReportRedactor, *, without_the_tried_one: bool
) -> tuple[model.Fix, ...]:
    """The first fix that is not the user's was tried. It carries the recipe, unless that is made for another reader."""
    others = [fix for fix in finding.rule.fixes if fix.audience != "user"]
    tried = others[0] if others else None
    bearer = next((fix for fix in others if fix.audience == made.audience), tried)
    return tuple(
        _fix(
            fix,
            filled(fix.text, finding.holes, redactor),
            made if fix is bearer and not without_the_tried_one else NOTHING,
        )
        for fix in finding.rule.fixes
        if not (without_the_tried_one and fix is tried)
    )


def _recipe(finding: inspecting.Finding, redactor: ReportRedactor, traffic: Traffic, answer: Answer) -> Recipe:
    """The recipe for the cause; where a firewall or a stranger's service refused, what is for that product alone.

    None where it is only usual: nothing of this case speaks for a change of code.
    """
    known = recipe(finding.rule.cause)
    if finding.basis is inspecting.Basis.PRIOR or finding.rule.id in known.without:
        return NOTHING
    values = dict(finding.holes) | spelt(finding.change, traffic)
    made = known.fill({name: redacted(value, redactor) for name, value in values.items()})
    named = next((hit for hit in answer.blocked if not hit.responder.generic), None)
    if named and (named.layer in STRANGERS or (finding.rule.cause.startswith(GUARDED) and named.layer in GUARDS)):
        return made.only_for(named.responder.id)
    return made.sorted_for([hit.responder.id for hit in (*answer.blocked, *answer.present)])


def _fix(fix: inspecting.Fix, text: str, made: Recipe) -> model.Fix:
    return model.Fix(
        audience=fix.audience,
        effort=fix.effort,
        text=text,
        snippets=tuple(model.Snippet(stack=one.stack, code=one.code) for one in made.snippets),
        access=made.access,
        undo=made.undo,
        verify=made.verify,
    )


def filled(prose: str, holes: Mapping[str, str], redactor: ReportRedactor) -> str:
    """Prose with its {holes} filled by redacted values; backticks are taken out so that no value ends a code span."""

    def value(hole: re.Match[str]) -> str:
        if hole[1] not in holes:
            return hole[0]
        shown = redactor.word if hole[1] == "method" else partial(redacted, redactor=redactor)
        return shown(holes[hole[1]]).replace("`", "'")

    return HOLE.sub(value, prose) if "{" in prose else prose


def redacted(value: str, redactor: ReportRedactor) -> str:
    """A value of unknown kind: an address as an address, anything else as text."""
    is_address = value.startswith(ADDRESS) and ", http" not in value
    return redactor.url(value) if is_address else redactor.text(value)


def evidence_part(evidence: inspecting.Evidence, redactor: ReportRedactor) -> model.Evidence:
    """A place in the file with its redacted value."""
    if evidence.part in ("request.header", "response.header"):
        value = redactor.header(evidence.name, evidence.value) if evidence.value else ""
    elif evidence.part in ("request.cookie", "response.cookie"):
        value = redactor.value("cookie", evidence.value) if evidence.value else ""
    elif evidence.part == "server_ip":
        value = redactor.address(evidence.value)
    elif evidence.part == "request.method":
        value = redactor.word(evidence.value)
    else:
        value = redacted(evidence.value, redactor)
    return model.Evidence(
        exchange=evidence.exchange,
        part=evidence.part,
        name=redactor.word(evidence.name),
        value=value,
        note=evidence.note,
    )


def _ruled_out(verdict: inspecting.RuledOut, redactor: ReportRedactor) -> model.RuledOut:
    return model.RuledOut(
        cause=verdict.rule.cause,
        reason=filled(verdict.reason, verdict.holes, redactor),
        evidence=tuple(evidence_part(evidence, redactor) for evidence in verdict.evidence),
    )


def _undetermined(verdict: inspecting.Undetermined, redactor: ReportRedactor) -> model.Undetermined:
    return model.Undetermined(
        cause=verdict.rule.cause,
        reason=filled(verdict.reason, verdict.holes, redactor),
        needs=filled(verdict.needs, verdict.holes, redactor),
    )
