"""Cookies set otherwise than they were: the lines of one name, changed, in a fresh jar (RFC 6265bis).

The surroundings are those of the recording: who asked, from where, and when.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from msgspec import Struct
from msgspec.structs import replace

from harinspect.traffic.changes import CookieKept, CookieSet, StrayDeleted
from harinspect.traffic.model import Traffic
from harinspect.wire.cookie_policy import Context, Cookie, Reason
from harinspect.wire.cookies import Jar, Rejected, Stored
from harinspect.wire.url import Url


class Outcome(Struct, frozen=True):
    """Does the cookie go along? If not: what keeps it. No reasons: it was over by then, or never set."""

    goes: bool
    reasons: tuple[Reason, ...] = ()


class _Line(Struct, frozen=True):
    """One Set-Cookie line as it is tried; `is_asked_for`: it is the one that is to go along."""

    text: str
    url: Url
    at: datetime
    skew: timedelta
    context: Context
    is_asked_for: bool = False

    def put_into(self, jar: Jar) -> Stored | Rejected:
        return jar.store(self.text, self.url, self.at, self.context, skew=self.skew)


def outcome_of(change: CookieSet | CookieKept, traffic: Traffic) -> Outcome:
    """What becomes of the cookie, from Jar.store to Jar.verdicts."""
    jar, mine = Jar(), None
    for line in _lines(change, traffic):
        result = line.put_into(jar)
        if line.is_asked_for and isinstance(result, Rejected):
            return Outcome(False, result.reasons)
        if line.is_asked_for and not isinstance(result, Rejected):
            mine = result.cookie
    there = {cookie.key: reasons for cookie, reasons in _verdicts(jar, change, traffic)}
    if mine is None or mine.key not in there:
        return Outcome(False)
    return Outcome(not there[mine.key], there[mine.key])


def values_sent(change: StrayDeleted, traffic: Traffic) -> tuple[str, ...]:
    """The values that go along under that name, once the stray one is deleted."""
    jar = Jar()
    for line in _lines(change, traffic):
        line.put_into(jar)
        if line.is_asked_for:
            replace(line, text=change.line).put_into(jar)
    return tuple(cookie.value for cookie, reasons in _verdicts(jar, change, traffic) if not reasons)


def changed_line(change: CookieSet, text: str) -> str:
    """The Set-Cookie line with the change's attributes."""
    pair, *attributes = text.split(";")
    if change.fits:
        pair = f"{change.name}=x"
    put = {name.lower() for name, _ in change.attributes}
    kept = [part.strip() for part in attributes if part.partition("=")[0].strip().lower() not in put]
    return "; ".join([pair.strip(), *(part for part in kept if part), *attributes_put(change)])


def attributes_put(change: CookieSet) -> tuple[str, ...]:
    """Those that the change puts in, as they are written."""
    return tuple(f"{name}={value}" if value else name for name, value in change.attributes if value is not None)


def _lines(change: CookieSet | CookieKept | StrayDeleted, traffic: Traffic) -> Iterator[_Line]:
    contexts = traffic.contexts
    for line in contexts.lines(change.name, contexts.asked[change.exchange].moment, change.setter):
        if isinstance(change, CookieKept) and line.exchange == change.by:
            continue
        url, context = traffic.urls[line.exchange], contexts.asked[line.exchange].context
        found = _Line(line.text, url, line.at, line.skew, context, line.exchange == change.setter)
        yield _changed(change, found, traffic) if isinstance(change, CookieSet) and found.is_asked_for else found


def _changed(change: CookieSet, line: _Line, traffic: Traffic) -> _Line:
    url, context = line.url, line.context
    if change.by_target:
        url, context = traffic.urls[change.exchange], traffic.contexts.asked[change.exchange].context
    url, context = _moved(change, url, context)
    return replace(line, text=changed_line(change, line.text), url=url, context=context)


def _verdicts(
    jar: Jar, change: CookieSet | CookieKept | StrayDeleted, traffic: Traffic
) -> Iterator[tuple[Cookie, tuple[Reason, ...]]]:
    """The cookies of that name, with what keeps each from the request."""
    asked = traffic.contexts.asked[change.exchange]
    url, context = traffic.urls[change.exchange], asked.as_the_strictest(traffic.exchanges[change.exchange])
    if isinstance(change, CookieSet):
        url, context = _moved(change, url, context)
    yield from (row for row in jar.verdicts(url, asked.at, context) if row[0].name == change.name)


def _moved(change: CookieSet, url: Url, context: Context) -> tuple[Url, Context]:
    """The same request where the whole site is called by https, or where the script includes credentials."""
    if change.with_credentials:
        context = replace(context, includes_credentials=True)
    if not change.over_https:
        return url, context
    top = context.top_level_site.replace("http://", "https://", 1)
    same = True if context.is_cross_scheme else context.is_same_site
    safe = Url.parse(url.text.replace("http://", "https://", 1)) or url
    return safe, replace(context, is_same_site=same, is_cross_scheme=False, top_level_site=top)
