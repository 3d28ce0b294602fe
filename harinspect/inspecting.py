"""The inspector's kit: what a concern needs to state its rules and give its verdicts.

inspector = Inspector(__name__)

MISSING = inspector.rule(
    "missing",                        # the rule's id is then "referer.missing" in inspectors/referer.py
    cause="referer.missing",          # knowledge/causes.toml
    title="No Referer where the server wants one",
    why="`{url}` was asked for without a Referer, and the same host answered {twin} that had one.",
    responsible="server-config",
    fixes=(developer("Let the page send its address: `Referrer-Policy: strict-origin-when-cross-origin`."),),
    refs=("https://www.w3.org/TR/referrer-policy/",),
)

@inspector.check
def hotlink(denial: Denial) -> Iterator[Verdict]:
    ...
    yield MISSING.found(Basis.CONTRAST, evidence, change=policy_for(denial), url=denial.exchange.url, twin="a request")
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from enum import Enum
from functools import cached_property
from typing import Literal

from msgspec import Struct, field

from harinspect.traffic.changes import Change
from harinspect.traffic.model import Denial

Responsible = Literal[
    "server-config", "application", "client-code", "identity-provider", "user", "network", "policy", "unknown"
]
Temporary = Literal["yes", "no", "maybe"]
Audience = Literal["user", "developer", "admin"]
Effort = Literal["easy", "medium", "hard"]
Part = Literal[
    "request.url",
    "request.method",
    "request.header",
    "request.cookie",
    "request.body",
    "response.status",
    "response.header",
    "response.cookie",
    "response.body",
    "response.error",
    "timing",
    "server_ip",
]


class Confidence(Enum):
    """Three levels with written meanings.

    certain: the response says so, or the standards leave no other reading.
    likely: the traffic shows it by contrast, or a specific signature with agreeing circumstances.
    hint: a condition for the cause is met and nothing speaks against it.
    """

    CERTAIN = "certain"
    LIKELY = "likely"
    HINT = "hint"


class Basis(Enum):
    """What a finding rests on, strongest first; the confidence follows from it."""

    STATED = "the response says so"
    STANDARD = "the standards leave no other reading"
    CONTRAST = "the same call passed with only this different"
    SIGNATURE = "a specific signature, and the circumstances agree"
    CIRCUMSTANCE = "a condition for it is met and nothing speaks against it"
    PRIOR = "it is a common cause, and nothing else speaks"

    @property
    def confidence(self) -> Confidence:
        if self in (Basis.STATED, Basis.STANDARD):
            return Confidence.CERTAIN
        return Confidence.LIKELY if self in (Basis.CONTRAST, Basis.SIGNATURE) else Confidence.HINT

    @cached_property
    def rung(self) -> int:
        """0 is the strongest."""
        return list(Basis).index(self)


class Evidence(Struct, frozen=True):
    """A place in the file: exchange index, part, header or cookie name, the value there, and what it shows."""

    exchange: int
    part: Part
    name: str = ""
    value: str = ""
    note: str = ""


class Fix(Struct, frozen=True):
    """One thing to do, for one reader. `text` starts with a verb and may have {holes}."""

    audience: Audience
    text: str
    effort: Effort = "easy"


def user(text: str, effort: Effort = "easy") -> Fix:
    """What the person at the browser can do."""
    return Fix("user", text, effort)


def developer(text: str, effort: Effort = "medium") -> Fix:
    """What whoever writes the page or the API changes."""
    return Fix("developer", text, effort)


def admin(text: str, effort: Effort = "medium") -> Fix:
    """What whoever runs the server, proxy or firewall changes."""
    return Fix("admin", text, effort)


class Rule(Struct, frozen=True):
    """One cause with its words. Prose has {holes}; values from the traffic only ever fill holes."""

    id: str
    cause: str
    title: str
    why: str
    responsible: Responsible
    fixes: tuple[Fix, ...]
    temporary: Temporary = "no"
    refs: tuple[str, ...] = ()

    def found(self, basis: Basis, *evidence: Evidence, change: Change | None = None, **holes: str) -> Finding:
        """`change` is what the first fix that is not the user's comes down to in the recording."""
        return Finding(self, basis, evidence, holes, change)

    def ruled_out(self, reason: str, *evidence: Evidence, **holes: str) -> RuledOut:
        """`reason` says what was checked and why it is innocent."""
        return RuledOut(self, reason, evidence, holes)

    def undetermined(self, reason: str, needs: str, *evidence: Evidence, **holes: str) -> Undetermined:
        """`needs` says what would decide it."""
        return Undetermined(self, reason, needs, evidence, holes)


class Finding(Struct, frozen=True):
    """`change`: what is tried on the recording before the fix is offered."""

    rule: Rule
    basis: Basis
    evidence: tuple[Evidence, ...] = ()
    holes: Mapping[str, str] = field(default_factory=dict)
    change: Change | None = None

    @property
    def confidence(self) -> Confidence:
        return self.basis.confidence


class RuledOut(Struct, frozen=True):
    rule: Rule
    reason: str
    evidence: tuple[Evidence, ...] = ()
    holes: Mapping[str, str] = field(default_factory=dict)


class Undetermined(Struct, frozen=True):
    rule: Rule
    reason: str
    needs: str
    evidence: tuple[Evidence, ...] = ()
    holes: Mapping[str, str] = field(default_factory=dict)


Verdict = Finding | RuledOut | Undetermined
Check = Callable[[Denial], Iterable[Verdict]]


class Inspector:
    """One concern. Its name is the last part of the module's; its rules and checks are stated in the module.

    `further`: gives rules that are as many as facts that somebody knows, and that are made when all are asked for.
    """

    def __init__(self, module: str, further: Callable[[], Mapping[str, Rule]] = dict) -> None:
        self.name = module.rpartition(".")[2].replace("_", "-")
        self.checks: list[Check] = []
        self._stated: dict[str, Rule] = {}
        self._further = further

    @property
    def rules(self) -> Mapping[str, Rule]:
        """By id."""
        return {**self._stated, **self._further()}

    def rule(
        self,
        name: str,
        *,
        cause: str,
        title: str,
        why: str,
        responsible: Responsible,
        fixes: tuple[Fix, ...],
        temporary: Temporary = "no",
        refs: tuple[str, ...] = (),
    ) -> Rule:
        """State a rule; raises ValueError on a name used twice."""
        rule = Rule(f"{self.name}.{name}", cause, title, why, responsible, fixes, temporary, refs)
        if rule.id in self._stated:
            raise ValueError(f"rule {rule.id} is stated twice")
        self._stated[rule.id] = rule
        return rule

    def check(self, function: Check) -> Check:
        """Register one question."""
        self.checks.append(function)
        return function

    def verdicts(self, denial: Denial) -> Iterator[Verdict]:
        for check in self.checks:
            yield from check(denial)
