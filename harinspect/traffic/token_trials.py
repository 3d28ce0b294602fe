"""How a host treats the tokens of its callers, as far as what it let pass shows it."""

from __future__ import annotations

from datetime import timedelta

from harinspect.har.model import Exchange
from harinspect.traffic.model import Denial, Traffic
from harinspect.traffic.tokens import Token, jwt_in_cookie, server_time
from harinspect.wire.headers import ABSENT

SKEW = timedelta(seconds=60)  # between two clocks, which RFC 7519 section 4.1.4 lets servers allow for
BLIND = frozenset({"corporate-proxy", "cdn", "waf", "web-server", "object-storage"})  # layers that seldom read a JWT
OF_TOKENS = ("auth.token-", "auth.session-", "auth.missing-", "status.")  # causes that a token out of its time explains


def is_read(denial: Denial, token: Token) -> bool:
    """Not beside an Authorization that may be what counts, nor by what answers before anybody reads a token.

    The same call that passed with the same token while it was good shows that somebody does read it.
    """
    headers, traffic = denial.exchange.request.headers, denial.traffic
    alike = (_token(e, token, traffic) for e in denial.allowed_alike)
    if any(other is not None and other.value == token.value for other in alike):
        return True
    beside = token.part != "request.url" and token.name != "authorization"
    return not (beside and headers.get("authorization") is not ABSENT) and not _has_another_reason(denial)


def _has_another_reason(denial: Denial) -> bool:
    """Does somebody answer that reads no tokens, or in words that speak of something else?"""
    hit = next(iter(denial.answer.blocked), None)
    if hit is None:
        return False
    spoken = hit.record.cause if hit.record and hit.basis != "identity" else ""
    return hit.layer in BLIND or (spoken != "" and not spoken.startswith(OF_TOKENS))


def passes_anyway(denial: Denial, token: Token) -> bool:
    """Did this host let the same token, or another that was over, pass? Then it does not look at the times."""
    for other in denial.allowed_at_host:
        its, at = _token(other, token, denial.traffic), server_time(other)
        if its is None or its.jwt is None or at is None:
            continue
        over = its.jwt.expires is not None and its.jwt.expires + SKEW < at
        later = denial.exchange.started is not None and at > denial.exchange.started
        if over or (its.value == token.value and later):
            return True
    return False


def _token(exchange: Exchange, like: Token, traffic: Traffic) -> Token | None:
    """The token that the exchange carries in the same way."""
    return jwt_in_cookie(exchange) if like.part == "request.cookie" else traffic.tokens.jwt_of(exchange)
