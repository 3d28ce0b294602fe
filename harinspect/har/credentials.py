"""Were Cookie, Set-Cookie and Authorization taken out of this file?

DevTools' default export drops the three and leaves no mark. What gives it away: the recorded length of an HTTP/1.x
header block, a preflight that announces an Authorization which the call then lacks, answers that depend on cookies.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from msgspec import Struct

from harinspect.har.draft import Draft
from harinspect.har.fields import Digest, Pair, Pairs
from harinspect.har.model import Credentials
from harinspect.har.quirks import CREDENTIAL_FIELDS, MASKABLE, Exporter, Habit, digests, is_masked
from harinspect.har.urls import target

_H1: Final = ("http/1.1", "http/1.0")
_SHORTEST_REQUEST_LINE: Final = len("Cookie: a\r\n")
_SHORTEST_RESPONSE_LINE: Final = len("Set-Cookie: a\r\n")
_FINAL_CRLF: Final = 2
_ASKED: Final = "access-control-request-headers"
_FEWEST: Final = 5
_FEWEST_DIGESTS: Final = 2  # one alone is a session id rather
_CSRF: Final = r"(?:x-)?(?:csrf|xsrf)-?token|requestverificationtoken|anti-csrf(?:-token)?|x-wp-nonce"


class Gaps(Struct, frozen=True):
    """Bytes of header lines missing from each message; None where that cannot be told."""

    request: int | None = None
    response: int | None = None


_NO_GAPS: Final = Gaps()


def gaps(draft: Draft) -> Gaps:
    """Compare headersSize with the lines that are there. Chromium measures HTTP/1.x header blocks on the wire."""
    if draft.request_size <= 0 and draft.response_size <= 0:
        return _NO_GAPS
    return Gaps(_request_gap(draft), _response_gap(draft))


def _request_gap(draft: Draft) -> int | None:
    if draft.request_size <= 0 or draft.request_line.lower() not in _H1 or not draft.request_headers:
        return None
    line = f"{draft.method} {target(draft.url)} {draft.request_line}\r\n"
    gap = draft.request_size - len(line) - _lines(draft.request_headers)
    if gap in (0, _FINAL_CRLF):  # older versions count the empty line
        return 0
    return gap if gap >= _SHORTEST_REQUEST_LINE else None


def _response_gap(draft: Draft) -> int | None:
    if draft.response_size <= 0 or draft.response_line.lower() not in _H1 or not draft.response_headers:
        return None
    line = f"{draft.response_line} {draft.status} {draft.status_text}\r\n"
    gap = draft.response_size - len(line) - _lines(draft.response_headers) - _FINAL_CRLF
    return gap if gap == 0 or gap >= _SHORTEST_RESPONSE_LINE else None


def _lines(pairs: Pairs) -> int:
    return sum(len(name) + len(value) + len(": \r\n") for name, value in pairs)


class Verdict(Struct, frozen=True):
    """What the file tells. `has_set_cookie`: some Set-Cookie is there, so that side was not dropped."""

    credentials: Credentials
    masked: frozenset[Pair]
    has_set_cookie: bool


def judge(exporter: Exporter, drafts: Sequence[Draft], requests: Digest, responses: Digest) -> Verdict:
    """Decide for the whole file, from its drafts and the distinct fields of requests and responses."""
    sent, received = requests.telling, responses.telling
    masked = _masked(sent | received)
    sent_names, received_names = _names(sent - masked), _names(received - masked)
    credentials = _credentials(exporter, drafts, sent_names, received_names)
    if credentials is not Credentials.RECORDED:
        case = _Case(exporter, drafts, requests.names, sent, received)
        credentials = Credentials.REMOVED if masked or _was_removed(case) else credentials
    return Verdict(credentials, masked, "set-cookie" in received_names)


def _masked(pairs: frozenset[Pair]) -> frozenset[Pair]:
    """The credential fields that another tool covered. One that writes digests leaves no value as it was."""
    fields = {pair for pair in pairs if pair[0].lower() in MASKABLE}
    covered = frozenset(pair for pair in fields if is_masked(pair[0].lower(), pair[1]))
    hashed: set[str] = set()
    for name, value in fields - covered:
        found = digests(name.lower(), value)
        if not found:
            return covered
        hashed |= found
    return frozenset(fields) if len(hashed) >= _FEWEST_DIGESTS else covered


def _names(pairs: frozenset[Pair]) -> set[str]:
    return {name.lower() for name in {pair[0] for pair in pairs}}


def _credentials(
    exporter: Exporter, drafts: Sequence[Draft], sent_names: set[str], received_names: set[str]
) -> Credentials:
    """Recorded or unknown, by what is there."""
    if Habit.NO_COOKIES_SENT in exporter.habits:
        return Credentials.RECORDED if "cookie" in sent_names else Credentials.UNKNOWN
    if not CREDENTIAL_FIELDS.isdisjoint(sent_names | received_names) or Habit.RECORDS in exporter.habits:
        return Credentials.RECORDED
    if Habit.LISTS_COOKIES in exporter.habits and any(one.request_cookies or one.response_cookies for one in drafts):
        return Credentials.RECORDED
    return Credentials.RECORDED if _is_measured_whole(exporter, drafts) else Credentials.UNKNOWN


def _is_measured_whole(exporter: Exporter, drafts: Sequence[Draft]) -> bool:
    """Whether every message's length is known and shows that nothing was taken out."""
    if Habit.MEASURES not in exporter.habits or not drafts:
        return False
    return all(gaps(one) == Gaps(0, 0) for one in drafts)


