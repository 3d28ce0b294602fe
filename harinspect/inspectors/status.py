"""Refusals by another status than 403, explained in their own right: 401, 407, 419, 429 and 451."""

from __future__ import annotations

from collections.abc import Iterator

from harinspect.inspecting import Basis, Evidence, Inspector, Verdict, admin, developer, user
from harinspect.knowledge import causes
from harinspect.traffic.model import Denial, DenialKind
from harinspect.traffic.sign_ins import settled

inspector = Inspector(__name__)
SEMANTICS = "https://www.rfc-editor.org/rfc/rfc9110"

UNAUTHORIZED = inspector.rule(
    "401",
    cause="status.401",
    title="The server asks for a sign-in or does not accept the one it got",
    why="`{host}` answered 401 to {method}: it wants valid credentials. {header}{amiss}{later}",
    responsible="user",
    fixes=(
        user("Sign in again, and try once more.", "easy"),
        developer("Renew the token or session when a 401 arrives, and repeat the call once."),
        admin("Send `WWW-Authenticate` with every 401: it tells clients how to sign in.", "easy"),
    ),
    temporary="maybe",
    refs=(f"{SEMANTICS}#name-401-unauthorized",),
)
PROXY = inspector.rule(
    "407",
    cause="status.407",
    title="A proxy between the browser and the server asks for a sign-in",
    why="The way to `{host}` leads through a proxy that answered 407: it wants a sign-in of its own. {header}{amiss}"
    "{later}",
    responsible="network",
    fixes=(
        user("Sign in to the network's proxy, or ask the network's help desk for access.", "easy"),
        admin("Check the proxy's sign-in for this user, and whether this address should pass without one."),
    ),
    temporary="maybe",
    refs=(f"{SEMANTICS}#name-407-proxy-authentication-re",),
)
EXPIRED = inspector.rule(
    "419",
    cause="status.419",
    title="The page or its anti-forgery token has expired",
    why="`{host}` answered {method} with 419, a status outside the standards by which Laravel and others say that the "
    "anti-forgery token is missing or belongs to a session that is over. {header}{amiss}{later}",
    responsible="user",
    fixes=(
        user("Reload the page, and submit again.", "easy"),
        developer("Put the current token into every form and call, and tell the user when the session ends."),
    ),
    temporary="yes",
    refs=("https://laravel.com/docs/csrf",),
)
TOO_MANY = inspector.rule(
    "429",
    cause="status.429",
    title="Too many requests in a short time",
    why="`{host}` answered {method} with 429: this client has asked too often. {header}{amiss}{later}",
    responsible="client-code",
    fixes=(
        user("Wait a moment, then try again.", "easy"),
        developer("Ask less often, and wait as long as `Retry-After` says before the next try."),
        admin("Check that the limit fits what the page really needs."),
    ),
    temporary="yes",
    refs=("https://www.rfc-editor.org/rfc/rfc6585#section-4", f"{SEMANTICS}#name-retry-after"),
)
LEGAL = inspector.rule(
    "451",
    cause="status.451",
    title="Not available for legal reasons",
    why="`{host}` answered 451: it may not show this here, for legal reasons. {header}{amiss}{later}",
    responsible="policy",
    fixes=(
        user("Ask the site's owner where the content may be seen.", "easy"),
        admin("Name who demands the block by `Link: <address>; rel=blocked-by`.", "easy"),
    ),
    refs=("https://www.rfc-editor.org/rfc/rfc7725",),
)

RULES = {401: UNAUTHORIZED, 407: PROXY, 419: EXPIRED, 429: TOO_MANY, 451: LEGAL}
MEANT = {"auth.role-": 403, "auth.account-": 403, "auth.insufficient-": 403, "rate.": 429, "waf.": 403, "server.": 403}
CHALLENGES = (401, 407)  # RFC 9110, section 11.1: the first step of a sign-in, and no fault where the next one is taken
TELLING = {401: "www-authenticate", 407: "proxy-authenticate", 429: "retry-after", 451: "link"}


@inspector.check
def refused_by_another_status(denial: Denial) -> Iterator[Verdict]:
    exchange, rule = denial.exchange, RULES.get(denial.exchange.status)
    if denial.kind is not DenialKind.RELATED or rule is None:
        return
    url = denial.traffic.urls.get(exchange.index)
    name = TELLING.get(exchange.status, "")
    value = exchange.response.headers.text(name)
    evidence = [Evidence(exchange.index, "response.status", value=str(exchange.status), note="the answer")]
    if value:
        evidence.append(Evidence(exchange.index, "response.header", name, value, "what the server says about it"))
    met, amiss = settled(denial), _amiss(denial)
    if met:
        evidence.append(Evidence(met[1].index, "response.status", value=str(met[1].status), note="what shows it"))
    yield rule.found(
        Basis.CIRCUMSTANCE if met and exchange.status in CHALLENGES else Basis.STATED,
        *evidence,
        host=url.host if url else exchange.url,
        method=exchange.method,
        header=f"It says `{name}: {value}`." if value else "" if amiss else "It says nothing more.",
        amiss=amiss if value else amiss.lstrip(),
        later=f" {met[0].value}" if met else "",
    )


def _amiss(denial: Denial) -> str:
    """Do the answer's own words give a reason that another status stands for?"""
    hit = next(iter(denial.answer.blocked), None)
    cause = hit.record.cause if hit and hit.record and hit.basis == "stated" else ""
    better = next((status for beginning, status in MEANT.items() if cause.startswith(beginning)), 0)
    if better in (0, denial.exchange.status):
        return ""
    return f" Its words give another reason ({causes()[cause].title}), and {better} is the status for that."
