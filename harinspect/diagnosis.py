"""Ranking: the only place that weighs rules against each other.

The order, strongest first, is that of `inspecting.Basis`: the response says so; the standards leave no other reading;
contrast; a specific signature; circumstances; prior. On top of it:

1. A refusal has one reason: only the strongest rung speaks, what stands lower is offered as a hint.
2. A wide cause gives way to the narrower one that explains it ("no session" to "the cookie was not sent because..."),
   and is no more than a hint where the file withholds what would show the narrower one.
3. A mask (an error answer without CORS headers) and a companion (state lost on the way) never lead.
4. A refusal other than 403 is explained as what its status says; what else may be behind it is a hint. So is what the
   last answer of a redirect loop seems to say: it is a consequence of the loop.
5. A request that differs from one that passed in one thing only, with nothing withheld, raises the one hint that
   blames just that thing to what contrast shows. A call that passed with what a finding blames speaks against it: a
   hint is ruled out, and what rests on contrast or signature becomes a hint. What is stated or standard stands.
6. "Unexplained" is said only where nothing above a hint is known, and comes last. Behind it stands what is usual in
   such a case (the priors), where not even a hint speaks.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import cast

from msgspec import Struct
from msgspec.structs import replace

from harinspect.har.model import Problem
from harinspect.inspecting import (
    Basis,
    Confidence,
    Evidence,
    Finding,
    Inspector,
    Part,
    RuledOut,
    Undetermined,
    Verdict,
)
from harinspect.traffic.contrast import Contrast, contrast
from harinspect.traffic.model import Denial, DenialKind
from harinspect.traffic.request_parts import Kind, kind_of
from harinspect.wire.cookie_parsing import name_in
from harinspect.wire.headers import ABSENT, WITHHELD

COMPANIONS = frozenset({"cors.missing-acao-on-error", "redirect.state-lost", "redirect.cross-origin"})
LAST = frozenset({"server.unexplained-403", "cors.blocked-unsent"})
WIDE = {  # a cause, and the beginnings of those that explain it
    "auth.missing-credentials": (
        "cookie.",
        "redirect.credentials-dropped",
        "redirect.method-changed",
        "auth.token-malformed",
    ),
    "auth.session-expired": ("cookie.",),
    "auth.token-invalid": ("auth.token-", "cookie.overwritten", "cookie.shadowed"),
    "auth.signature-mismatch": ("auth.signature-expired",),
    "csrf.cookie-missing": ("cookie.",),
    "csrf.origin-check": ("cookie.",),
    "csrf.token-missing": ("redirect.method-changed",),
    "csrf.token-mismatch": ("csrf.token-missing", "csrf.cookie-missing", "redirect.state-lost", "cookie."),
    "cors.origin-rejected": ("cors.null-origin", "cors.acao-mismatch"),
    "waf.rule": ("waf.bot-block", "waf.challenge", "rate.", "server.geo-blocked", "server.ip-denied"),
    "server.path-denied": ("server.directory-listing", "server.method-denied"),
}
KNOWN_TO_LACK = frozenset({"older-cookies.samesite", "older-cookies.not-included"})  # a session that went along before
PRECISE = frozenset({"csrf.token-mismatch", "csrf.origin-check", "auth.missing-credentials"})  # when stated: no cookie
BLAMES = {  # the beginning of a cause, and what of a request it says is at fault
    "auth.missing-credentials": (Kind.CREDENTIAL,),
    "auth.session-expired": (Kind.COOKIE,),
    "auth.token-": (Kind.CREDENTIAL,),
    "cookie.": (Kind.COOKIE,),
    "cors.null-origin": (Kind.ORIGIN,),
    "cors.origin-rejected": (Kind.ORIGIN,),
    "csrf.cookie-missing": (Kind.COOKIE,),
    "csrf.origin-check": (Kind.ORIGIN, Kind.REFERER),
    "csrf.token-": (Kind.FORGERY,),
    "referer.": (Kind.REFERER,),
    "server.fetch-metadata": (Kind.FETCH,),
    "server.method-denied": (Kind.METHOD,),
    "ua.": (Kind.CLIENT,),
}
EITHER_WAY = ("cookie.", "auth.session-", "server.", "ua.")  # the request may lack what they blame, or have it wrong
PASSED_ALIKE = "A call to the same place passed and was no different in this."
AT_MOST_UNDETERMINED = 3


class Diagnosis(Struct, frozen=True):
    """A denial's verdicts, ranked: `findings[0]` is the answer."""

    denial: Denial
    findings: tuple[Finding, ...]
    ruled_out: tuple[RuledOut, ...] = ()
    undetermined: tuple[Undetermined, ...] = ()
    problems: tuple[Problem, ...] = ()
    contrast: Contrast | None = None


