"""Cookies that were there once: expired, deleted, overwritten, or hidden behind another of the same name."""

from __future__ import annotations

from collections.abc import Iterator

from harinspect.inspecting import Basis, Evidence, Inspector, Verdict, admin, developer, user
from harinspect.traffic.model import Denial
from harinspect.traffic.session_signs import STRONG, Words, speaks_of_strangers, words_of
from harinspect.traffic.sessions import (
    Shadow,
    Support,
    Suspect,
    passed_with,
    set_cookie_line,
    support_of,
    suspect,
)
from harinspect.traffic.set_cookies import cookie_kept, cookie_set, stray_deleted
from harinspect.traffic.timeline import Change, ChangeKind

inspector = Inspector(__name__)
STANDARD = "https://datatracker.ietf.org/doc/html/draft-ietf-httpbis-rfc6265bis"

EXPIRED = inspector.rule(
    "expired",
    cause="cookie.expired",
    title="The session cookie had run out",
    why="`{cookie}` was set with an end ({end}), and this request was made after it. The browser had thrown the cookie "
    "away by then.",
    responsible="user",
    temporary="yes",
    fixes=(
        user("Sign in again, and repeat what you did."),
        admin("Give `{cookie}` a longer Max-Age, or renew it with each answer.", "easy"),
        developer("Notice the end of a session in the page, and ask for a new sign-in instead of showing the refusal."),
    ),
    refs=(STANDARD + "#section-5.6.2",),
)
PAST = inspector.rule(
    "past",
    cause="cookie.expired",
    title="The cookie was already over when it was set",
    why="`{cookie}` was set with a value and with an end in the past ({end}), which deletes it instead.",
    responsible="server-config",
    fixes=(
        admin("Check the server's clock and time zone, and the lifetime configured for `{cookie}`.", "easy"),
        developer("Use Max-Age in seconds instead of Expires: it does not depend on clocks.", "easy"),
        user("Check that the clock and the time zone of this computer are right."),
    ),
    refs=(STANDARD + "#section-5.6.1",),
)
OVERWRITTEN = inspector.rule(
    "overwritten",
    cause="cookie.overwritten",
    title="Another answer replaced or deleted the session cookie",
    why="`{cookie}` was set when signing in. Then the answer of `{other}` set or deleted the same cookie, and this "
    "request went out with what was left: {left}.",
    responsible="server-config",
    fixes=(
        developer("Start no new session in `{other}` where the request already has a session.", "medium"),
        admin("Give the two applications cookies of different names or paths.", "easy"),
        user("Sign in again; it may happen again whenever that answer comes."),
    ),
    temporary="maybe",
    refs=(STANDARD + "#section-5.7",),
)
SHADOWED = inspector.rule(
    "shadowed",
    cause="cookie.shadowed",
    title="Two cookies of one name went along, and the wrong one comes first",
    why="The request has `{cookie}` twice with different values. The one with the longer path, then the older one, "
    "comes first, and most servers read that one only.",
    responsible="server-config",
    fixes=(
        admin("Delete the stray one: Set-Cookie with the same name, domain and path, and `Max-Age=0`.", "easy"),
        developer("Set `{cookie}` with one Domain and one Path everywhere.", "easy"),
        user("Delete this site's cookies, and sign in again."),
    ),
    refs=(STANDARD + "#section-5.8.3",),
)


@inspector.check
def ran_out(denial: Denial) -> Iterator[Verdict]:
    """The session had an end, and it came before this request."""
    one = suspect(denial)
    if one is None or not isinstance(one.what, Change) or one.what.kind not in (ChangeKind.EXPIRED, ChangeKind.PAST):
        return
    rule = EXPIRED if one.what.kind is ChangeKind.EXPIRED else PAST
    end = one.what.cookie.expires
    yield rule.found(
        Basis[support_of(denial, one).name],
        Evidence(one.set_by, "response.header", "set-cookie", set_cookie_line(denial.traffic, one.set_by, one.name)),
        Evidence(denial.exchange.index, "timing", "startedDateTime", str(denial.exchange.started or "")),
        change=cookie_set(denial.traffic, denial.exchange.index, one.set_by, one.name),
        cookie=one.name,
        end=f"{end:%Y-%m-%d %H:%M:%S} UTC" if end and end.year > 1601 else "a Max-Age below 0",
    )


@inspector.check
def was_overwritten(denial: Denial) -> Iterator[Verdict]:
    """The session was replaced or deleted by an answer that had no business with it."""
    one = suspect(denial)
    if one is None or not isinstance(one.what, Change) or one.what.kind in (ChangeKind.EXPIRED, ChangeKind.PAST):
        return
    change = one.what
    deleted = change.kind is ChangeKind.DELETED
    support = support_of(denial, one) if deleted else _support_of_replaced(denial, one)
    yield OVERWRITTEN.found(
        Basis[support.name],
        Evidence(change.by, "response.header", "set-cookie", set_cookie_line(denial.traffic, change.by, one.name)),
        Evidence(denial.exchange.index, "request.cookie", one.name, change.value),
        change=cookie_kept(denial.exchange.index, change.by, change.set_by, one.name),
        cookie=one.name,
        other=denial.traffic.urls[change.by].path,
        left="no such cookie" if deleted else "the other value",
    )


@inspector.check
def is_shadowed(denial: Denial) -> Iterator[Verdict]:
    """Two values of one name went along."""
    one = suspect(denial)
    if one is None or not isinstance(one.what, Shadow):
        return
    first, hidden = one.what.first, one.what.hidden
    newer = first.cookie is not None and hidden.cookie is not None and hidden.cookie.created > first.cookie.created
    told = words_of(denial.exchange)
    sure = one.weight >= STRONG and (told is Words.SESSION or (newer and told is Words.NOTHING))
    yield SHADOWED.found(
        Basis.SIGNATURE if sure else Basis.CIRCUMSTANCE,
        Evidence(denial.exchange.index, "request.cookie", one.name, first.value, "comes first"),
        Evidence(denial.exchange.index, "request.cookie", one.name, hidden.value, "comes later"),
        change=stray_deleted(denial.exchange.index, hidden.set_by, first.cookie),
        cookie=one.name,
    )


def _support_of_replaced(denial: Denial, one: Suspect) -> Support:
    told = words_of(denial.exchange)
    if one.weight < STRONG or told is Words.OTHER:
        return Support.CIRCUMSTANCE
    if told is Words.SESSION or speaks_of_strangers(denial.exchange):
        return Support.SIGNATURE
    return Support.CONTRAST if passed_with(denial, one.name) else Support.CIRCUMSTANCE
