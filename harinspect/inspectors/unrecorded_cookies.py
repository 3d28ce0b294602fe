"""Refusals that may be about cookies, in files that keep silent about cookies: what the rest of the file lets guess."""

from __future__ import annotations

from collections.abc import Iterator

from harinspect.har.model import Credentials, Exchange
from harinspect.inspecting import Basis, Evidence, Inspector, Rule, Verdict, admin, developer, user
from harinspect.traffic.changes import NOT_RECORDED
from harinspect.traffic.model import Denial
from harinspect.traffic.session_signs import (
    Words,
    signs_in,
    speaks_of_forgery,
    speaks_of_state,
    speaks_of_strangers,
    words_of,
)
from harinspect.traffic.sessions import began_sign_in, may_want_session
from harinspect.traffic.surroundings import is_top_level_navigation, source_of
from harinspect.wire.cookie_policy import SAFE_METHODS
from harinspect.wire.headers import WITHHELD
from harinspect.wire.regexes import regex

inspector = Inspector(__name__)
_SIGNED = regex(r"(?i)[?&](?:x-amz-signature|x-goog-signature|signature|sig|key-pair-id)=")
STANDARD = "https://datatracker.ietf.org/doc/html/draft-ietf-httpbis-rfc6265bis"
UNKNOWN = "The file does not record cookies, so it cannot tell whether a session cookie went along."
UNSENT = "The request's size shows that no cookie went along, but not why: what was set before is not recorded."
NEEDS = "The same recording exported with sensitive data, or the Cookies tab of this request in the browser."

SAMESITE = inspector.rule(
    "samesite",
    cause="cookie.samesite",
    title="A cross-site request, which cookies with SameSite=Lax or Strict do not go along with",
    why="This {method} request to `{host}` comes from another site, `{source}`, and the server misses what it had "
    "remembered in a cookie. Cookies without `SameSite=None` stay behind on such a request.",
    responsible="server-config",
    fixes=(
        admin("Set the cookie that this address needs with `SameSite=None; Secure`.", "easy"),
        developer("Let the other site come back by a GET redirect instead of a form."),
    ),
    refs=(STANDARD + "#section-5.8.3",),
)
NOT_INCLUDED = inspector.rule(
    "not-included",
    cause="cookie.not-included",
    title="A script called another origin, perhaps without credentials",
    why="A script on `{source}` called `{host}`. `fetch` takes cookies to another origin only if told to.",
    responsible="client-code",
    fixes=(developer("Call `fetch` with `credentials: 'include'`.", "easy"),),
    refs=("https://fetch.spec.whatwg.org/#concept-request-credentials-mode",),
)
OVERWRITTEN = inspector.rule(
    "overwritten",
    cause="cookie.overwritten",
    title="The server took a signed-in caller for a stranger",
    why="Somebody signed in earlier on `{host}`, and still this answer speaks of an anonymous session: something may "
    "have replaced the session cookie in between.",
    responsible="server-config",
    fixes=(
        developer("Find the answers between the two that set the session cookie, and let them keep a session."),
        user("Sign in again, and record once more with sensitive data."),
    ),
    temporary="maybe",
    refs=(STANDARD + "#section-5.7",),
)
SESSION = inspector.rule(
    "session",
    cause="cookie.expired",
    title="The session cookie may have been missing",
    why="`{host}` refused this request, and whether a session cookie went along is not in the file.",
    responsible="user",
    temporary="maybe",
    fixes=(user("Sign in again, and repeat what you did."),),
    refs=(STANDARD,),
)


@inspector.check
def keeps_silent(denial: Denial) -> Iterator[Verdict]:
    """A session may have been missing, and the file does not say."""
    exchange, traffic = denial.exchange, denial.traffic
    url = traffic.urls.get(exchange.index)
    if url is None or not may_want_session(exchange) or _is_recorded(denial):
        return
    source = source_of(exchange)
    holes = {"host": url.host, "source": source.origin if source else "another site", "method": exchange.method}
    if _is_stranger(denial, url.host):
        yield OVERWRITTEN.found(Basis.CIRCUMSTANCE, _words(exchange), change=NOT_RECORDED, **holes)
    elif _comes_back_without_state(exchange):
        where = Evidence(exchange.index, "request.header", "sec-fetch-site", "cross-site")
        basis = Basis.SIGNATURE if began_sign_in(denial) else Basis.CIRCUMSTANCE
        yield SAMESITE.found(basis, where, _words(exchange), change=NOT_RECORDED, **holes)
    elif not _is_about_something_else(exchange):
        yield _open(exchange, _rule(exchange, url.origin), holes)


def _is_about_something_else(exchange: Exchange) -> bool:
    """Does the answer name another cause, or the request bring another credential?"""
    if "authorization" in exchange.request.headers or _SIGNED.search(exchange.url):
        return True
    return words_of(exchange) is Words.OTHER or speaks_of_forgery(exchange)


def _open(exchange: Exchange, rule: Rule, holes: dict[str, str]) -> Verdict:
    """What the sanitizer left of an HTTP/1.x request may still tell whether a credential was in it."""
    removed = exchange.request.removed_bytes
    if removed:
        where = Evidence(exchange.index, "request.header", "headersSize", str(removed), "octets were removed")
        return rule.ruled_out(
            "A Cookie or Authorization went along: the request's size says that one was removed.", where
        )
    return rule.undetermined(UNKNOWN if removed is None else UNSENT, NEEDS, **holes)


def _is_recorded(denial: Denial) -> bool:
    silent = denial.exchange.request.headers.get("cookie") is WITHHELD
    return denial.traffic.credentials is Credentials.RECORDED and not silent


def _is_stranger(denial: Denial, host: str) -> bool:
    """Does the answer speak of an anonymous session, though somebody signed in on that host before?"""
    if not speaks_of_strangers(denial.exchange) or words_of(denial.exchange) is not Words.SESSION:
        return False
    place = denial.exchange.started
    return any(
        signs_in(e) and 200 <= e.status < 400 and (e.started is None or place is None or e.started < place)
        for e in denial.traffic.by_host.get(host, ())
    )


def _comes_back_without_state(exchange: Exchange) -> bool:
    """Another site sent the browser here by a form, and the server misses the state of the sign-in."""
    posted = exchange.method not in SAFE_METHODS and is_top_level_navigation(exchange)
    return posted and exchange.request.headers.text("sec-fetch-site") == "cross-site" and speaks_of_state(exchange)


def _rule(exchange: Exchange, origin: str) -> Rule:
    said, follows_link = exchange.request.headers.text("sec-fetch-site"), is_top_level_navigation(exchange)
    if said == "cross-site" and not (follows_link and exchange.method in SAFE_METHODS):
        return SAMESITE
    if said == "same-site" and exchange.request.headers.text("origin", origin) != origin:
        return NOT_INCLUDED
    return SESSION


def _words(exchange: Exchange) -> Evidence:
    return Evidence(exchange.index, "response.body", "", (exchange.response.body or "")[:200])
