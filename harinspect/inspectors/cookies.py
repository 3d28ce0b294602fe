"""Stored cookies of this very address that did not go along: SameSite and Secure (RFC 6265bis, section 5.8.3)."""

from __future__ import annotations

from collections.abc import Iterator

from harinspect.inspecting import Basis, Evidence, Inspector, Rule, Verdict, admin, developer, user
from harinspect.traffic.model import Denial
from harinspect.traffic.sessions import (
    Suspect,
    may_want_session,
    session_sent,
    set_cookie_line,
    support_of,
    suspect,
)
from harinspect.traffic.set_cookies import cookie_set
from harinspect.traffic.surroundings import source_of
from harinspect.traffic.timeline import Withheld
from harinspect.wire.cookie_policy import Reason

inspector = Inspector(__name__)
STANDARD = "https://datatracker.ietf.org/doc/html/draft-ietf-httpbis-rfc6265bis#section-5.8.3"
SET_COOKIE = "https://developer.mozilla.org/docs/Web/HTTP/Reference/Headers/Set-Cookie"

SAMESITE = inspector.rule(
    "samesite",
    cause="cookie.samesite",
    title="The cookie stayed behind because of SameSite",
    why="`{cookie}` was set for this host, but this {method} request comes from another site, `{source}`, and a cookie "
    "that counts as SameSite={samesite} does not go along with such a request ({reason}). The server saw no session.",
    responsible="server-config",
    fixes=(
        admin("Set `{cookie}` with `SameSite=None; Secure` if other sites are meant to use it.", "easy"),
        developer("Serve the page and the API from one site, so that the cookie need not be weakened."),
        user("Open the service's own page and work there instead of through the other site."),
    ),
    refs=(STANDARD, SET_COOKIE + "#samesitesamesite-value"),
)
CROSS_SCHEME = inspector.rule(
    "cross-scheme",
    cause="cookie.samesite",
    title="The page is on http, so the browser treats its https counterpart as another site",
    why="`{source}` and this host share a domain but not a scheme, and that makes them two sites. So `{cookie}`, which "
    "counts as SameSite={samesite}, did not go along with this {method} request ({reason}).",
    responsible="client-code",
    fixes=(
        developer("Serve the page that makes this request over https, and link to its https address.", "easy"),
        admin("Redirect http to https on every host of the domain, and send Strict-Transport-Security.", "easy"),
        user("Put https:// before the page's address and try again."),
    ),
    refs=(STANDARD, "https://web.dev/articles/schemeful-samesite"),
)
SECURE = inspector.rule(
    "secure-on-http",
    cause="cookie.secure-on-http",
    title="A Secure cookie does not travel over http",
    why="`{cookie}` was set with Secure, and this request goes to a plain http address (SecureOnly).",
    responsible="server-config",
    fixes=(
        admin("Redirect http to https, and send Strict-Transport-Security.", "easy"),
        developer("Use the https address in links, forms and calls.", "easy"),
        user("Put https:// before the address and try again."),
    ),
    refs=(STANDARD, SET_COOKIE + "#secure"),
)


@inspector.check
def stayed_behind(denial: Denial) -> Iterator[Verdict]:
    """The session was stored, and the standards kept it from this request."""
    one = suspect(denial)
    if one is None or not isinstance(one.what, Withheld):
        return
    rule = _rule(one.reasons)
    if rule is not None:
        change = cookie_set(denial.traffic, denial.exchange.index, one.set_by, one.name)
        basis, holes = Basis[support_of(denial, one).name], _holes(denial, one.what)
        yield rule.found(basis, *_evidence(denial, one), change=change, **holes)


@inspector.check
def went_along(denial: Denial) -> Iterator[Verdict]:
    """The session went along, so SameSite did not keep it."""
    sent = session_sent(denial)
    if sent is not None and may_want_session(denial.exchange):
        where = Evidence(denial.exchange.index, "request.cookie", sent.name, sent.value)
        yield SAMESITE.ruled_out("The session cookie `{cookie}` went along with this request.", where, cookie=sent.name)


def _rule(reasons: tuple[Reason, ...]) -> Rule | None:
    if Reason.DOMAIN_MISMATCH in reasons or Reason.NOT_ON_PATH in reasons:
        return None  # it belongs elsewhere anyway
    if Reason.SECURE_ONLY in reasons:
        return SECURE
    if not any(reason.is_same_site for reason in reasons):
        return None
    return CROSS_SCHEME if any(reason.value.startswith("Schemeful") for reason in reasons) else SAMESITE


def _holes(denial: Denial, withheld: Withheld) -> dict[str, str]:
    source = source_of(denial.exchange)
    return {
        "cookie": withheld.cookie.name,
        "samesite": withheld.cookie.same_site.value or "Lax",
        "reason": ", ".join(reason.protocol for reason in withheld.reasons if reason.protocol),
        "method": denial.exchange.method,
        "source": source.origin if source else "another site",
    }


def _evidence(denial: Denial, one: Suspect) -> Iterator[Evidence]:
    line = set_cookie_line(denial.traffic, one.set_by, one.name)
    yield Evidence(one.set_by, "response.header", "set-cookie", line, "sets the cookie")
    headers = denial.exchange.request.headers
    yield Evidence(denial.exchange.index, "request.header", "cookie", headers.text("cookie"), "does not have it")
    for name in ("sec-fetch-site", "origin"):
        if name in headers:
            yield Evidence(denial.exchange.index, "request.header", name, headers.text(name))
