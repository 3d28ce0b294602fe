"""Stored cookies that belong elsewhere: another host, another path (RFC 6265bis, sections 5.1.3, 5.1.4 and 5.8.3)."""

from __future__ import annotations

from collections.abc import Iterator

from harinspect.inspecting import Basis, Evidence, Inspector, Rule, Verdict, admin, developer
from harinspect.traffic.model import Denial
from harinspect.traffic.sessions import (
    Support,
    Suspect,
    at_most,
    belongs_to_page,
    is_handed_over,
    set_cookie_line,
    support_of,
    suspect,
)
from harinspect.traffic.set_cookies import cookie_set
from harinspect.traffic.timeline import Withheld
from harinspect.wire.cookie_policy import Reason

inspector = Inspector(__name__)
STANDARD = "https://datatracker.ietf.org/doc/html/draft-ietf-httpbis-rfc6265bis#section-5.8.3"
SET_COOKIE = "https://developer.mozilla.org/docs/Web/HTTP/Reference/Headers/Set-Cookie"

PATH = inspector.rule(
    "path-mismatch",
    cause="cookie.path-mismatch",
    title="The cookie's Path does not cover this address",
    why="`{cookie}` was set with the path `{path}`, so it does not go along to `{here}` (NotOnPath).",
    responsible="server-config",
    fixes=(
        admin("Set `{cookie}` with `Path=/`, or with a path that all its users lie under.", "easy"),
        developer(
            "State Path where the cookie is set: without it the directory of the setting address counts.", "easy"
        ),
    ),
    refs=(STANDARD, SET_COOKIE + "#pathpath-value"),
)
HOST_ONLY = inspector.rule(
    "host-only",
    cause="cookie.host-only",
    title="The cookie belongs to another host alone",
    why="`{cookie}` was set by `{domain}` without Domain, so it goes to that host only, not to "
    "`{host}` (DomainMismatch).",
    responsible="server-config",
    fixes=(
        admin(
            "Set `{cookie}` with `Domain=` and the name that both hosts share, if both are meant to have it.", "easy"
        ),
        developer("Call the API through the page's own host, so that one host-only cookie is enough."),
    ),
    refs=(STANDARD, SET_COOKIE + "#domaindomain-value"),
)
DOMAIN = inspector.rule(
    "domain-mismatch",
    cause="cookie.domain-mismatch",
    title="The cookie's Domain does not cover this host",
    why="`{cookie}` was set for `{domain}` and the names below it; `{host}` is none of them (DomainMismatch).",
    responsible="server-config",
    fixes=(admin("Set `{cookie}` with `Domain=` and the name that both hosts share.", "easy"),),
    refs=(STANDARD, SET_COOKIE + "#domaindomain-value"),
)


@inspector.check
def lies_elsewhere(denial: Denial) -> Iterator[Verdict]:
    """The session was stored for another host or another path."""
    one = suspect(denial)
    if one is None or not isinstance(one.what, Withheld):
        return
    rule = _rule(one.what)
    if rule is None:
        return
    url = denial.traffic.urls[denial.exchange.index]
    yield rule.found(
        Basis[_support(rule, denial, one).name],
        *_evidence(denial, one),
        change=cookie_set(denial.traffic, denial.exchange.index, one.set_by, one.name),
        cookie=one.name,
        domain=one.what.cookie.domain,
        path=one.what.cookie.path,
        host=url.host,
        here=url.path,
    )


def _rule(withheld: Withheld) -> Rule | None:
    if Reason.DOMAIN_MISMATCH in withheld.reasons:
        return HOST_ONLY if withheld.cookie.host_only else DOMAIN
    return PATH if Reason.NOT_ON_PATH in withheld.reasons else None


def _support(rule: Rule, denial: Denial, one: Suspect) -> Support:
    support = support_of(denial, one)
    if is_handed_over(one, denial.traffic.cookies.at(denial.exchange.index)):
        return support
    if rule is PATH:  # a cookie may be meant for one path only
        return Support.CIRCUMSTANCE if support is Support.SIGNATURE else support
    return at_most(Support.SIGNATURE if belongs_to_page(one, denial) else Support.CIRCUMSTANCE, support)


def _evidence(denial: Denial, one: Suspect) -> Iterator[Evidence]:
    line = set_cookie_line(denial.traffic, one.set_by, one.name)
    yield Evidence(one.set_by, "response.header", "set-cookie", line, "sets the cookie")
    sent = denial.exchange.request.headers.text("cookie")
    yield Evidence(denial.exchange.index, "request.header", "cookie", sent, "does not have it")
    yield Evidence(denial.exchange.index, "request.url", "", denial.exchange.url)
