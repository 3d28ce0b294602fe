"""Credentials that cannot be one: `Bearer undefined`, a doubled scheme, a misspelt header (RFC 9110, section 11.4)."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import SequenceMatcher
from functools import lru_cache

from harinspect.har.model import Exchange
from harinspect.inspecting import Basis, Evidence, Inspector, Verdict, developer, user
from harinspect.traffic.model import Denial
from harinspect.traffic.tokens import Token
from harinspect.wire.headers import ABSENT
from harinspect.wire.tokens import parse_authorization

inspector = Inspector(__name__)
ALIKE = 0.9  # of "authorization": one letter wrong, or two
TOLERATED = ("no scheme", "colon after the scheme")  # against the standard, yet some servers take them

MALFORMED = inspector.rule(
    "malformed",
    cause="auth.token-malformed",
    title="What was sent as a credential cannot be one",
    why="The request carries `{name}`, and its value is no credential: {problem}. The page had none to send, or put it "
    "together wrongly.",
    responsible="client-code",
    fixes=(
        developer(
            "Find where the page builds `{name}`, and send nothing before the sign-in has given a token.", "easy"
        ),
        user("Sign out and in again, so that the page gets a token.", "easy"),
    ),
    temporary="maybe",
    refs=(
        "https://www.rfc-editor.org/rfc/rfc9110#name-credentials",
        "https://www.rfc-editor.org/rfc/rfc6750#section-2.1",
    ),
)


@inspector.check
def cannot_be_a_credential(denial: Denial) -> Iterator[Verdict]:
    exchange = denial.exchange
    if exchange.status not in (401, 403):
        return
    for token in denial.traffic.tokens.of(exchange):
        problem = parse_authorization(token.value).problem
        if problem is None or (
            token.name != "authorization" and problem not in ("undefined", "empty", "template left in")
        ):
            continue
        evidence = Evidence(exchange.index, token.part, token.name, token.value, problem)
        passed = any(_carries(token, other) for other in denial.allowed_at_host)
        if passed:
            yield MALFORMED.ruled_out("The same odd credential passed elsewhere on this host.", evidence)
        else:
            sure = problem not in TOLERATED and token.part == "request.header"
            yield MALFORMED.found(
                Basis.STANDARD if sure else Basis.SIGNATURE, evidence, name=token.name, problem=problem
            )


@inspector.check
def misspelt(denial: Denial) -> Iterator[Verdict]:
    """`Authorisation` is a header that no server reads."""
    exchange, headers = denial.exchange, denial.exchange.request.headers
    if exchange.status not in (401, 403) or headers.get("authorization") is not ABSENT:
        return
    for name in sorted(headers.names() - {"authorization"}):
        if _is_misspelt(name):
            evidence = Evidence(exchange.index, "request.header", name, headers.text(name), "misspelt")
            yield MALFORMED.found(Basis.SIGNATURE, evidence, name=name, problem="the name of the header is misspelt")


@lru_cache(maxsize=4096)
def _is_misspelt(name: str) -> bool:
    """The upper bounds are quick to tell, and few names pass them."""
    likeness = SequenceMatcher(None, name, "authorization")
    return likeness.real_quick_ratio() >= ALIKE and likeness.quick_ratio() >= ALIKE and likeness.ratio() >= ALIKE


def _carries(token: Token, other: Exchange) -> bool:
    return token.part == "request.header" and other.request.headers.text(token.name) == token.value
