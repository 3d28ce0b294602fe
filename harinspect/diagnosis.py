"""Ranking: the only place that weighs rules against each other.

The order, strongest first, is that of `inspecting.Basis`: the response says so; the standards leave no other reading;
contrast; a specific signature; circumstances; prior. On top of it:

1. A refusal has one reason: only the strongest rung speaks, what stands lower is offered as a hint.
2. A wide cause gives way to the narrower one that explains it ("no session" to "the cookie was not sent because..."),
   and is no more than a hint where the file withholds what would show the narrower one.
3. A mask (an error answer without CORS headers) and a companion (state lost on the way) never lead.
4. A refusal other than 403 is explained as what its status says; what else may be behind it is a hint. So is what the
   last answer of a redirect loop seems to say: it is a consequence of the loop.
5. "Unexplained" is said only where nothing above a hint is known, and comes last.
"""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct
from msgspec.structs import replace

from harinspect.har.model import Problem
from harinspect.inspecting import Basis, Confidence, Finding, Inspector, RuledOut, Undetermined, Verdict
from harinspect.traffic.model import Denial, DenialKind
from harinspect.wire.headers import WITHHELD

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
AT_MOST_UNDETERMINED = 3


class Diagnosis(Struct, frozen=True):
    """A denial's verdicts, ranked: `findings[0]` is the answer."""

    denial: Denial
    findings: tuple[Finding, ...]
    ruled_out: tuple[RuledOut, ...] = ()
    undetermined: tuple[Undetermined, ...] = ()
    problems: tuple[Problem, ...] = ()


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
    told = list(verdicts)
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
    )


def _place(finding: Finding) -> tuple[int, int, bool]:
    """Companions and the unexplained behind; then the rung; then this request's peculiarities before the server's."""
    cause = finding.rule.cause
    rank = 2 if cause in LAST else 1 if cause in COMPANIONS else 0
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
    """The strongest rung speaks; what stands lower becomes a hint, and "unexplained" goes where something is known."""
    if not findings:
        return findings
    leader = findings[0]
    if leader.confidence is not Confidence.HINT:
        findings = [f for f in findings if f.rule.cause not in LAST]
    return [f if f.basis.rung <= leader.basis.rung else _hinted(f) for f in findings]


def _hinted(finding: Finding) -> Finding:
    return finding if finding.confidence is Confidence.HINT else replace(finding, basis=Basis.CIRCUMSTANCE)
