"""Set-Cookie lines that the browser did not store (RFC 6265bis, sections 5.6 and 5.7)."""

from __future__ import annotations

from collections.abc import Iterator

from harinspect.inspecting import Basis, Evidence, Inspector, Rule, Verdict, admin, developer
from harinspect.traffic.model import Denial
from harinspect.traffic.sessions import set_cookie_line, support_of, suspect
from harinspect.traffic.set_cookies import cookie_set
from harinspect.traffic.timeline import Refused
from harinspect.wire.cookie_policy import Reason

inspector = Inspector(__name__)
STANDARD = "https://datatracker.ietf.org/doc/html/draft-ietf-httpbis-rfc6265bis#section-5.7"
SET_COOKIE = "https://developer.mozilla.org/docs/Web/HTTP/Reference/Headers/Set-Cookie"

NONE_INSECURE = inspector.rule(
    "samesite-none-insecure",
    cause="cookie.samesite-none-insecure",
    title="SameSite=None without Secure: the browser did not store the cookie",
    why="The answer of `{setter}` set `{cookie}` with SameSite=None but without Secure ({reason}). The browser threw "
    "the cookie away, so this request had no session.",
    responsible="server-config",
    fixes=(admin("Add `Secure` to the Set-Cookie of `{cookie}`, and set it over https.", "easy"),),
    refs=(STANDARD, SET_COOKIE + "#samesitesamesite-value"),
)
DOMAIN = inspector.rule(
    "domain-mismatch",
    cause="cookie.domain-mismatch",
    title="A cookie was set for a domain that is not the setter's own",
    why="`{setter}` set `{cookie}` with `Domain={domain}`. A host may only name itself or a domain above it that is no "
    "public suffix, so the browser threw the cookie away ({reason}).",
    responsible="server-config",
    fixes=(
        admin("Let each host set its own cookie without Domain; a Domain must be a name that both lie under.", "easy"),
        developer("Hand the sign-in over by a one-time code, and let the target host set its own cookie.", "hard"),
    ),
    refs=(STANDARD, SET_COOKIE + "#domaindomain-value"),
)
PREFIX = inspector.rule(
    "prefix-violation",
    cause="cookie.prefix-violation",
    title="The cookie's name promises what its attributes do not keep",
    why="`{setter}` set `{cookie}`. `__Secure-` demands Secure over https; `__Host-` also demands `Path=/` and forbids "
    "Domain. The line breaks that, so the browser threw the cookie away ({reason}).",
    responsible="server-config",
    fixes=(
        admin("Set it with `Secure; Path=/` and without Domain.", "easy"),
        developer("Choose a name without the prefix if the cookie must be shared between hosts."),
    ),
    refs=(STANDARD, SET_COOKIE + "#cookie_prefixes"),
)
SECURE = inspector.rule(
    "secure-on-http",
    cause="cookie.secure-on-http",
    title="A plain http answer tried to set a Secure cookie",
    why="`{setter}` answered over http and set `{cookie}` with Secure. Browsers take such cookies from https answers "
    "only ({reason}).",
    responsible="server-config",
    fixes=(
        admin("Serve the sign-in over https and redirect http there.", "easy"),
        developer("Behind a proxy that ends TLS, let the application know that the outside is https.", "easy"),
    ),
    refs=(STANDARD, SET_COOKIE + "#secure"),
)
TOO_LARGE = inspector.rule(
    "too-large",
    cause="cookie.too-large",
    title="The cookie is larger than browsers store",
    why="Name and value of `{cookie}`, set by `{setter}`, are longer than 4096 octets ({reason}), so the browser threw "
    "it away.",
    responsible="application",
    fixes=(
        developer("Keep the session's data on the server, and only its key in the cookie."),
        developer("Leave out of the token what the server can look up: groups, permissions, profile."),
    ),
    refs=("https://datatracker.ietf.org/doc/html/draft-ietf-httpbis-rfc6265bis#section-5.6",),
)
SAMESITE = inspector.rule(
    "samesite",
    cause="cookie.samesite",
    title="A cross-site answer tried to set a cookie that is kept to its own site",
    why="`{setter}` set `{cookie}` in an answer to a cross-site request or in a frame of another site. Only cookies "
    "with SameSite=None are stored then ({reason}).",
    responsible="server-config",
    fixes=(
        admin("Set `{cookie}` with `SameSite=None; Secure` if other sites are meant to use it.", "easy"),
        developer("Let people sign in on the service's own page instead of in a frame."),
    ),
    refs=(STANDARD, SET_COOKIE + "#samesitesamesite-value"),
)
PARTITIONED = inspector.rule(
    "partitioned-insecure",
    cause="cookie.partitioned",
    title="Partitioned without Secure: the browser did not store the cookie",
    why="`{setter}` set `{cookie}` with Partitioned, which demands Secure as well.",
    responsible="server-config",
    fixes=(admin("Add `Secure` to the Set-Cookie of `{cookie}`.", "easy"),),
    refs=(SET_COOKIE + "#partitioned",),
)
RULES = {
    Reason.INVALID_DOMAIN: DOMAIN,
    Reason.INVALID_PREFIX: PREFIX,
    Reason.SECURE_ONLY: SECURE,
    Reason.NONE_INSECURE: NONE_INSECURE,
    Reason.TOO_LARGE: TOO_LARGE,
    Reason.INVALID_PARTITIONED: PARTITIONED,
}


@inspector.check
def not_stored(denial: Denial) -> Iterator[Verdict]:
    """The session was set, and the standards made the browser throw it away."""
    one = suspect(denial)
    if one is None or not isinstance(one.what, Refused):
        return
    rule = _rule(one.reasons[0])
    if rule is None:
        return
    line = set_cookie_line(denial.traffic, one.set_by, one.name)
    yield rule.found(
        Basis[support_of(denial, one).name],
        Evidence(one.set_by, "response.header", "set-cookie", line, "is not stored"),
        Evidence(
            denial.exchange.index,
            "request.header",
            "cookie",
            denial.exchange.request.headers.text("cookie"),
            "does not have it",
        ),
        change=cookie_set(denial.traffic, denial.exchange.index, one.set_by, one.name),
        cookie=one.name,
        setter=denial.traffic.urls[one.set_by].host,
        domain=one.what.domain,
        reason=", ".join(reason.protocol for reason in one.reasons if reason.protocol),
    )


def _rule(reason: Reason) -> Rule | None:
    return SAMESITE if reason.is_same_site else RULES.get(reason)