def diagnose(denial: Denial, inspectors: Iterable[Inspector]) -> Diagnosis:
    """Ask every inspector and rank what they say. A check that raises becomes a problem; the others go on."""
    verdicts: list[Verdict] = []
    problems: list[Problem] = []
    for inspector in inspectors:
        for check in inspector.checks:
            try:
                verdicts += check(denial)
            except Exception as error:
                where = f"/log/entries/{denial.exchange.index}"
                problems.append(
                    Problem(where, f"A check of {inspector.name} failed on this request ({type(error).__name__}).")
                )
    return rank(denial, verdicts, tuple(problems))


def rank(denial: Denial, verdicts: Iterable[Verdict], problems: tuple[Problem, ...] = ()) -> Diagnosis:
    """Put the verdicts about one denial in order."""
    beside = contrast(denial)
    told = list(verdicts) if beside is None else _held_against(list(verdicts), beside)
    stated = [_humbled(v, denial) for v in told if isinstance(v, Finding)]
    findings = _led(_narrowed(_once(stated)))
    known = {f.rule.cause for f in findings}
    settled = bool(findings) and findings[0].confidence is Confidence.CERTAIN
    open_ = {v.rule.cause: v for v in told if isinstance(v, Undetermined) and v.rule.cause not in known}
    innocent = {v.rule.cause: v for v in told if isinstance(v, RuledOut) and v.rule.cause not in known}
    return Diagnosis(
        denial,
        tuple(findings),
        tuple(innocent.values()),
        () if settled else tuple(open_.values())[:AT_MOST_UNDETERMINED],
        problems,
        beside,
    )


def _held_against(told: list[Verdict], beside: Contrast) -> list[Verdict]:
    """What the nearest calls that passed say to each finding: see 5 above."""
    found = [v for v in told if isinstance(v, Finding)]
    raised = _raised(found, beside)
    return [
        v if not isinstance(v, Finding) else _with_twin(v, beside) if v is raised else _doubted(v, beside) for v in told
    ]


def _raised(found: list[Finding], beside: Contrast) -> Finding | None:
    """The hint that the one difference speaks for, where no other finding may explain the same."""
    if beside.decisive is None or any(f.confidence is Confidence.CERTAIN for f in found):
        return None
    speaking = [f for f in found if _blames_the_difference(f, beside)]
    family = {f.rule.cause.partition(".")[0] for f in speaking}
    rivals = {f.rule.cause for f in found if f.rule.cause.partition(".")[0] in family} - COMPANIONS - LAST
    first = speaking[0] if len(rivals) == 1 else None
    return first if first and all(f.basis is Basis.CIRCUMSTANCE for f in speaking) else None


def _blames_the_difference(finding: Finding, beside: Contrast) -> bool:
    """Does its cause speak of just that part, lacking or wrong, and of that very cookie?"""
    cause, difference = finding.rule.cause, beside.differences[0]
    if beside.decisive not in _blamed(cause):
        return False
    lacks = difference.here is ABSENT and isinstance(difference.there, str)
    if beside.decisive is Kind.COOKIE and difference.name not in map(_cookie_named, finding.evidence):
        return False
    return cause.startswith(EITHER_WAY) or ("missing" in cause) == lacks


def _cookie_named(evidence: Evidence) -> str:
    return name_in(evidence.value) if evidence.name == "set-cookie" else evidence.name


