"""How a cookie would have to be set so that the request that lacked it bears it: the least that has to change."""

from __future__ import annotations

from msgspec.structs import replace

from harinspect.traffic.changes import NOT_SEEN_SET, CookieKept, CookieSet, Grant, StrayDeleted, Untested
from harinspect.traffic.grants import completed, grant_for
from harinspect.traffic.model import Traffic
from harinspect.traffic.rehearsal import Outcome, outcome_of
from harinspect.wire.cookie_policy import Cookie, Reason
from harinspect.wire.url import is_public_suffix

AT_MOST = 6  # things that can be wrong with one cookie
HOUR = 3600
NO_HINDRANCE = Untested("By what the file shows, the cookie should have gone along as it was set.")

_Attributes = tuple[tuple[str, str | None], ...]
_SECURE: _Attributes = (("Secure", ""),)
_BY_REASON: dict[Reason, _Attributes] = {
    Reason.NONE_INSECURE: _SECURE,
    Reason.INVALID_PARTITIONED: _SECURE,
    Reason.NOT_ON_PATH: (("Path", "/"),),
    Reason.OTHER_PARTITION: (("Partitioned", None),),
}


def cookie_set(traffic: Traffic, exchange: int, setter: int, name: str) -> CookieSet | Untested:
    """What the setting answer has to say instead."""
    plain = CookieSet(exchange, setter, name)
    change = _mended(plain, traffic)
    return NO_HINDRANCE if change == plain and outcome_of(plain, traffic).goes else change


def credentials_included(traffic: Traffic, exchange: int, setter: int, name: str) -> CookieSet:
    """The script includes credentials, and the answer allows them."""
    return _mended(_with_credentials(CookieSet(exchange, setter, name), traffic), traffic)


def cookie_kept(exchange: int, by: int, setter: int | None, name: str) -> CookieKept | Untested:
    """The answer that replaced or deleted the cookie leaves it alone."""
    return NOT_SEEN_SET if setter is None else CookieKept(exchange, setter, name, by)


def stray_deleted(exchange: int, setter: int | None, stray: Cookie | None) -> StrayDeleted | Untested:
    """The answer that sets the good cookie deletes the stray one: the same name, domain and path."""
    if setter is None or stray is None:
        return NOT_SEEN_SET
    domain = "" if stray.host_only else f"; Domain={stray.domain}"
    secure = "; Secure" if stray.secure else ""
    return StrayDeleted(exchange, setter, stray.name, f"{stray.name}=; Path={stray.path}{domain}; Max-Age=0{secure}")


def shared_domain(one: str, other: str) -> str:
    """The longest name that both hosts lie under, "" where that would be a public suffix."""
    labels, others = one.split("."), other.split(".")
    names = (".".join(labels[start:]) for start in range(len(labels)))
    mine = {".".join(others[start:]) for start in range(len(others))}
    shared = next((name for name in names if name in mine), "")
    return "" if not shared or is_public_suffix(shared) else shared


def _mended(change: CookieSet, traffic: Traffic) -> CookieSet:
    """Ask what keeps the cookie away, put that right, and ask again, until it goes along or nothing can be done."""
    for _ in range(AT_MOST):
        found = outcome_of(change, traffic)
        better = change if found.goes else _better(change, found, traffic)
        if better == change:
            break
        change = better
    return change


def _better(change: CookieSet, found: Outcome, traffic: Traffic) -> CookieSet:
    if not found.reasons:
        return _put(change, (("Max-Age", str(_seconds(change, traffic))), ("Expires", None)))
    reason = found.reasons[0]
    if reason in _BY_REASON:
        return _put(change, _BY_REASON[reason])
    if reason.is_same_site:
        across_schemes = reason.value.startswith("Schemeful")
        return replace(change, over_https=True) if across_schemes else _put(change, (("SameSite", "None"), *_SECURE))
    if reason in (Reason.SECURE_ONLY, Reason.OVERWRITE_SECURE):
        return replace(change, over_https=True)
    if reason in (Reason.INVALID_DOMAIN, Reason.DOMAIN_MISMATCH):
        return _within_reach(change, traffic)
    return _otherwise(change, reason, traffic)


def _otherwise(change: CookieSet, reason: Reason, traffic: Traffic) -> CookieSet:
    if reason is Reason.INVALID_PREFIX:
        of_host = change.name.lower().startswith("__host-")
        secured = _put(change, (*_SECURE, ("Path", "/"), ("Domain", None)) if of_host else _SECURE)
        return replace(secured, over_https=not traffic.urls[change.setter].is_trustworthy)
    if reason is Reason.TOO_LARGE:
        return replace(change, fits=True)
    return _with_credentials(change, traffic) if reason is Reason.CREDENTIALS_OMITTED else change


def _within_reach(change: CookieSet, traffic: Traffic) -> CookieSet:
    """A Domain that covers setter and target; none for one host; across sites the target has to set it itself."""
    target = traffic.urls[change.exchange].host
    setter = target if change.by_target else traffic.urls[change.setter].host
    if setter == target:
        return _put(change, (("Domain", None),))
    shared = shared_domain(setter, target)
    return _put(change, (("Domain", shared),)) if shared else replace(change, by_target=True)


def _with_credentials(change: CookieSet, traffic: Traffic) -> CookieSet:
    grant = grant_for(traffic, change.exchange)
    allowed = completed(replace(grant, credentials=True), traffic) if isinstance(grant, Grant) else None
    return replace(change, with_credentials=True, grant=allowed)


def _seconds(change: CookieSet, traffic: Traffic) -> int:
    """Full hours, from the answer that set it to the request."""
    asked = traffic.contexts.asked
    gap = asked[change.exchange].at - asked[change.setter].at
    return (int(gap.total_seconds() // HOUR) + 1) * HOUR


def _put(change: CookieSet, attributes: _Attributes) -> CookieSet:
    return replace(change, attributes=tuple((dict(change.attributes) | dict(attributes)).items()))
