"""Tokens in the wrong place: another audience or issuer, or without the scope (RFC 7519; RFC 6750, section 3.1)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from harinspect.har.model import Exchange
from harinspect.inspecting import Basis, Evidence, Inspector, Rule, Verdict, admin, developer, user
from harinspect.knowledge.readings import Reading
from harinspect.traffic.model import Denial
from harinspect.traffic.places import place, template
from harinspect.traffic.tokens import Token
from harinspect.wire.regexes import regex
from harinspect.wire.tokens import Jwt

inspector = Inspector(__name__)
JWT = "https://www.rfc-editor.org/rfc/rfc7519#section-4.1"
_ERROR = regex(r'\berror\s*=\s*"?insufficient_scope\b', re.IGNORECASE)
_SCOPE = regex(r'\bscope\s*=\s*"([^"]{1,500})"', re.IGNORECASE)
NAMES = {
    "aud": regex(r"(?<![a-z])aud(?:ience)?(?![a-z])", re.IGNORECASE),
    "iss": regex(r"(?<![a-z])iss(?:uer)?(?![a-z])", re.IGNORECASE),
}
_TOKEN = regex(r"token|jwt|claim", re.IGNORECASE)

AUDIENCE = inspector.rule(
    "audience",
    cause="auth.token-audience",
    title="The token was made for another audience",
    why="The token says that it is for `{mine}` (claim `aud`). {reason}",
    responsible="client-code",
    fixes=(
        developer(
            "Ask the identity provider for a token for this API: its identifier goes into `audience` or `resource`.",
            "easy",
        ),
        admin("Check which audience the API accepts, and add `{mine}` if it should."),
    ),
    refs=(f"{JWT}.3", "https://www.rfc-editor.org/rfc/rfc8707"),
)
ISSUER = inspector.rule(
    "issuer",
    cause="auth.token-issuer",
    title="The token comes from another issuer",
    why="The token was issued by `{mine}` (claim `iss`). {reason}",
    responsible="client-code",
    fixes=(
        developer("Sign in at the identity provider, tenant and environment that belong to this API.", "easy"),
        admin("Check which issuer the API trusts, spelling and slash at the end included."),
    ),
    refs=(f"{JWT}.1",),
)
SCOPE = inspector.rule(
    "insufficient-scope",
    cause="auth.insufficient-scope",
    title="The token does not carry the scope that this call needs",
    why="The server answered `insufficient_scope`{wanted}. {held}",
    responsible="client-code",
    fixes=(
        developer("Ask for the missing scope{wanted} at sign-in, and let the user consent to it.", "easy"),
        admin("Allow the application this scope, or the user the right behind it."),
        user("Sign out and in again, and agree to what the application asks for.", "easy"),
    ),
    refs=("https://www.rfc-editor.org/rfc/rfc6750#section-3.1", "https://www.rfc-editor.org/rfc/rfc6749#section-3.3"),
)


@inspector.check
def for_somebody_else(denial: Denial) -> Iterator[Verdict]:
    """What the answer names, or what tokens that passed at this host have and this one has not."""
    exchange = denial.exchange
    token = denial.traffic.tokens.jwt_of(exchange)
    if exchange.status not in (401, 403) or token is None or token.jwt is None:
        return
    for rule, name in ((AUDIENCE, "aud"), (ISSUER, "iss")):
        yield from _judged(rule, name, denial, token, token.jwt)


def _judged(rule: Rule, name: str, denial: Denial, token: Token, jwt: Jwt) -> Iterator[Verdict]:
    mine = _claim(jwt, name)
    if not mine:
        return
    text = ", ".join(sorted(mine))
    evidence = Evidence(denial.exchange.index, token.part, token.name, token.value, f"its {name} is {text}")
    words = _spoken(denial.exchange)
    if NAMES[name].search(words) and _TOKEN.search(words):
        yield rule.found(Basis.STANDARD, evidence, mine=text, reason="The answer says that this is not right.")
        return
    rivals = list(_passed(denial, name))
    if any(theirs & mine for _, theirs in rivals):
        yield rule.ruled_out("A token with the same `{claim}` passed at this host.", evidence, claim=name)
    elif rivals:
        basis, twin, theirs = min(((_nearness(denial, e), e, has) for e, has in rivals), key=lambda row: row[0].rung)
        note = f"its {name} is {', '.join(sorted(theirs))}, and it passed"
        there = Evidence(twin.index, "request.header", token.name, "", note)
        reason = "The tokens that passed at this host have another one."
        yield rule.found(basis, evidence, there, mine=text, reason=reason)


def _nearness(denial: Denial, twin: Exchange) -> Basis:
    """One host may hold several APIs, each with an audience of its own: what passed elsewhere tells less."""
    here, there = (denial.traffic.urls[e.index] for e in (denial.exchange, twin))
    if place(here) == place(there):
        return Basis.CONTRAST
    beside = template(here.path).rpartition("/")[0] == template(there.path).rpartition("/")[0]
    return Basis.SIGNATURE if beside and here.origin == there.origin else Basis.CIRCUMSTANCE


def _passed(denial: Denial, name: str) -> Iterator[tuple[Exchange, frozenset[str]]]:
    """What this host let pass, with that claim of its token."""
    for other in denial.allowed_at_host:
        token = denial.traffic.tokens.jwt_of(other)
        if token and token.jwt and _claim(token.jwt, name):
            yield other, _claim(token.jwt, name)


@inspector.check
def scope_is_missing(denial: Denial) -> Iterator[Verdict]:
    exchange = denial.exchange
    challenge = exchange.response.headers.text("www-authenticate")
    if exchange.status not in (401, 403) or not _ERROR.search(challenge):
        return
    found = _SCOPE.search(challenge)
    wanted = found[1] if found else ""
    token = denial.traffic.tokens.jwt_of(exchange)
    scopes = token.jwt.scopes if token and token.jwt else ()
    evidence = [Evidence(exchange.index, "response.header", "www-authenticate", challenge, "the server says so")]
    if token and scopes:
        evidence.append(Evidence(exchange.index, token.part, token.name, token.value, "the scopes stand in it"))
    yield SCOPE.found(
        Basis.STATED,
        *evidence,
        wanted=f" (`{wanted}`)" if wanted else "",
        held=f"The token has `{' '.join(scopes)}`." if scopes else "The token's own scopes cannot be read here.",
    )


def _claim(jwt: Jwt, name: str) -> frozenset[str]:
    return frozenset(jwt.audience) if name == "aud" else frozenset({jwt.issuer} - {""})


def _spoken(exchange: Exchange) -> str:
    """The challenge and what a body that is no page says: in these, a claim's name is meant as such."""
    return "\n".join(said.text for said in Reading(exchange).said if said.plain)