def _blamed(cause: str) -> tuple[Kind, ...]:
    return next((kinds for beginning, kinds in BLAMES.items() if cause.startswith(beginning)), ())


def _with_twin(finding: Finding, beside: Contrast) -> Finding:
    """The finding on contrast, with what the call that passed had instead."""
    there = beside.differences[0]
    value = there.there if isinstance(there.there, str) else ""
    part = cast(Part, there.part)
    evidence = Evidence(beside.twin.index, part, there.name, value, "allowed, and nothing else was different")
    return replace(finding, basis=Basis.CONTRAST, evidence=(*finding.evidence, evidence))


def _doubted(finding: Finding, beside: Contrast) -> Verdict:
    """What it blames, held against calls that passed with the same."""
    if finding.confidence is Confidence.CERTAIN:
        return finding
    kinds, mine = _blamed(finding.rule.cause), beside.denial.exchange.index
    keys = [(e.part, e.name) for e in finding.evidence if e.exchange == mine and kind_of((e.part, e.name)) in kinds]
    passed = [beside.passed_with(*key) for key in dict.fromkeys(keys)]
    if not passed or None in passed:
        return finding
    if finding.confidence is not Confidence.HINT:
        return _hinted(finding)
    there = [Evidence(e.index, "response.status", value=str(e.status), note="allowed") for e in passed if e]
    return finding.rule.ruled_out(PASSED_ALIKE, *finding.evidence, *there[:1])


def _place(finding: Finding) -> tuple[int, int, bool]:
    """Companions and the unexplained behind; then the rung; then this request's peculiarities before the server's."""
    cause = finding.rule.cause
    usual = finding.basis is Basis.PRIOR
    rank = 2 if cause in LAST else 3 if usual else 1 if cause in COMPANIONS else 0
    return rank, finding.basis.rung, cause.startswith("server.")


def _humbled(finding: Finding, denial: Denial) -> Finding:
    """What the words of an answer cannot prove: see 2 and 4 above."""
    cause, chain = finding.rule.cause, denial.traffic.chain_of.get(denial.exchange.index)
    related = denial.kind is DenialKind.RELATED and not cause.startswith("status.")
    unrecorded = denial.exchange.request.headers.get("cookie") is WITHHELD and "cookie." in WIDE.get(cause, ())
    precise = finding.basis is Basis.STATED and cause in PRECISE
    looping = chain is not None and chain.loop and finding.basis is Basis.SIGNATURE
    return _hinted(finding) if related or looping or (unrecorded and not precise) else finding


def _once(findings: Iterable[Finding]) -> list[Finding]:
    """One finding a cause, the strongest."""
    best: dict[str, Finding] = {}
    for finding in sorted(findings, key=_place):
        best.setdefault(finding.rule.cause, finding)
    return list(best.values())


def _narrowed(findings: list[Finding]) -> list[Finding]:
    """Drop a wide cause that a narrower finding above a hint explains."""
    sure = tuple(f.rule.cause for f in findings if f.confidence is not Confidence.HINT or f.rule.id in KNOWN_TO_LACK)

    def explained(cause: str) -> bool:
        return any(other != cause and other.startswith(WIDE.get(cause, ("\0",))) for other in sure)

    return [f for f in findings if not explained(f.rule.cause)]


def _led(findings: list[Finding]) -> list[Finding]:
    """The strongest rung speaks; what stands lower becomes a hint, and "unexplained" goes where something is known.

    What is usual goes where anything speaks of this very case.
    """
    if not findings:
        return findings
    leader = findings[0]
    if leader.rule.cause not in LAST:
        findings = [f for f in findings if f.basis is not Basis.PRIOR or f.rule.cause in LAST]
    if leader.confidence is not Confidence.HINT:
        findings = [f for f in findings if f.rule.cause not in LAST]
    return [f if f.basis.rung <= leader.basis.rung else _hinted(f) for f in findings]


def _hinted(finding: Finding) -> Finding:
    return finding if finding.confidence is Confidence.HINT else replace(finding, basis=Basis.CIRCUMSTANCE)
