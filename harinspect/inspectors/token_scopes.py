"""Tokens that lacked a scope, by what passed later: the same call with a token that holds more (RFC 6749, 3.3)."""

from __future__ import annotations

from collections.abc import Iterator

from harinspect.har.model import Exchange
from harinspect.inspecting import Basis, Evidence, Inspector, Verdict, admin, developer, user
from harinspect.traffic.model import Denial
from harinspect.traffic.token_trials import SKEW
from harinspect.traffic.tokens import server_time
from harinspect.wire.tokens import Jwt

inspector = Inspector(__name__)

MORE = inspector.rule(
    "passed-with-more",
    cause="auth.insufficient-scope",
    title="The token lacks a scope that the same call passed with",
    why="The token holds `{held}`. The same call passed with a token of the same issuer that also holds `{more}`.",
    responsible="client-code",
    fixes=(
        developer("Ask for `{more}` at sign-in, and get a new token: an old one does not gain a scope.", "easy"),
        admin("Allow the application this scope, and answer `insufficient_scope` where one is missing (RFC 6750)."),
        user("Sign out and in again, and agree to what the application asks for.", "easy"),
    ),
    refs=("https://www.rfc-editor.org/rfc/rfc6749#section-3.3", "https://www.rfc-editor.org/rfc/rfc6750#section-3.1"),
)


@inspector.check
def passed_with_more(denial: Denial) -> Iterator[Verdict]:
    exchange = denial.exchange
    token, now = denial.traffic.tokens.jwt_of(exchange), server_time(exchange)
    if exchange.status not in (401, 403) or token is None or token.jwt is None or not token.jwt.scopes or now is None:
        return
    if token.jwt.expires is not None and token.jwt.expires + SKEW < now:
        return
    for twin, its in _twins(denial):
        more = set(its.scopes) - set(token.jwt.scopes)
        alike = (its.issuer, its.audience) == (token.jwt.issuer, token.jwt.audience)
        if alike and more and set(token.jwt.scopes) <= set(its.scopes):
            here = Evidence(exchange.index, token.part, token.name, token.value, "its scopes stand in it")
            there = Evidence(twin.index, "request.header", token.name, "", "holds more, and passed")
            held, lacked = " ".join(token.jwt.scopes), " ".join(sorted(more))
            yield MORE.found(Basis.CONTRAST, here, there, held=held, more=lacked)
            return


def _twins(denial: Denial) -> Iterator[tuple[Exchange, Jwt]]:
    """The same call where it passed, with its token."""
    for other in denial.allowed_alike:
        token = denial.traffic.tokens.jwt_of(other)
        if other.method == denial.exchange.method and token is not None and token.jwt is not None:
            yield other, token.jwt
