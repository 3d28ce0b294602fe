"""Cookies that the browser keeps apart by the site at the top: partitions and third-party protection (CHIPS)."""

from __future__ import annotations

from collections.abc import Iterator

from harinspect.inspecting import Basis, Evidence, Inspector, Rule, Verdict, admin, developer, user
from harinspect.traffic.changes import Untested
from harinspect.traffic.model import Denial
from harinspect.traffic.sessions import Support, Suspect, at_most, set_cookie_line, support_of, suspect
from harinspect.traffic.set_cookies import cookie_set
from harinspect.traffic.surroundings import is_script_call
from harinspect.traffic.timeline import Withheld
from harinspect.wire.cookie_policy import TYPED, Reason

inspector = Inspector(__name__)
CHIPS = "https://developer.mozilla.org/docs/Web/Privacy/Guides/Privacy_sandbox/Partitioned_cookies"

THIRD_PARTY = inspector.rule(
    "third-party-blocked",
    cause="cookie.third-party-blocked",
    title="The browser keeps cookies from third parties",
    why="`{cookie}` was set for this host and may travel to other sites, yet it is not in this request, which was made "
    "under another site (`{top}`). Browsers that protect against tracking hold such cookies back.",
    responsible="user",
    fixes=(
        user("Allow third-party cookies for this one site, or open the service in a tab of its own."),
        developer("Ask for the cookies with the Storage Access API, or serve page and API from one site.", "hard"),
        admin("Set the cookie with `Partitioned` if one session for each embedding site is enough.", "medium"),
    ),
    refs=("https://developer.mozilla.org/docs/Web/Privacy/Guides/Third-party_cookies",),
)
PARTITIONED = inspector.rule(
    "partitioned",
    cause="cookie.partitioned",
    title="The session lives in the partition of another top-level site",
    why="`{cookie}` was set with Partitioned under `{partition}`. This request was made under `{top}`, where that "
    "cookie does not exist.",
    responsible="server-config",
    fixes=(
        admin(
            "Leave `Partitioned` out if one session is to serve all sites; third-party blocking then matters.", "easy"
        ),
        developer(
            "Sign in once under each embedding site, or ask for the unpartitioned cookie by requestStorageAccess."
        ),
        user("Sign in again within this site."),
    ),
    refs=(CHIPS,),
)
BROWSERS_OWN = Untested("Whether third-party cookies go along is a setting of the browser and its user.")


@inspector.check
def kept_apart(denial: Denial) -> Iterator[Verdict]:
    """The session exists, but not for what is shown under this top-level site."""
    one = suspect(denial)
    if one is None or not isinstance(one.what, Withheld):
        return
    context = denial.traffic.cookies.at(denial.exchange.index).context or TYPED
    place = denial.traffic, denial.exchange.index, one.set_by
    for rule, limit in _rules(denial, one.what):
        yield rule.found(
            Basis[at_most(limit, support_of(denial, one)).name],
            *_evidence(denial, one),
            change=cookie_set(*place, one.name) if rule is PARTITIONED else BROWSERS_OWN,
            cookie=one.name,
            top=context.top_level_site or "another site",
            partition=one.what.cookie.partition or "",
        )


def _rules(denial: Denial, withheld: Withheld) -> Iterator[tuple[Rule, Support]]:
    """What may explain it, and how sure that can be at best."""
    if withheld.reasons == (Reason.OTHER_PARTITION,):
        yield PARTITIONED, Support.STANDARD
    elif withheld.reasons == (Reason.THIRD_PARTY,):
        yield THIRD_PARTY, Support.SIGNATURE
    elif not withheld.reasons and _is_third_party(denial) and not denial.traffic.cookies.third_party_cookies:
        called = is_script_call(denial.exchange, denial.traffic.urls[denial.exchange.index])
        yield THIRD_PARTY, Support.CIRCUMSTANCE if called else Support.SIGNATURE


def _is_third_party(denial: Denial) -> bool:
    context = denial.traffic.cookies.at(denial.exchange.index).context
    return context is not None and context.is_third_party(denial.traffic.urls[denial.exchange.index])


def _evidence(denial: Denial, one: Suspect) -> Iterator[Evidence]:
    line = set_cookie_line(denial.traffic, one.set_by, one.name)
    yield Evidence(one.set_by, "response.header", "set-cookie", line, "sets the cookie")
    headers = denial.exchange.request.headers
    yield Evidence(denial.exchange.index, "request.header", "cookie", headers.text("cookie"), "does not have it")
    for name in ("sec-fetch-site", "origin"):
        if name in headers:
            yield Evidence(denial.exchange.index, "request.header", name, headers.text(name))
