"""What looks like a session: names of cookies, addresses where people sign in, words in an answer."""

from __future__ import annotations

import re
from enum import Enum
from functools import lru_cache

from harinspect.har.model import Exchange
from harinspect.wire.regexes import regex

STRONG = 2  # a cookie of this weight is taken for the session
HEAD = 16_384  # characters of a body that are read

_SESSION = re.compile(
    r"sess|\bsid\b|[._-]sid$|^sid[._-]|ssid|auth|token|jwt|login|logged|identity|remember|\buser|account|oauth|state$|"
    r"nonce|^connect\.|sso|ticket",
    re.IGNORECASE,
)
_FORGERY = re.compile(r"csrf|xsrf|forgery|requestverification", re.IGNORECASE)
_REFRESH = re.compile(r"refresh", re.IGNORECASE)
_NOISE = re.compile(
    r"_g(?:a|id|at|cl|ac)|_fbp|_fbc|_hj|_ym|_pk_|_uet|_clck|_clsk|__utm|__hs|hubspotutk|ajs_|amp_|amplitude|mp_|optimizely|"
    r"optanon|cookie.?consent|consent|euconsent|cf_|__cf|bm_|ak_|_abck|datadome|incap_|visid_|aws(?:alb|elb)|arraffinity|"
    r"(?:.*_)?(?:lang|language|locale|theme|currency|timezone|tz)$|intercom-|_dd_s|driftt|NID$|IDE$|test_cookie",
    re.IGNORECASE,
)
_SIGN_IN = regex(
    r"log[-_]?in|sign[-_]?in|sso|oauth|auth|saml|openid|oidc|session|token|callback|handover", re.IGNORECASE
)
_SIGN_OUT = regex(r"log[-_]?(?:out|off)|sign[-_]?(?:out|off)", re.IGNORECASE)
_SEAMS = regex(r"_|(?<=[a-z])(?=[A-Z])")  # of required_role and requiredRole
_OF_SESSIONS = regex(
    r"\bsession|\bcookie|\b(?:log|sign)(?:ged|ed)?[ -]?in\b|unauthenticated|not authenticated|"
    r"authentication (?:is )?required|authentication credentials|please authenticate|unauthori[sz]ed|anonymous|"
    r"guest user|\b(?:invalid|missing|unknown|bad) state\b|\bstate (?:mismatch|parameter|is|was|does)|\bnonce\b",
)
_OF_OTHERS = regex(
    r"\brole|\bscope|permission|privilege|subscri|\bplan\b|quota|rate.?limit|too many|\bblock(?:ed|list)|firewall|"
    r"\bwaf\b|captcha|\bbots?\b|\brobot|country|\bregion|\bip\b|referr?er|hotlink|user.?agent|forgery|\b[cx]srf|"
    r"\btoken|signature|api.?key|bearer|\borigin\b|\bcors\b|directory|maintenance|\blocked|suspended|disabled|"
    r"password|\b(?:bad|invalid|wrong) credentials|"
    r"polic(?:y|ies)|<center>|<address>|cloudflare|akamai|incident id|reference #|\bmethod\b",
)
_OF_FORGERY = regex(r"\b[cx]srf|forgery")
_OF_STRANGERS = regex(r"anonymous|\bguest\b")
_OF_STATE = regex(r"\bstate\b|\bnonce\b")
_OF_OTHER_SCHEMES = regex(r"basic|digest|negotiate|ntlm|dpop", re.IGNORECASE)
_FOR_ONCE = regex(r"state|nonce|pkce|verifier|flash|return|redirect", re.IGNORECASE)


class Words(Enum):
    """What an answer's text speaks of; NOTHING in particular also where it speaks of sessions and of other things."""

    SESSION = "a session or a cookie"
    NOTHING = "nothing in particular"
    OTHER = "something else"


def words_of(exchange: Exchange) -> Words:
    text = _text(exchange)
    challenge = exchange.response.headers.text("www-authenticate")
    session = bool(_OF_SESSIONS.search(text))
    other = bool(_OF_OTHERS.search(text)) or bool(_OF_OTHER_SCHEMES.match(challenge))
    if session == other:
        return Words.NOTHING
    return Words.SESSION if session else Words.OTHER


def speaks_of_forgery(exchange: Exchange) -> bool:
    """Does the answer name an anti-forgery check?"""
    return bool(_OF_FORGERY.search(_text(exchange)))


def speaks_of_strangers(exchange: Exchange) -> bool:
    """Does the answer take the caller for a guest?"""
    return bool(_OF_STRANGERS.search(_text(exchange)))


def speaks_of_state(exchange: Exchange) -> bool:
    """Does the answer miss the state or nonce of a sign-in (RFC 6749, section 10.12)?"""
    return bool(_OF_STATE.search(_text(exchange)))


def is_for_once(name: str) -> bool:
    """Is it by its name a cookie that only one step of a sign-in needs?"""
    return bool(_FOR_ONCE.search(name))


def guards_forms(name: str) -> bool:
    """Is it by its name an anti-forgery cookie?"""
    return bool(_FORGERY.search(name))


def weight(name: str, http_only: bool, setter: Exchange | None) -> int:
    """How much a cookie looks like a session: by its name, HttpOnly, and who set it. 0: not at all."""
    named, is_settled = _by_name(name)
    return named if is_settled else named + http_only + (setter is not None and signs_in(setter))


@lru_cache(maxsize=4096)
def _by_name(name: str) -> tuple[int, bool]:
    """The weight, and whether nothing else adds to it."""
    if _NOISE.match(name):
        return 0, True
    if _REFRESH.search(name):
        return 1, True  # meant for one address only
    return (1, True) if guards_forms(name) else (2 if _SESSION.search(name) else 0, False)


def signs_in(exchange: Exchange) -> bool:
    """Does its address or method look like somebody signing in?"""
    return not signs_out(exchange) and (exchange.method == "POST" or bool(_SIGN_IN.search(_path(exchange))))


def signs_in_by_name(exchange: Exchange) -> bool:
    """A call that changes something, at an address that is named for signing in."""
    return exchange.method == "POST" and not signs_out(exchange) and bool(_SIGN_IN.search(_path(exchange)))


def signs_out(exchange: Exchange) -> bool:
    """Does its address look like somebody signing out?"""
    return bool(_SIGN_OUT.search(_path(exchange)))


def _path(exchange: Exchange) -> str:
    return exchange.url.partition("?")[0].partition("://")[2].partition("/")[2]


def _text(exchange: Exchange) -> str:
    """In lower case, as the patterns are."""
    return _SEAMS.sub(" ", (exchange.response.body or "")[:HEAD]).lower()
