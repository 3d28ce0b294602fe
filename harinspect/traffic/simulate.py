"""A change to the recording, tried: the same functions that judged what was recorded are asked once more.

What comes out is what the browser would do then. What the server would do is never known.
"""

from __future__ import annotations

from harinspect.traffic.changes import (
    CalledDirectly,
    Change,
    CookieKept,
    CookieSet,
    Embedding,
    Grant,
    MethodKept,
    PathSent,
    PolicyStated,
    StrayDeleted,
    Untested,
    UserLeftOut,
    Varied,
    Verified,
)
from harinspect.traffic.cookie_trials import cookie_trial
from harinspect.traffic.cross_origin import cross_origin_trial
from harinspect.traffic.grants import spelt as grant_spelt
from harinspect.traffic.model import Traffic
from harinspect.traffic.referrers import due_referer
from harinspect.traffic.wording import code, listed
from harinspect.wire.redirects import cors_redirect_problem, is_redirect, redirected_method
from harinspect.wire.referrer import referer
from harinspect.wire.url import Url

SHIFT = 8 * 3600  # seconds that a session usually lasts
USUAL: dict[str, str | None] = {"SameSite": "None"}  # where the cookie itself could not be tried

__all__ = ["Change", "Untested", "Verified", "spelt", "verify"]


def verify(change: Change, traffic: Traffic) -> Verified | Untested:
    """Try the change on the recording."""
    match change:
        case Untested():
            return change
        case CookieSet() | CookieKept() | StrayDeleted():
            return cookie_trial(change, traffic)
        case Grant() | Embedding() | CalledDirectly() | Varied():
            return cross_origin_trial(change, traffic)
        case PolicyStated():
            return _stated(change, traffic)
        case PathSent():
            return _path_sent(change, traffic)
        case MethodKept():
            return _method_kept(change, traffic)
        case UserLeftOut():
            return _followed(change, traffic)


def spelt(change: Change | None, traffic: Traffic) -> dict[str, str]:
    """What recipes fill in of a change; "" for what is no part of it."""
    if isinstance(change, Grant):
        return grant_spelt(change, traffic)
    put = dict(change.attributes) if isinstance(change, CookieSet) else USUAL
    same_site = put.get("SameSite") or ""
    return {
        "shared": put.get("Domain") or "",
        "unpartitioned": "yes" if "Partitioned" in put else "",
        "seconds": str(max(SHIFT, int(put.get("Max-Age") or 0))),
        "samesite": same_site.lower(),
        "SameSite": same_site,
    }


def _stated(change: PolicyStated, traffic: Traffic) -> Verified:
    due = due_referer(traffic, change.exchange, change.page, dict.fromkeys(change.makers, change.policy))
    hops = [maker for maker in change.makers if is_redirect(traffic.exchanges[maker].status)]
    where = listed(["the page"] * (len(hops) < len(change.makers)) + ["the redirect"] * bool(hops))
    header, origin = code(f"Referrer-Policy: {change.policy}"), code(traffic.urls[change.page].origin)
    if due is None:
        return Verified(False, f"With {header} on {where} the browser would still send no Referer here.")
    return Verified(
        True,
        f"With {header} on {where} the browser sends a Referer that names {origin}. Whether the server accepts that "
        "site is its own list.",
    )


def _path_sent(change: PathSent, traffic: Traffic) -> Verified:
    full = traffic.exchanges[change.twin].request.headers.text("referer")
    page = Url.parse(full)
    sent = referer(change.policy, page, traffic.urls[change.exchange]) if page else None
    told = f"Called with {code(f'referrerPolicy: {change.policy}')}, the request bears"
    if sent != full:
        return Verified(False, f"{told} the origin alone all the same.")
    return Verified(True, f"{told} the whole address of its page, as the call did that passed.")


def _followed(change: UserLeftOut, traffic: Traffic) -> Verified:
    """Fetch, HTTP-redirect fetch, steps 6 and 9."""
    where = traffic.exchanges[change.exchange].response.headers.text("location")
    target = traffic.urls[change.exchange].join(where)
    bare = Url.parse(f"{target.origin}{target.path}") if target else None
    holds = bare is not None and cors_redirect_problem(bare) is None
    answers = "The answer there has to allow the origin of the page, or `null`."
    return Verified(holds, f"Without the user name the browser follows the redirect. {answers}")


def _method_kept(change: MethodKept, traffic: Traffic) -> Verified:
    """Fetch, HTTP-redirect fetch, step 12, over every hop from the first that is changed."""
    statuses = dict(change.hops)
    chain = traffic.chain_of[change.exchange].exchanges
    way = chain[chain.index(change.hops[0][0]) : chain.index(change.exchange)]
    wanted = method = traffic.exchanges[way[0]].method
    for hop in way:
        method = redirected_method(statuses.get(hop, traffic.exchanges[hop].status), method)
    before = listed(dict.fromkeys(str(traffic.exchanges[hop].status) for hop in statuses))
    after = listed(dict.fromkeys(str(status) for status in statuses.values()))
    told = f"Answered {after} instead of {before}, the browser sends {code(method)} on"
    return Verified(method == wanted, f"{told} to the new address, with the body. What the server answers is its own.")
