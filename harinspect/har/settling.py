"""From drafts to exchanges: what the file as a whole says about what its parts keep silent about."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from msgspec import Struct

from harinspect.har.credentials import Gaps, gaps
from harinspect.har.draft import Draft
from harinspect.har.fields import Pair, Pairs
from harinspect.har.model import Credentials, Exchange, Request, Response
from harinspect.har.quirks import Exporter, Habit
from harinspect.har.schema import CookieJson
from harinspect.wire.headers import EVERYTHING, Headers

_SENT: Final = frozenset({"cookie", "authorization"})
_RECEIVED: Final = frozenset({"set-cookie"})
_COOKIE: Final = frozenset({"cookie"})
_NONE: Final[frozenset[str]] = frozenset()
_NETWORK: Final = ("http:", "https:", "ws:", "wss:")
_HOST: Final = frozenset({"host", "Host", ":authority", ":host", "HOST"})
_NO_GAPS: Final = Gaps()


class Settled(Struct):
    """What is known of a whole file.

    `masked` are the fields whose value another tool covered, `rewritten` those that stand for none or for several.
    """

    exporter: Exporter
    credentials: Credentials
    masked: frozenset[Pair]
    rewritten: Mapping[Pair, Pairs]
    is_handmade: bool
    are_cookies_received_recorded: bool
    measures: bool = False
    lists_cookies: bool = False
    is_listed_early: bool = False
    tells_cache: bool = False

    def __post_init__(self) -> None:
        """Ask for the habits once: to look into a flag takes as long as half of a message."""
        habits = self.exporter.habits
        self.measures = Habit.MEASURES in habits
        self.lists_cookies = Habit.LISTS_COOKIES in habits
        self.is_listed_early = Habit.PROVISIONAL in habits
        self.tells_cache = Habit.TELLS_CACHE in habits

    def exchange(self, draft: Draft) -> Exchange:
        """The final form of one entry."""
        is_provisional = self._is_provisional(draft)
        gap = gaps(draft) if self.measures else _NO_GAPS
        return Exchange(
            draft.index,
            draft.started,
            draft.duration,
            self._request(draft, gap, is_provisional),
            self._response(draft, gap),
            draft.error,
            draft.resource_type,
            draft.initiator,
            draft.page,
            draft.server_ip,
            draft.connection,
            self._from_cache(draft),
            draft.from_service_worker,
            is_provisional,
            draft.security_state,
            draft.wait,
            draft.messages,
        )

    def _request(self, draft: Draft, gap: Gaps, is_provisional: bool) -> Request:
        pairs, masked = self._uncovered(draft.request_headers)
        if draft.request_cookies and self.lists_cookies:
            pairs += _cookie_field(draft.request_cookies)
        withheld = EVERYTHING if is_provisional else _both(masked, self._silent_request(draft, gap))
        return Request(
            draft.method, draft.url, draft.http_version, Headers(pairs, withheld), draft.post_data, gap.request
        )

    def _response(self, draft: Draft, gap: Gaps) -> Response:
        pairs, masked = self._uncovered(draft.response_headers)
        if draft.response_cookies and self.lists_cookies:
            pairs += tuple(_set_cookie_field(one) for one in draft.response_cookies if one.name)
        is_silent = draft.status == 0 or (not pairs and not self.is_handmade)
        withheld = EVERYTHING if is_silent else _both(masked, self._silent_response(gap))
        return Response(
            draft.status,
            draft.status_text,
            Headers(pairs, withheld),
            draft.mime_type,
            draft.body,
            draft.body_size,
            draft.redirect_url,
            gap.response,
        )

    def _uncovered(self, pairs: Pairs) -> tuple[Pairs, frozenset[str]]:
        """The fields as they were on the wire, and the names of those under a mask."""
        if self.rewritten and not self.rewritten.keys().isdisjoint(pairs):
            pairs = tuple(line for pair in pairs for line in self.rewritten.get(pair, (pair,)))
        if not self.masked or self.masked.isdisjoint(pairs):
            return pairs, _NONE
        kept = tuple(pair for pair in pairs if pair not in self.masked)
        return kept, frozenset(pair[0].lower() for pair in pairs if pair in self.masked)

    def _silent_request(self, draft: Draft, gap: Gaps) -> frozenset[str]:
        if self.credentials is Credentials.RECORDED:
            return _COOKIE if _never_left(draft, self.exporter) else _NONE
        return _NONE if gap.request == 0 else _SENT

    def _silent_response(self, gap: Gaps) -> frozenset[str]:
        if self.credentials is Credentials.RECORDED or self.are_cookies_received_recorded or gap.response == 0:
            return _NONE
        return _RECEIVED

    def _is_provisional(self, draft: Draft) -> bool:
        """Every request names its host (RFC 9110 section 7.2): where the list does not, it is not the whole list."""
        if not draft.url[:6].lower().startswith(_NETWORK) or self.is_handmade:
            return False
        if not draft.request_headers:
            return True
        if not self.is_listed_early:
            return False
        for name, _ in draft.request_headers:  # noqa: SIM110  # a generator costs three times as much here
            if name in _HOST:
                return False
        return True

    def _from_cache(self, draft: Draft) -> bool | None:
        if draft.from_cache is None and self.tells_cache and draft.resource_type:
            return False
        return draft.from_cache


def _both(some: frozenset[str], more: frozenset[str]) -> frozenset[str]:
    """The union; the very set where the other is empty, for there are many."""
    return some | more if some and more else some or more


def _never_left(draft: Draft, exporter: Exporter) -> bool:
    """Firefox lists headers of requests it did not send; cookies are only added on the way out."""
    return exporter.name == "firefox" and draft.status == 0 and not draft.http_version


def _cookie_field(cookies: Iterable[CookieJson]) -> Pairs:
    text = "; ".join(f"{one.name}={one.value or ''}" for one in cookies if one.name)
    return (("Cookie", text),) if text else ()


def _set_cookie_field(cookie: CookieJson) -> Pair:
    named = (("Domain", cookie.domain), ("Path", cookie.path), ("Expires", cookie.expires or cookie.other_expiry))
    parts = [f"{cookie.name}={cookie.value or ''}", *(f"{name}={value}" for name, value in named if value)]
    parts += [
        name for name, is_set in (("HttpOnly", cookie.http_only), ("Secure", cookie.secure)) if is_set in (True, "true")
    ]
    if cookie.same_site:
        parts.append(f"SameSite={cookie.same_site}")
    return "Set-Cookie", "; ".join(parts)
