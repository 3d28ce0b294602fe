"""Session cookies whose value had its day: rotated by another answer, over, or left alone for long."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from harinspect.har.model import Exchange
from harinspect.inspecting import Basis, Evidence, Inspector, Rule, Verdict, admin, developer, user
from harinspect.traffic.model import Denial, DenialKind
from harinspect.traffic.session_signs import Words, signs_in_by_name, words_of
from harinspect.traffic.session_values import Session, bearers, lives_on, rotation_of, session_of, signed_out_between

inspector = Inspector(__name__)
SESSIONS = "https://cheatsheetseries.owasp.org/cheatsheets/Session_Management_Cheat_Sheet.html"
IDLE = timedelta(minutes=15)  # the Session Management Cheat Sheet ends idle sessions after 15 to 30 minutes
AGAIN = user("Sign in again, then repeat the action.", "easy")

STALE = inspector.rule(
    "stale",
    cause="auth.session-expired",
    title="The session cookie had been replaced by a newer one",
    why="The request carried `{cookie}` with a value that `{by}` had just replaced. Calls with the new value pass.",
    responsible="application",
    fixes=(
        developer("Wait for the call that renews the session before sending others, in all tabs."),
        admin("Let the old value pass for some seconds after it has been replaced."),
        user("Reload the page, and close other tabs of the same site.", "easy"),
    ),
    temporary="yes",
    refs=(SESSIONS,),
)
OVER = inspector.rule(
    "over",
    cause="auth.session-expired",
    title="The session was over: after a new sign-in the same call passed",
    why="The request carried `{cookie}`. After a sign-in gave it a new value, the same call passed. {before}",
    responsible="user",
    fixes=(AGAIN, developer("Answer 401 where a session is over, and lead the user to the sign-in.", "easy")),
    temporary="yes",
    refs=(SESSIONS,),
)
UNUSED = inspector.rule(
    "unused",
    cause="auth.session-expired",
    title="The session had not been used for long",
    why="The last call with this session passed {idle} minutes earlier. Many servers end a session that is not used.",
    responsible="user",
    fixes=(AGAIN, admin("Check how long a session may stay unused.", "easy")),
    temporary="yes",
    refs=(SESSIONS,),
)


@inspector.check
def session_had_its_day(denial: Denial) -> Iterator[Verdict]:
    """Not where the refusal speaks of something else; that is asked last, as it takes longest."""
    session = Session.of(denial) if denial.kind is DenialKind.FORBIDDEN else None
    found = list(_spent(denial, session)) if session else []
    if found and words_of(denial.exchange) is not Words.OTHER:
        yield from found


def _spent(denial: Denial, session: Session) -> Iterator[Verdict]:
    passed = bearers(denial, session)
    yield from _was_replaced(denial, session, passed)
    if not lives_on(denial, passed):
        yield from _passes_after_sign_in(denial, session, passed)
        yield from _was_not_used(denial, session, passed)


def _was_replaced(denial: Denial, session: Session, passed: list[Exchange]) -> Iterator[Verdict]:
    rotated = rotation_of(denial, session, passed)
    if rotated is None:
        return
    there = Evidence(rotated.by.index, "response.cookie", session.name, rotated.value, "replaced here")
    if rotated.old_passed:
        still = Evidence(rotated.old_passed.index, "request.cookie", session.name, session.value, "allowed later")
        yield STALE.ruled_out("The value that had been replaced still passes.", still)
    elif rotated.new_passed:
        same = any(_is_same(e, denial.exchange) for e in rotated.new_passed)
        basis = Basis.CONTRAST if same else Basis.CIRCUMSTANCE
        yield _found(STALE, basis, denial, session, there, by=rotated.by.url)


def _passes_after_sign_in(denial: Denial, session: Session, passed: list[Exchange]) -> Iterator[Verdict]:
    """Another user may have signed in: only where the same call had passed before with the old value does it tell."""
    turn, here = denial.traffic.turn_of, denial.traffic.turn_of[denial.exchange.index]
    again = [
        e for e in denial.allowed_alike if turn[e.index] > here and _is_same(e, denial.exchange) and e.status < 300
    ]
    if not again:
        return
    later = again[-1]
    renewals = [e for e in denial.allowed_at_host if here < turn[e.index] < turn[later.index] and signs_in_by_name(e)]
    value = session_of(later, session.name)
    if not renewals or value in ("", session.value) or signed_out_between(denial, renewals[0]):
        return
    alive = any(_is_same(e, denial.exchange) and turn[e.index] < here for e in passed)
    there = Evidence(later.index, "request.cookie", session.name, value, "allowed after the sign-in")
    before = "It had passed with the old value, too." if alive else ""
    yield _found(OVER, Basis.CONTRAST if alive else Basis.CIRCUMSTANCE, denial, session, there, before=before)


def _was_not_used(denial: Denial, session: Session, passed: list[Exchange]) -> Iterator[Verdict]:
    at = denial.exchange.started
    before = [(e.started, e) for e in passed if e.started and at and e.started < at]
    if at is None or not before:
        return
    last, row = max(before, key=lambda one: one[0])
    if at - last > IDLE:
        there = Evidence(row.index, "request.cookie", session.name, session.value, "the last call that passed")
        idle = str(int((at - last).total_seconds()) // 60)
        yield _found(UNUSED, Basis.CIRCUMSTANCE, denial, session, there, idle=idle)


def _is_same(one: Exchange, other: Exchange) -> bool:
    return one.method == other.method and one.url.partition("?")[0] == other.url.partition("?")[0]


def _found(rule: Rule, basis: Basis, denial: Denial, session: Session, there: Evidence, **holes: str) -> Verdict:
    here = Evidence(denial.exchange.index, "request.cookie", session.name, session.value, "refused")
    return rule.found(basis, here, there, change=None, cookie=session.name, **holes)
