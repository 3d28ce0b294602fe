"""Trials of cookies that are set otherwise, told in words."""

from __future__ import annotations

from collections.abc import Iterator

from harinspect.traffic.changes import CookieKept, CookieSet, StrayDeleted, Untested, Verified
from harinspect.traffic.cross_origin import passes, told
from harinspect.traffic.model import Traffic
from harinspect.traffic.rehearsal import Outcome, attributes_put, outcome_of, values_sent
from harinspect.traffic.surroundings import is_script_call
from harinspect.traffic.wording import code, listed
from harinspect.wire.cookie_policy import Reason

SERVERS_TURN = "What the server answers then is not in the file."
THIRD_PARTY = "Browsers that block third-party cookies still hold it back."
SCRIPTS_TURN = "That takes a script that includes credentials; whether this one does is not in the file."


def cookie_trial(change: CookieSet | CookieKept | StrayDeleted, traffic: Traffic) -> Verified | Untested:
    """The jar once more, with the change."""
    match change:
        case CookieSet():
            return _set(change, traffic)
        case CookieKept():
            return _kept(change, traffic)
        case StrayDeleted():
            return _without_stray(change, traffic)


def _set(change: CookieSet, traffic: Traffic) -> Verified | Untested:
    found = outcome_of(change, traffic)
    cookie, how = code(change.name), listed(_ways(change, traffic))
    if found.reasons == (Reason.THIRD_PARTY,):
        return Untested(f"{_opening(how)}nothing but the browser's own third-party protection keeps {cookie}.")
    if not found.goes:
        return Verified(False, f"{_opening(how)}{cookie} would still not go along{_because(found)}.")
    if change.grant and not passes(change.grant, traffic):
        return Verified(False, f"{_opening(how)}{cookie} goes along, but the answer fails the CORS check.")
    said = f"{_opening(how)}{cookie} is stored and goes along with this request."
    return Verified(True, " ".join([said, *_besides(change, traffic), SERVERS_TURN]))


def _ways(change: CookieSet, traffic: Traffic) -> Iterator[str]:
    """In what the change differs from the recording."""
    put = attributes_put(change)
    left_out = [code(name) for name, value in change.attributes if value is None and _had(change, name, traffic)]
    if change.by_target:
        yield f"set by {code(traffic.urls[change.exchange].host)} itself"
    parts = [f"with {code('; '.join(put))}"] * bool(put) + [f"without {listed(left_out)}"] * bool(left_out)
    if parts:
        yield f"set {listed(parts)}"
    if change.fits:
        yield "set with a value that fits in 4096 octets"
    if change.over_https:
        yield "with the page and every call on https"
    if change.with_credentials:
        yield "with credentials included in the script's call"


def _had(change: CookieSet, attribute: str, traffic: Traffic) -> bool:
    lines = traffic.exchanges[change.setter].response.headers.all("set-cookie")
    return any(f";{attribute}" in line.replace(" ", "").lower().replace(attribute.lower(), attribute) for line in lines)


def _besides(change: CookieSet, traffic: Traffic) -> Iterator[str]:
    if change.grant:
        headers = told(change.grant)
        yield (
            f"With {headers} the answer passes the CORS check with credentials."
            if headers
            else ("The answer passes the CORS check with credentials as it is.")
        )
    elif _may_omit_credentials(change, traffic):
        yield SCRIPTS_TURN
    if traffic.contexts.asked[change.exchange].context.is_third_party(traffic.urls[change.exchange]):
        yield THIRD_PARTY


def _may_omit_credentials(change: CookieSet, traffic: Traffic) -> bool:
    exchange = traffic.exchanges[change.exchange]
    return is_script_call(exchange, traffic.urls[change.exchange]) and "cookie" not in exchange.request.headers


def _kept(change: CookieKept, traffic: Traffic) -> Verified:
    found = outcome_of(change, traffic)
    cookie, other = code(change.name), code(traffic.urls[change.by].path)
    if not found.goes:
        return Verified(False, f"Had {other} left {cookie} alone, it would still not go along{_because(found)}.")
    return Verified(
        True, f"Had {other} left {cookie} alone, the value set first is the one that goes along. {SERVERS_TURN}"
    )


def _without_stray(change: StrayDeleted, traffic: Traffic) -> Verified:
    left = values_sent(change, traffic)
    said = f"With {code(f'Set-Cookie: {change.line}')} sent as well by the answer that sets the good one"
    if len(left) == 1:
        return Verified(True, f"{said}, that one alone goes along. {SERVERS_TURN}")
    return Verified(False, f"{said}, {len(left)} cookies of that name would still go along.")


def _opening(how: str) -> str:
    return f"{how[:1].upper()}{how[1:]}, " if how else ""


def _because(found: Outcome) -> str:
    reasons = [reason.protocol or reason.value for reason in found.reasons]
    return f" ({listed(reasons)})" if reasons else ""
