"""Cookies that other requests carried and this one does not, in recordings that began after they were set."""

from __future__ import annotations

from collections.abc import Iterator

from harinspect.inspecting import Basis, Evidence, Inspector, Verdict, admin, developer, user
from harinspect.traffic.changes import NOT_SEEN_SET
from harinspect.traffic.model import Denial
from harinspect.traffic.session_signs import STRONG, Words, weight, words_of
from harinspect.traffic.sessions import may_want_session, session_sent
from harinspect.traffic.surroundings import is_script_call, is_top_level_navigation, source_of
from harinspect.wire.cookie_policy import SAFE_METHODS

inspector = Inspector(__name__)
STANDARD = "https://datatracker.ietf.org/doc/html/draft-ietf-httpbis-rfc6265bis#section-5.8.3"
NEEDS = "A recording that begins before the sign-in, so that the cookie's attributes are in it."

SAMESITE = inspector.rule(
    "samesite",
    cause="cookie.samesite",
    title="A cookie that goes along within the site is missing in a cross-site request",
    why="Other requests to `{host}` carried `{cookie}`; this {method} request, which comes from `{source}`, does not. "
    "The recording does not show how the cookie was set. Without `SameSite=None` it stays behind here.",
    responsible="server-config",
    fixes=(
        admin("Set `{cookie}` with `SameSite=None; Secure` if other sites are meant to use it.", "easy"),
        developer("Serve the page and the API from one site."),
    ),
    refs=(STANDARD,),
)
NOT_INCLUDED = inspector.rule(
    "not-included",
    cause="cookie.not-included",
    title="A script's call lacks a cookie that other requests carried",
    why="Other requests to `{host}` carried `{cookie}`; this call of a script on `{source}` does not. `fetch` takes "
    "cookies to another origin only if told to.",
    responsible="client-code",
    fixes=(developer("Call `fetch` with `credentials: 'include'`.", "easy"),),
    refs=("https://fetch.spec.whatwg.org/#concept-request-credentials-mode",),
)
GONE = inspector.rule(
    "gone",
    cause="cookie.expired",
    title="A cookie that other requests carried is gone",
    why="Earlier requests to `{host}` carried `{cookie}`; this one does not.",
    responsible="user",
    temporary="yes",
    fixes=(user("Sign in again, and repeat what you did."),),
    refs=(STANDARD,),
)


@inspector.check
def is_missing(denial: Denial) -> Iterator[Verdict]:
    """The host was sent a session before, and not by this request."""
    exchange, traffic = denial.exchange, denial.traffic
    url = traffic.urls.get(exchange.index)
    if url is None or not may_want_session(exchange) or session_sent(denial):
        return
    view = traffic.cookies.at(exchange.index)
    older = traffic.cookies.older_than(exchange.index, url.host)
    name = next((n for n in older if weight(n, False, None) >= STRONG and not view.has(n)), None)
    if name is None or words_of(exchange) is Words.OTHER:
        return
    source = source_of(exchange)
    holes = {
        "host": url.host,
        "cookie": name,
        "method": exchange.method,
        "source": source.origin if source else "elsewhere",
    }
    headers = exchange.request.headers
    where = Evidence(exchange.index, "request.header", "cookie", headers.text("cookie"), "does not have it")
    follows_link = is_top_level_navigation(exchange) and exchange.method in SAFE_METHODS
    if headers.text("sec-fetch-site") == "cross-site" and not follows_link:
        yield SAMESITE.found(Basis.CIRCUMSTANCE, where, change=NOT_SEEN_SET, **holes)
    elif is_script_call(exchange, url):
        yield NOT_INCLUDED.found(Basis.CIRCUMSTANCE, where, change=NOT_SEEN_SET, **holes)
    else:
        yield GONE.undetermined(
            "`{cookie}` went along before and is missing here; the file does not say why.", NEEDS, where, **holes
        )
