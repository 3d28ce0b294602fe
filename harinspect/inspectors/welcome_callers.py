"""Callers whose credential passed before and after the refusal: what is refused is the action (RFC 9110, 15.5.4)."""

from __future__ import annotations

from collections.abc import Iterator

from harinspect.har.model import Exchange
from harinspect.inspecting import Basis, Evidence, Inspector, Part, Verdict, admin, developer, user
from harinspect.knowledge.readings import Reading
from harinspect.traffic.model import Denial, DenialKind
from harinspect.traffic.session_signs import signs_in_by_name
from harinspect.traffic.session_values import Session, session_of

inspector = Inspector(__name__)
ASIDE = frozenset({"document", "preflight", "image", "stylesheet", "script", "font", "media", "ping", "manifest"})

ACTION = inspector.rule(
    "action-refused",
    cause="auth.role-denied",
    title="The caller is known, and this action may not be allowed to them",
    why="The same credential passed at `{host}` before and after this call, so the sign-in holds. A program that "
    "answers 403 to a caller it knows mostly says that the caller may not do this; the answer itself gives no reason.",
    responsible="policy",
    fixes=(
        user("Ask the owner of the account or workspace whether your role covers this.", "easy"),
        admin("Look the call up in the application's log, and compare with a user for whom it works.", "easy"),
        developer("Let the answer say which permission is missing."),
    ),
    temporary="no",
    refs=("https://www.rfc-editor.org/rfc/rfc9110#section-15.5.4",),
)


@inspector.check
def caller_is_known(denial: Denial) -> Iterator[Verdict]:
    """A weak reading, so only of calls that an application answers in its own data format."""
    exchange, turn = denial.exchange, denial.traffic.turn_of
    if denial.kind is not DenialKind.FORBIDDEN or exchange.resource_type in ASIDE or Reading(exchange).json is None:
        return
    part, name, value = _credential(denial)
    near = denial.allowed_at_host if value else ()
    same = [e for e in near if _carried(e, part, name) == value and e.status < 300 and not signs_in_by_name(e)]
    before = next((e for e in same if turn[e.index] < turn[exchange.index]), None)
    after = next((e for e in same if turn[e.index] > turn[exchange.index]), None)
    if before and after:
        rows = (before, "allowed before"), (exchange, "refused"), (after, "allowed after")
        evidence = [Evidence(e.index, part, name, value, note) for e, note in rows]
        yield ACTION.found(Basis.CIRCUMSTANCE, *evidence, host=denial.traffic.urls[exchange.index].host)


def _credential(denial: Denial) -> tuple[Part, str, str]:
    value = denial.exchange.request.headers.text("authorization")
    if value:
        return "request.header", "authorization", value
    session = Session.of(denial)
    return "request.cookie", session.name if session else "", session.value if session else ""


def _carried(exchange: Exchange, part: Part, name: str) -> str:
    return exchange.request.headers.text(name) if part == "request.header" else session_of(exchange, name)
