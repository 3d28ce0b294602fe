"""A diagnosis as the report tells it: words filled with redacted values, evidence, fixes and next steps."""

from __future__ import annotations

import re
from collections.abc import Mapping

from harinspect import inspecting
from harinspect.diagnosis import Diagnosis
from harinspect.knowledge import Answer, Hit
from harinspect.knowledge.fixes import filled as completed
from harinspect.redaction.values import Redactor
from harinspect.report import model
from harinspect.report.escalation import escalation
from harinspect.report.next_steps import checks
from harinspect.report.times import when
from harinspect.traffic.model import DenialKind, Traffic
from harinspect.traffic.simulate import Untested, Verified, spelt, verify

HOLE = re.compile(r"\{([a-z_]+)\}")  # filled in one pass: a value that looks like a hole stays what it is


def denial_part(diagnosis: Diagnosis, redactor: Redactor) -> model.Denial:
    """One refused exchange with everything that is known of it."""
    denial, exchange = diagnosis.denial, diagnosis.denial.exchange
    answer = denial.answer
    layer = _layer(diagnosis, answer)
    findings = tuple(finding_part(finding, redactor, denial.traffic) for finding in diagnosis.findings)
    responder = _responder(exchange.index, answer, redactor)
    return model.Denial(
        exchange=exchange.index,
        kind=denial.kind.value,
        method=exchange.method,
        url=redactor.url(exchange.url),
        status=exchange.status,
        started=when(exchange.started),
        layer=layer,
        responder=responder,
        present=tuple(dict.fromkeys(hit.responder.name for hit in answer.present)),
        findings=findings,
        ruled_out=tuple(_ruled_out(verdict, redactor) for verdict in diagnosis.ruled_out),
        undetermined=tuple(_undetermined(verdict, redactor) for verdict in diagnosis.undetermined),
        checks=checks(denial, layer, findings[0].cause if findings else None),
        escalation=escalation(
            denial,
            layer,
            responder.name if responder else "",
            redactor,
            findings[0].title if findings else "",
            findings[0].responsible if findings else "",
        ),
    )


def _layer(diagnosis: Diagnosis, answer: Answer) -> str:
    if diagnosis.denial.kind is DenialKind.BLOCKED and not answer.blocked:
        return "browser"
    return answer.blocked[0].layer if answer.blocked else "unknown"


def _responder(index: int, answer: Answer, redactor: Redactor) -> model.Responder | None:
    """Who wrote the refusal; words that any application may use name nobody."""
    named = next((hit for hit in answer.blocked if not hit.responder.generic), None)
    if named is None:
        return None
    return model.Responder(name=named.responder.name, layer=named.layer, evidence=tuple(_clues(index, named, redactor)))


def _clues(index: int, hit: Hit, redactor: Redactor) -> list[model.Evidence]:
    found = [inspecting.Evidence(index, part, name, value) for part, name, value in hit.evidence]  # type: ignore[arg-type]
    return [evidence_part(evidence, redactor) for evidence in found]


def finding_part(finding: inspecting.Finding, redactor: Redactor, traffic: Traffic) -> model.Finding:
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
        fixes=_fixes(finding, redactor, traffic, without_the_tried_one=fails),
        verified=_verified(tried, redactor),
        unverified=tried.why if isinstance(tried, Untested) else "",
        refs=rule.refs,
    )


def _verified(tried: Verified | Untested | None, redactor: Redactor) -> model.Verified | None:
    return model.Verified(holds=tried.holds, how=redactor.text(tried.how)) if isinstance(tried, Verified) else None


def _fixes(
    finding: inspecting.Finding, redactor: Redactor, traffic: Traffic, *, without_the_tried_one: bool
) -> tuple[model.Fix, ...]:
    """The first fix that is not the user's carries the snippets, and is the one that was tried."""
    values = dict(finding.holes) | spelt(finding.change, traffic)
    holes = {name: redacted(value, redactor) for name, value in values.items()}
    code = tuple(model.Snippet(stack=s.stack, code=s.code) for s in completed(finding.rule.cause, holes))
    bearer = next((fix for fix in finding.rule.fixes if fix.audience != "user"), None)
    return tuple(
        model.Fix(
            audience=fix.audience,
            effort=fix.effort,
            text=filled(fix.text, finding.holes, redactor),
            snippets=code if fix is bearer else (),
        )
        for fix in finding.rule.fixes
        if not (without_the_tried_one and fix is bearer)
    )


def filled(prose: str, holes: Mapping[str, str], redactor: Redactor) -> str:
    """Prose with its {holes} filled by redacted values; backticks are taken out so that no value ends a code span."""

    def value(hole: re.Match[str]) -> str:
        return redacted(holes[hole[1]], redactor).replace("`", "'") if hole[1] in holes else hole[0]

    return HOLE.sub(value, prose)


def redacted(value: str, redactor: Redactor) -> str:
    """A value of unknown kind: an address as an address, anything else as text."""
    return redactor.url(value) if value.startswith(("http://", "https://", "ws://", "wss://")) else redactor.text(value)


def evidence_part(evidence: inspecting.Evidence, redactor: Redactor) -> model.Evidence:
    """A place in the file with its redacted value."""
    if evidence.part in ("request.header", "response.header"):
        value = redactor.header(evidence.name, evidence.value) if evidence.value else ""
    elif evidence.part in ("request.cookie", "response.cookie"):
        value = redactor.value("cookie", evidence.value) if evidence.value else ""
    else:
        value = redacted(evidence.value, redactor)
    return model.Evidence(
        exchange=evidence.exchange, part=evidence.part, name=evidence.name, value=value, note=evidence.note
    )


def _ruled_out(verdict: inspecting.RuledOut, redactor: Redactor) -> model.RuledOut:
    return model.RuledOut(
        cause=verdict.rule.cause,
        reason=filled(verdict.reason, verdict.holes, redactor),
        evidence=tuple(evidence_part(evidence, redactor) for evidence in verdict.evidence),
    )


def _undetermined(verdict: inspecting.Undetermined, redactor: Redactor) -> model.Undetermined:
    return model.Undetermined(
        cause=verdict.rule.cause,
        reason=filled(verdict.reason, verdict.holes, redactor),
        needs=filled(verdict.needs, verdict.holes, redactor),
    )
