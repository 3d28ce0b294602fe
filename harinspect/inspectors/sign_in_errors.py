"""Sign-ins that the identity provider ended with an error, brought back in the address (RFC 6749, section 4.1.2.1)."""

from __future__ import annotations

from collections.abc import Iterator

from harinspect.inspecting import Basis, Evidence, Inspector, Rule, Verdict, admin, developer, user
from harinspect.traffic.model import Denial

inspector = Inspector(__name__)
OAUTH = "https://www.rfc-editor.org/rfc/rfc6749#section-4.1.2.1"
OIDC = "https://openid.net/specs/openid-connect-core-1_0.html#AuthError"
WHY = "The identity provider sent the browser back to `{host}` with `error={error}`. {told}"

DENIED = inspector.rule(
    "denied",
    cause="auth.role-denied",
    title="The identity provider did not let the user into this application",
    why=WHY,
    responsible="identity-provider",
    fixes=(
        admin("Check in the identity provider's log whether the user is assigned and has consented."),
        user("Sign in again and agree; if that fails, ask for access to this application.", "easy"),
    ),
    refs=(OAUTH,),
)
SCOPE = inspector.rule(
    "scope",
    cause="auth.insufficient-scope",
    title="The identity provider does not give out the scope that was asked for",
    why=WHY,
    responsible="client-code",
    fixes=(
        developer("Ask for scopes that are registered for this application.", "easy"),
        admin("Register the scope for the application at the identity provider."),
    ),
    refs=(OAUTH,),
)
AGAIN = inspector.rule(
    "interaction",
    cause="auth.step-up",
    title="The identity provider wants the user to sign in, and was not allowed to ask",
    why=WHY,
    responsible="client-code",
    fixes=(
        developer("On this error, start the sign-in again without `prompt=none`.", "easy"),
        user("Sign in again in a page of its own; a browser that blocks third-party cookies ends silent sign-ins."),
    ),
    temporary="yes",
    refs=(OIDC,),
)
RULES: dict[str, Rule] = {
    "access_denied": DENIED,
    "unauthorized_client": DENIED,
    "consent_required": DENIED,
    "invalid_scope": SCOPE,
    "login_required": AGAIN,
    "interaction_required": AGAIN,
    "account_selection_required": AGAIN,
}
COMPANIONS = frozenset({"state", "error_description", "error_uri", "iss", "session_state"})


@inspector.check
def came_back_with_an_error(denial: Denial) -> Iterator[Verdict]:
    """An `error` alone may be anybody's parameter: what the standards send along must be there too."""
    url = denial.traffic.urls.get(denial.exchange.index)
    if url is None or denial.exchange.status not in (401, 403):
        return
    params = dict(url.params())
    rule = RULES.get(params.get("error", ""))
    if rule is None or not params.keys() & COMPANIONS:
        return
    place = Evidence(denial.exchange.index, "request.url", "error", denial.exchange.url, "the provider's answer")
    told = params.get("error_description", "")
    yield rule.found(
        Basis.SIGNATURE,
        place,
        host=url.host,
        error=params["error"],
        told=f"It adds: {told[:300]}" if told else "",
    )
