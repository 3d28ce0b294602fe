"""Tokens out of their time: expired, or not yet valid (RFC 7519, section 4.1; RFC 6750, section 3.1)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime, timedelta

from harinspect.har.model import Exchange
from harinspect.inspecting import Basis, Evidence, Inspector, Rule, Verdict, admin, developer, user
from harinspect.knowledge.readings import Reading
from harinspect.traffic.model import Denial
from harinspect.traffic.token_trials import SKEW, is_read, passes_anyway
from harinspect.traffic.tokens import Token, jwt_in_cookie, server_time
from harinspect.wire.headers import WITHHELD
from harinspect.wire.regexes import regex

inspector = Inspector(__name__)
JWT = "https://www.rfc-editor.org/rfc/rfc7519#section-4.1"
CLOCKS_WRONG = timedelta(minutes=5)  # RFC 7519 lets nobody refuse a token for its `iat`, yet some libraries do
_CREDENTIAL = r"token|jwt|bearer|signature|credential|session|log-?in|auth|claim"
SPOKEN = regex(
    rf"(?:{_CREDENTIAL})[^.]{{0,40}}expir|expir[^.]{{0,40}}(?:{_CREDENTIAL})|^[^ ]*expired[^ ]*$|"
    r"not.?before|\bnbf\b|\bexp\b",
    re.IGNORECASE,
)

EXPIRED = inspector.rule(
    "expired",
    cause="auth.token-expired",
    title="The token had expired",
    why="The token in `{name}` was good until {moment}. The request came at {now}, {late} too late. {circumstance}",
    responsible="client-code",
    fixes=(
        user("Sign in again, or reload the page if it renews the session by itself.", "easy"),
        developer("Renew the token before it expires, and answer a refusal with one renewal and one more try."),
        admin('Answer 401 with `error="invalid_token"`, so that clients know that they must renew it.', "easy"),
    ),
    temporary="yes",
    refs=(f"{JWT}.4", "https://www.rfc-editor.org/rfc/rfc6750#section-3.1"),
)
EARLY = inspector.rule(
    "not-yet-valid",
    cause="auth.token-not-yet-valid",
    title="The token is not valid yet",
    why="The token in `{name}` is good from {moment} on, and the request came at {now}, {late} too early. "
    "{circumstance}",
    responsible="identity-provider",
    fixes=(
        admin(
            "Set the clocks of the identity provider and of the server (NTP), and allow a minute of difference.", "easy"
        ),
        user("Set the clock of the computer, then sign in again.", "easy"),
    ),
    temporary="yes",
    refs=(f"{JWT}.5",),
)


@inspector.check
def token_is_not_in_the_file(denial: Denial) -> Iterator[Verdict]:
    """The preflight shows that a token went along; whether it was still good cannot be told without it."""
    exchange = denial.exchange
    pair = denial.traffic.preflight_of.get(exchange.index)
    sent = pair is not None and pair.actual == exchange.index and "authorization" in pair.asked_headers
    if exchange.status in (401, 403) and sent and exchange.request.headers.get("authorization") is WITHHELD:
        reason = "The call carried an Authorization header, which this file leaves out: it may hold an expired token."
        yield EXPIRED.undetermined(reason, "The token's `exp`, or a recording with sensitive data.")


@inspector.check
def out_of_time(denial: Denial) -> Iterator[Verdict]:
    exchange = denial.exchange
    token = denial.traffic.tokens.jwt_of(exchange) or jwt_in_cookie(exchange)
    now = server_time(exchange)
    if exchange.status not in (401, 403) or token is None or token.jwt is None or now is None:
        return
    evidence = Evidence(exchange.index, token.part, token.name, token.value, "exp and nbf stand in it")
    expires, starts, issued = token.jwt.expires, token.jwt.not_before, token.jwt.issued
    if passes_anyway(denial, token):
        yield EXPIRED.ruled_out("The server let such a token pass at another time.", evidence)
    elif expires and expires + SKEW < now:
        yield _untimely(EXPIRED, denial, evidence, token, expires, now)
    elif starts and starts > now + SKEW:
        yield _untimely(EARLY, denial, evidence, token, starts, now)
    elif issued and issued > now + CLOCKS_WRONG:
        yield _untimely(EARLY, denial, evidence, token, issued, now, at_most=Basis.CIRCUMSTANCE)
    elif expires:
        yield EXPIRED.ruled_out("The token was good for {left} more.", evidence, left=_span(expires - now))


def _untimely(
    rule: Rule,
    denial: Denial,
    evidence: Evidence,
    token: Token,
    moment: datetime,
    now: datetime,
    at_most: Basis = Basis.STANDARD,
) -> Verdict:
    said = _speaks_of_it(denial.exchange)
    basis = Basis.STANDARD if said else Basis.SIGNATURE if is_read(denial, token) else Basis.CIRCUMSTANCE
    return rule.found(
        max(basis, at_most, key=lambda one: one.rung),
        evidence,
        name=token.name,
        moment=_clock(moment),
        now=_clock(now),
        late=_span(abs(now - moment)),
        circumstance="The answer speaks of the token too." if said else "",
    )


def _speaks_of_it(exchange: Exchange) -> bool:
    """RFC 6750's `invalid_token`, or an answer that mentions a credential whose time is over or to come."""
    challenge = exchange.response.headers.text("www-authenticate")
    return "invalid_token" in challenge or any(SPOKEN.search(said.text) for said in Reading(exchange).said)


def _clock(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M:%S} {moment.tzname() or ''}".strip()


def _span(length: timedelta) -> str:
    seconds = int(length.total_seconds())
    return (
        f"{seconds} seconds"
        if seconds < 120
        else f"{seconds // 60} minutes"
        if seconds < 7200
        else f"{seconds // 3600} hours"
    )