class _Case(Struct, frozen=True):
    """All that speaks for a removal."""

    exporter: Exporter
    drafts: Sequence[Draft]
    names: frozenset[str]
    sent: frozenset[Pair]
    received: frozenset[Pair]


def _was_removed(case: _Case) -> bool:
    if Habit.MEASURES in case.exporter.habits and any(_is_short(one) for one in case.drafts):
        return True
    if _lost_authorization(case):
        return True
    return Habit.SANITIZES in case.exporter.habits and len(case.drafts) >= _FEWEST and _depends_on_cookies(case)


def _is_short(draft: Draft) -> bool:
    gap = gaps(draft)
    return bool(gap.request or gap.response)


def _lost_authorization(case: _Case) -> bool:
    """A preflight names `authorization`, its call went out and shows none (Fetch, CORS-preflight fetch)."""
    if not any("authorization" in value for name, value in case.sent if name.lower() == _ASKED):
        return False
    announced = {(one.url, _field(one, "access-control-request-method")) for one in case.drafts if _announces(one)}
    return any((one.url, one.method) in announced and _went_out(one) for one in case.drafts)


def _field(draft: Draft, name: str) -> str:
    return next((value for key, value in draft.request_headers if key.lower() == name), "")


def _announces(draft: Draft) -> bool:
    names = _field(draft, _ASKED).lower().split(",")
    return draft.method == "OPTIONS" and "authorization" in (name.strip() for name in names)


def _went_out(draft: Draft) -> bool:
    """Answered, and with the headers that only a request on the wire has."""
    return draft.status > 0 and bool(_field(draft, "host") or _field(draft, ":authority"))


def _depends_on_cookies(case: _Case) -> bool:
    if any(re.fullmatch(_CSRF, name) for name in case.names):
        return True
    if any(name.lower() == "vary" and "cookie" in value.lower() for name, value in case.received):
        return True
    return any(_allows_credentials(one) for one in case.drafts if one.method != "OPTIONS")


def _allows_credentials(draft: Draft) -> bool:
    allowed = any(
        name.lower() == "access-control-allow-credentials" and value == "true" for name, value in draft.response_headers
    )
    return allowed and bool(_field(draft, "origin"))
