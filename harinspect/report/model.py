"""The report: frozen, redacted, and the only thing that renderers see. Schema 1; field names are fixed."""

from __future__ import annotations

from typing import Literal

import msgspec

Confidence = Literal["certain", "likely", "hint"]


class Model(msgspec.Struct, frozen=True, kw_only=True):
    """Shared settings of all parts."""


class Problem(Model, frozen=True, kw_only=True):
    where: str
    what: str


class Source(Model, frozen=True, kw_only=True):
    name: str
    bytes: int
    entries: int
    lost: int
    exporter: str
    creator: str
    browser: str
    started: str | None
    ended: str | None
    credentials: Literal["recorded", "removed", "unknown"]
    problems: tuple[Problem, ...] = ()
    advice: tuple[str, ...] = ()


class SummaryCause(Model, frozen=True, kw_only=True):
    cause: str
    title: str
    responsible: str
    confidence: Confidence
    denials: tuple[int, ...]


class Summary(Model, frozen=True, kw_only=True):
    denials: int
    causes: tuple[SummaryCause, ...] = ()
    sentence: str = ""


class Evidence(Model, frozen=True, kw_only=True):
    exchange: int
    part: str
    name: str = ""
    value: str = ""
    note: str = ""


class Responder(Model, frozen=True, kw_only=True):
    name: str
    layer: str
    evidence: tuple[Evidence, ...] = ()


class Snippet(Model, frozen=True, kw_only=True):
    stack: str
    code: str


class Fix(Model, frozen=True, kw_only=True):
    audience: Literal["user", "developer", "admin"] = msgspec.field(name="for")
    effort: Literal["easy", "medium", "hard"]
    text: str
    snippets: tuple[Snippet, ...] = ()
    access: str = ""  # what the snippets let through
    undo: str = ""
    verify: str = ""  # what shows that they work, and let through no more


class Verified(Model, frozen=True, kw_only=True):
    holds: bool  # the fix, tried on the recording: would the browser send, store or accept it then?
    how: str


class Finding(Model, frozen=True, kw_only=True):
    rule: str
    cause: str
    title: str
    confidence: Confidence
    responsible: str
    temporary: Literal["yes", "no", "maybe"]
    why: str
    basis: str = ""
    evidence: tuple[Evidence, ...] = ()
    fixes: tuple[Fix, ...] = ()
    verified: Verified | None = None
    unverified: str = ""  # why there was nothing to try, "" where nothing is to be said
    refs: tuple[str, ...] = ()


class RuledOut(Model, frozen=True, kw_only=True):
    cause: str
    reason: str
    evidence: tuple[Evidence, ...] = ()


class Undetermined(Model, frozen=True, kw_only=True):
    cause: str
    reason: str
    needs: str


class Difference(Model, frozen=True, kw_only=True):
    part: str
    name: str
    here: str
    there: str


class Contrast(Model, frozen=True, kw_only=True):
    exchange: int
    differences: tuple[Difference, ...] = ()


class Check(Model, frozen=True, kw_only=True):
    """`answered`: what the recording itself says to it, "" where the check is still to be made."""

    text: str
    tells: str
    effort: Literal["easy", "medium", "hard"] = "easy"
    answered: str = ""


class Step(Model, frozen=True, kw_only=True):
    """`done`: what the recording shows of it, "" where it is still to do."""

    text: str
    done: str = ""


class Steps(Model, frozen=True, kw_only=True):
    """The way through this case for one reader, in order."""

    audience: Literal["user", "developer", "admin"] = msgspec.field(name="for")
    steps: tuple[Step, ...]


class Myth(Model, frozen=True, kw_only=True):
    belief: str  # a common one about refusals
    truth: str  # what of this case contradicts it


class Remark(Model, frozen=True, kw_only=True):
    """How well the refusal itself is made, for the owner of the server. `advice` is "" where it is good as it is."""

    point: Literal["reason", "leak", "format", "status", "headers"]
    good: bool
    text: str
    advice: str = ""
    evidence: tuple[Evidence, ...] = ()


class Escalation(Model, frozen=True, kw_only=True):
    """`reasons`: why this one is for somebody else to solve."""

    to: str
    text: str
    markdown: str
    curl: str
    reasons: tuple[str, ...] = ()


class Denial(Model, frozen=True, kw_only=True):
    exchange: int
    kind: Literal["forbidden", "blocked", "related"]
    method: str
    url: str
    status: int
    started: str | None
    layer: str
    responder: Responder | None = None
    present: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()
    ruled_out: tuple[RuledOut, ...] = ()
    undetermined: tuple[Undetermined, ...] = ()
    meaning: str = ""
    contrast: Contrast | None = None
    checks: tuple[Check, ...] = ()
    steps: tuple[Steps, ...] = ()
    myths: tuple[Myth, ...] = ()
    quality: tuple[Remark, ...] = ()
    escalation: Escalation | None = None
    like: int | None = None  # the denial with the same story where the rest of it is told, from `meaning` on


class Hop(Model, frozen=True, kw_only=True):
    exchange: int
    status: int
    url: str
    location: str
    kind: Literal["http", "internal", "meta", "script"]


class Dropped(Model, frozen=True, kw_only=True):
    hop: int
    what: str


class RedirectChain(Model, frozen=True, kw_only=True):
    hops: tuple[Hop, ...]
    loop: bool
    dropped: tuple[Dropped, ...] = ()


class Asked(Model, frozen=True, kw_only=True):
    method: str
    headers: tuple[str, ...]


class Granted(Model, frozen=True, kw_only=True):
    methods: str
    headers: str


class Preflight(Model, frozen=True, kw_only=True):
    options: int
    actual: int | None
    verdict: str
    asked: Asked
    granted: Granted


class Cors(Model, frozen=True, kw_only=True):
    exchange: int
    verdict: str


class CookieEvent(Model, frozen=True, kw_only=True):
    exchange: int
    kind: Literal["set", "rejected", "replaced", "expired", "sent", "not-sent"]
    reason: str


class Cookie(Model, frozen=True, kw_only=True):
    name: str
    domain: str
    path: str
    events: tuple[CookieEvent, ...] = ()


class Field(Model, frozen=True, kw_only=True):
    name: str
    value: str


class Exchange(Model, frozen=True, kw_only=True):
    """What the page shows of an exchange that something in the report refers to. Redacted like everything else."""

    exchange: int
    started: str | None
    duration: float
    method: str
    url: str
    status: int
    status_text: str
    error: str | None
    resource_type: str
    http_version: str
    server_ip: str
    initiator: str
    provisional: bool
    request_headers: tuple[Field, ...] = ()
    request_body: str | None = None
    response_headers: tuple[Field, ...] = ()
    response_body: str | None = None


class Page(Model, frozen=True, kw_only=True):
    """The overview of one page load; times in milliseconds, -1 where the file does not tell."""

    id: str
    title: str
    requests: int
    load: float
    first_byte: float
    bytes: dict[str, int]


class Report(Model, frozen=True, kw_only=True):
    schema: int = 1
    version: str = ""
    source: Source
    summary: Summary
    denials: tuple[Denial, ...] = ()
    redirect_chains: tuple[RedirectChain, ...] = ()
    preflights: tuple[Preflight, ...] = ()
    cors: tuple[Cors, ...] = ()
    cookies: tuple[Cookie, ...] = ()
    pages: tuple[Page, ...] = ()
    exchanges: tuple[Exchange, ...] = ()
    problems: tuple[Problem, ...] = ()
