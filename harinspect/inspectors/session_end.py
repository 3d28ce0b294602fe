"""Refusals that take the session cookie back: the server no longer knows the session that came along."""

from __future__ import annotations

from collections.abc import Iterator

from harinspect.har.model import Exchange
from harinspect.inspecting import Basis, Evidence, Inspector, Verdict, admin, developer, user
from harinspect.redaction.marks import MARK, size_class
from harinspect.traffic.model import Denial, DenialKind
from harinspect.traffic.session_signs import STRONG, Words, guards_forms, signs_in_by_name, signs_out, weight, words_of
from harinspect.traffic.session_values import Session, bearers, given
from harinspect.wire.cookie_parsing import SetCookie, parse_cookie_header, parse_set_cookie

inspector = Inspector(__name__)

ENDED = inspector.rule(
    "taken-back",
    cause="auth.session-expired",
    title="The refusal deletes the session cookie that came along",
    why="The request carried `{cookie}`, and the refusal itself deletes it. Servers do that with a session that is "
    "over or unknown to them.",
    responsible="user",
    fixes=(
        user("Sign in again, then repeat the action.", "easy"),
        developer("Answer 401 where a session is over, and lead the user to the sign-in.", "easy"),
        admin("Check how long sessions last, and that all servers share their store.", "medium"),
    ),
    temporary="yes",
    refs=("https://www.rfc-editor.org/rfc/rfc6265#section-3.1",),
)


REPLACED = inspector.rule(
    "replaced",
    cause="auth.session-expired",
    title="The refusal came with a new session in place of the one that was sent",
    why="The request carried `{cookie}`, and the refusal sets it anew with another value. Answers before did not: so "
    "the server seems not to know the old session any more.",
    responsible="user",
    fixes=(
        user("Sign in again, then repeat the action.", "easy"),
        developer("Answer 401 where a session is over, and lead the user to the sign-in.", "easy"),
        admin("Check how long sessions last, and that all servers share their store.", "medium"),
    ),
    temporary="yes",
    refs=("https://jakarta.ee/specifications/servlet/6.0/jakarta-servlet-spec-6.0#sessions",),
)
SEALED = "64+"  # characters: it holds the session itself, encrypted, and changes with what it holds


@inspector.check
def session_is_taken_back(denial: Denial) -> Iterator[Verdict]:
    """Not at the sign-out, and not where the answer speaks of something else."""
    exchange = denial.exchange
    deleted = list(_deleted(exchange))
    if not deleted or denial.kind is not DenialKind.FORBIDDEN or signs_out(exchange):
        return
    if words_of(exchange) is Words.OTHER:
        return
    sent = {name for name, value in parse_cookie_header(exchange.request.headers.text("cookie")) if value}
    for line, cookie in deleted:
        if (
            cookie.name in sent
            and not guards_forms(cookie.name)
            and weight(cookie.name, cookie.http_only, None) >= STRONG
        ):
            yield ENDED.found(
                Basis.CIRCUMSTANCE if signs_in_by_name(exchange) else Basis.SIGNATURE,  # a sign-in begins afresh
                Evidence(exchange.index, "request.cookie", cookie.name, "", "went along"),
                Evidence(exchange.index, "response.header", "set-cookie", line, "deletes it"),
                cookie=cookie.name,
            )
            return


@inspector.check
def session_is_begun_anew(denial: Denial) -> Iterator[Verdict]:
    """Only where the server does not give out a new value with every answer, which many do."""
    exchange = denial.exchange
    session = None if denial.kind is not DenialKind.FORBIDDEN or signs_in_by_name(exchange) else Session.of(denial)
    if session is None or words_of(exchange) is Words.OTHER:
        return
    value = given(exchange, session.name)
    if value in ("", session.value) or SEALED in (_size(value), _size(session.value)):
        return
    earlier = bearers(denial, session)
    if earlier and not any(given(e, session.name) for e in earlier):
        here = Evidence(exchange.index, "request.cookie", session.name, session.value, "went along")
        anew = Evidence(exchange.index, "response.cookie", session.name, value, "another one")
        there = Evidence(earlier[0].index, "request.cookie", session.name, session.value, "allowed, and not set anew")
        yield REPLACED.found(Basis.SIGNATURE, here, anew, there, cookie=session.name)


def _size(value: str) -> str:
    """The class of its length, also where our own mark stands for it."""
    mark = MARK.fullmatch(value)
    return mark["size"] if mark else size_class(len(value))


def _deleted(exchange: Exchange) -> Iterator[tuple[str, SetCookie]]:
    """Lines that set a cookie with an end in the past."""
    for line in exchange.response.headers.all("set-cookie"):
        cookie = parse_set_cookie(line)
        if not isinstance(cookie, SetCookie):
            continue
        over = cookie.expires is not None and exchange.started is not None and cookie.expires < exchange.started
        if cookie.max_age <= 0 if cookie.max_age is not None else over:
            yield line, cookie
