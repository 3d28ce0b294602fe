"""Scripts that call another origin without credentials, so that cookies are neither sent nor stored (Fetch)."""

from __future__ import annotations

from collections.abc import Iterator

from harinspect.inspecting import Basis, Evidence, Inspector, Verdict, admin, developer
from harinspect.traffic.model import Denial
from harinspect.traffic.sessions import Support, Suspect, at_most, set_cookie_line, support_of, suspect
from harinspect.traffic.set_cookies import credentials_included
from harinspect.traffic.surroundings import is_script_call
from harinspect.traffic.timeline import Refused, Withheld
from harinspect.wire.cookie_policy import Reason

inspector = Inspector(__name__)
FETCH = "https://fetch.spec.whatwg.org/#concept-request-credentials-mode"

NOT_INCLUDED = inspector.rule(
    "not-included",
    cause="cookie.not-included",
    title="The script called the API without credentials",
    why="`{cookie}` was set for this host and nothing in the standards keeps it from this request, but the script on "
    "`{source}` calls another origin, and `fetch` takes cookies there only if told to.",
    responsible="client-code",
    fixes=(
        developer(
            "Call `fetch` with `credentials: 'include'`, or set `withCredentials = true` on XMLHttpRequest.", "easy"
        ),
        admin(
            "Answer with `Access-Control-Allow-Credentials: true` and the exact origin, as credentials demand.", "easy"
        ),
    ),
    refs=(FETCH, "https://developer.mozilla.org/docs/Web/API/RequestInit#credentials"),
)
NOT_KEPT = inspector.rule(
    "not-kept",
    cause="cookie.not-included",
    title="The answer to a call without credentials cannot set cookies",
    why="`{setter}` answered a script's call with `{cookie}`, but the call was made without credentials, and then the "
    "browser neither sends nor stores cookies.",
    responsible="client-code",
    fixes=(
        developer("Sign in with `credentials: 'include'` too, not only in the calls that follow.", "easy"),
        admin(
            "Answer with `Access-Control-Allow-Credentials: true` and the exact origin, as credentials demand.", "easy"
        ),
    ),
    refs=(FETCH,),
)


@inspector.check
def left_out(denial: Denial) -> Iterator[Verdict]:
    """The session was stored, no standard forbids it, and a script's call went without it."""
    one = suspect(denial)
    if one is None or not isinstance(one.what, Withheld) or not _may_be_left_out(denial, one.what):
        return
    yield NOT_INCLUDED.found(
        Basis[at_most(Support.SIGNATURE, support_of(denial, one)).name],
        *_evidence(denial, one),
        change=credentials_included(denial.traffic, denial.exchange.index, one.set_by, one.name),
        cookie=one.name,
        host=denial.traffic.urls[denial.exchange.index].host,
        source=denial.exchange.request.headers.text("origin"),
    )


@inspector.check
def not_kept(denial: Denial) -> Iterator[Verdict]:
    """The session was set in answer to a call without credentials."""
    one = suspect(denial)
    if one is None or not isinstance(one.what, Refused) or one.reasons[0] is not Reason.CREDENTIALS_OMITTED:
        return
    yield NOT_KEPT.found(
        Basis[at_most(Support.SIGNATURE, support_of(denial, one)).name],
        *_evidence(denial, one),
        change=credentials_included(denial.traffic, denial.exchange.index, one.set_by, one.name),
        cookie=one.name,
        host=denial.traffic.urls[denial.exchange.index].host,
        setter=denial.traffic.urls[one.set_by].host,
    )


def _may_be_left_out(denial: Denial, withheld: Withheld) -> bool:
    return withheld.reasons == (Reason.CREDENTIALS_OMITTED,) or (
        not withheld.reasons and is_script_call(denial.exchange, denial.traffic.urls[denial.exchange.index])
    )


def _evidence(denial: Denial, one: Suspect) -> Iterator[Evidence]:
    line = set_cookie_line(denial.traffic, one.set_by, one.name)
    yield Evidence(one.set_by, "response.header", "set-cookie", line, "sets the cookie")
    headers = denial.exchange.request.headers
    yield Evidence(denial.exchange.index, "request.header", "cookie", headers.text("cookie"), "does not have it")
    for name in ("sec-fetch-site", "origin"):
        if name in headers:
            yield Evidence(denial.exchange.index, "request.header", name, headers.text(name))
