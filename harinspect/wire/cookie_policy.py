"""What a browser asks of a cookie before it stores or sends it (RFC 6265bis, sections 5.7 and 5.8.3; CHIPS).

Reasons are spelled as in the DevTools protocol (Network.SetCookieBlockedReason, Network.CookieBlockedReason).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Final

from msgspec import Struct

from harinspect.wire.cookie_parsing import Priority, SameSite, SetCookie, default_path, domain_matches, path_matches
from harinspect.wire.url import Url, is_public_suffix

LONGEST_LIFE: Final = timedelta(days=400)
LAX_ALLOWING_UNSAFE: Final = timedelta(minutes=2)
PREFIXES: Final = ("__secure-", "__host-", "__http-")
HTTP_PREFIXES: Final = ("__http-", "__host-http-")
SAFE_METHODS: Final = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})  # RFC 9110, section 9.2.1
PAST: Final = datetime(1601, 1, 1, tzinfo=UTC)
END: Final = datetime.max.replace(tzinfo=UTC)  # of the calendar
NO_TIME: Final = timedelta()


class Reason(StrEnum):
    """Why a cookie was not stored or not sent. `protocol` is "" where the DevTools protocol has no name for it."""

    DISALLOWED_CHARACTER = "DisallowedCharacter"
    NO_COOKIE_CONTENT = "NoCookieContent"
    TOO_LARGE = "NameValuePairExceedsMaxSize"
    INVALID_DOMAIN = "InvalidDomain"
    INVALID_PREFIX = "InvalidPrefix"
    SECURE_ONLY = "SecureOnly"
    OVERWRITE_SECURE = "OverwriteSecure"
    DOMAIN_MISMATCH = "DomainMismatch"
    NOT_ON_PATH = "NotOnPath"
    NONE_INSECURE = "SameSiteNoneInsecure"
    STRICT = "SameSiteStrict"
    LAX = "SameSiteLax"
    UNSPECIFIED = "SameSiteUnspecifiedTreatedAsLax"
    SCHEMEFUL_STRICT = "SchemefulSameSiteStrict"
    SCHEMEFUL_LAX = "SchemefulSameSiteLax"
    SCHEMEFUL_UNSPECIFIED = "SchemefulSameSiteUnspecifiedTreatedAsLax"
    INVALID_PARTITIONED = "partitioned, but not secure"
    OTHER_PARTITION = "partitioned under another top-level site"
    THIRD_PARTY = "kept apart by the browser's third-party protection"
    CREDENTIALS_OMITTED = "the request was made without credentials"

    @property
    def protocol(self) -> str:
        return "" if " " in self.value else self.value

    @property
    def is_same_site(self) -> bool:
        """Is SameSite itself the reason (not the attribute's form)?"""
        return self in _SAME_SITE_REASONS


_BY_SAME_SITE: Final = {
    (SameSite.STRICT, False): Reason.STRICT,
    (SameSite.LAX, False): Reason.LAX,
    (SameSite.UNSPECIFIED, False): Reason.UNSPECIFIED,
    (SameSite.STRICT, True): Reason.SCHEMEFUL_STRICT,
    (SameSite.LAX, True): Reason.SCHEMEFUL_LAX,
    (SameSite.UNSPECIFIED, True): Reason.SCHEMEFUL_UNSPECIFIED,
}
_SAME_SITE_REASONS: Final = frozenset(_BY_SAME_SITE.values())


class Context(Struct, frozen=True):
    """In what surroundings a request is made. The default is an address typed into Chromium.

    is_same_site: is the request's site that of the page and of all its ancestors? None: unknown, then SameSite
    withholds nothing. is_cross_scheme: only the scheme makes it cross-site. top_level_site: schemeful, "" if
    unknown. lax_by_default: a cookie without SameSite counts as Lax (Chromium yes, Firefox no).
    partitions_third_party: every third-party cookie is kept apart by top-level site (Firefox).
    renews_on_change: a cookie that is given another value counts as created anew (Chromium, against section 5.7).
    """

    is_same_site: bool | None = True
    is_cross_scheme: bool = False
    is_top_level_navigation: bool = True
    method: str = "GET"
    top_level_site: str = ""
    lax_by_default: bool = True
    includes_credentials: bool = True
    partitions_third_party: bool = False
    renews_on_change: bool = True

    def is_third_party(self, url: Url) -> bool:
        return bool(self.top_level_site) and not self.is_top_level_navigation and self.top_level_site != url.site


TYPED: Final = Context()


class Cookie(Struct, frozen=True):
    """A stored cookie. `expires` is None for a session cookie.

    `partition`: the top-level site it belongs to, if any; `partitioned`: because it asked for that. Under that site
    there are two partitions (CHIPS, "ancestor chain bit"): of what is of that site itself with all pages around it, and
    of what has a foreign ancestor.
    """

    name: str
    value: str
    domain: str
    path: str
    host_only: bool
    secure: bool
    http_only: bool
    same_site: SameSite
    created: datetime
    expires: datetime | None = None
    partition: str | None = None
    partitioned: bool = False
    priority: Priority = Priority.MEDIUM
    has_foreign_ancestor: bool = False

    @property
    def key(self) -> tuple[str, str, bool, str, str | None, bool]:
        """Two cookies with one key replace each other."""
        return (self.name, self.domain, self.host_only, self.path, self.partition, self.has_foreign_ancestor)

    def is_expired(self, at: datetime) -> bool:
        return self.expires is not None and self.expires <= at


def made_from(line: SetCookie, url: Url, at: datetime, context: Context, skew: timedelta = NO_TIME) -> Cookie:
    """Section 5.7, steps 5 to 17: the cookie that this line asks for. `skew`: the browser's clock less the server's."""
    host_only = not line.domain or (line.domain == url.host and (url.is_ip or is_public_suffix(line.domain)))
    apart = line.partitioned or (context.partitions_third_party and context.is_third_party(url))
    return Cookie(
        name=line.name,
        value=line.value,
        domain=url.host if host_only else line.domain,
        path=line.path or default_path(url.path),
        host_only=host_only,
        secure=line.secure,
        http_only=line.http_only,
        same_site=line.same_site,
        created=at,
        expires=_expiry(line, at, skew),
        partition=_partition(url, context) if apart else None,
        partitioned=line.partitioned,
        priority=line.priority,
        has_foreign_ancestor=line.partitioned and _has_foreign_ancestor(url, context),
    )


def _partition(url: Url, context: Context) -> str:
    return url.site if context.is_top_level_navigation else context.top_level_site


def _has_foreign_ancestor(url: Url, context: Context) -> bool:
    if context.is_top_level_navigation:
        return False
    return context.top_level_site != url.site if context.is_same_site is None else not context.is_same_site


def _is_elsewhere(cookie: Cookie, url: Url, context: Context) -> bool:
    """Is it of another partition than the request? Not where nothing tells the request's."""
    place = _partition(url, context)
    if not cookie.partition or not place:
        return False
    apart = cookie.partitioned and cookie.has_foreign_ancestor != _has_foreign_ancestor(url, context)
    return apart or cookie.partition != place


def _expiry(line: SetCookie, at: datetime, skew: timedelta) -> datetime | None:
    """Section 5.7, step 6: Max-Age before Expires, and neither longer than 400 days.

    Browsers take Expires as a time by the server's clock; the standard leaves clocks out.
    """
    latest = at + min(LONGEST_LIFE, END - at)
    if line.max_age is not None:
        return min(latest, at + min(timedelta(seconds=line.max_age), END - at)) if line.max_age > 0 else PAST
    if line.expires is None:
        return None
    return min(latest, max(line.expires + min(max(skew, PAST - line.expires), END - line.expires), PAST))


def refusals(line: SetCookie, url: Url, context: Context) -> Iterator[Reason]:
    """Section 5.7, steps 8 to 22, save for what depends on the other cookies.

    As in Chromium, what is wrong with it in this place is only asked where nothing is wrong with the line itself.
    """
    wrong = tuple(_malformed(line, url))
    yield from wrong or _out_of_place(line, url, context)


def _malformed(line: SetCookie, url: Url) -> Iterator[Reason]:
    if not _may_set_domain(line.domain, url):
        yield Reason.INVALID_DOMAIN
    if _breaks_prefix(line, url):
        yield Reason.INVALID_PREFIX
    if line.partitioned and not (line.secure and url.is_trustworthy):
        yield Reason.INVALID_PARTITIONED


def _out_of_place(line: SetCookie, url: Url, context: Context) -> Iterator[Reason]:
    if line.secure and not url.is_trustworthy:
        yield Reason.SECURE_ONLY
    if line.same_site is SameSite.NONE and not line.secure:
        yield Reason.NONE_INSECURE
    if (
        context.is_same_site is False
        and not context.is_top_level_navigation
        and _is_kept_to_site(line.same_site, context)
    ):
        yield _BY_SAME_SITE[line.same_site, context.is_cross_scheme]


def _may_set_domain(domain: str, url: Url) -> bool:
    if not domain or domain == url.host:
        return True
    return domain.isascii() and not is_public_suffix(domain) and domain_matches(url.host, domain, is_ip=url.is_ip)


def _breaks_prefix(line: SetCookie, url: Url) -> bool:
    """Section 4.1.3; __Http- and __Host-Http- are of draft-ietf-httpbis-layered-cookies."""
    name = (line.name or line.value).lower()
    if not name.startswith(PREFIXES):
        return False
    if not line.name or not line.secure or not url.is_trustworthy:
        return True
    if name.startswith(HTTP_PREFIXES) and not line.http_only:
        return True
    return name.startswith("__host-") and (bool(line.domain) or line.path != "/")


def _is_kept_to_site(same_site: SameSite, context: Context) -> bool:
    return same_site is not SameSite.NONE and (same_site is not SameSite.UNSPECIFIED or context.lax_by_default)


def would_cover(new: Cookie, standing: Cookie) -> bool:
    """Section 5.7, step 16: would it hide or replace a Secure cookie? None of another partition (CHIPS)."""
    if new.name != standing.name or not standing.secure or new.key[4:] != standing.key[4:]:
        return False
    related = domain_matches(standing.domain, new.domain) or domain_matches(new.domain, standing.domain)
    return related and path_matches(new.path, standing.path)


def obstacles(cookie: Cookie, url: Url, at: datetime, context: Context) -> Iterator[Reason]:
    """Section 5.8.3, step 1: all that speaks against sending it."""
    if not context.includes_credentials:
        yield Reason.CREDENTIALS_OMITTED
        return
    if _is_elsewhere(cookie, url, context):
        yield Reason.OTHER_PARTITION if cookie.partitioned else Reason.THIRD_PARTY
        return
    if cookie.secure and not url.is_trustworthy:
        yield Reason.SECURE_ONLY
    if url.host != cookie.domain and (cookie.host_only or not domain_matches(url.host, cookie.domain, is_ip=url.is_ip)):
        yield Reason.DOMAIN_MISMATCH
    if not path_matches(url.path, cookie.path):
        yield Reason.NOT_ON_PATH
    if context.is_same_site is False and _is_kept_back(cookie, at, context):
        yield _BY_SAME_SITE[cookie.same_site, context.is_cross_scheme]
    if cookie.partition is None and context.partitions_third_party and context.is_third_party(url):
        yield Reason.THIRD_PARTY


def _is_kept_back(cookie: Cookie, at: datetime, context: Context) -> bool:
    """Does SameSite keep it from this cross-site request?"""
    if not _is_kept_to_site(cookie.same_site, context):
        return False
    if cookie.same_site is SameSite.STRICT or not context.is_top_level_navigation:
        return True
    if context.method in SAFE_METHODS:
        return False
    return cookie.same_site is SameSite.LAX or at - cookie.created > LAX_ALLOWING_UNSAFE
