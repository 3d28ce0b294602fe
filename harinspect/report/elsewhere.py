"""What other exchanges of the recording say to a check, a step or a belief; "" where they say nothing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from harinspect.har.model import Exchange
from harinspect.report.case import Case, few, may_be_stored
from harinspect.traffic.model import OK, DenialKind
from harinspect.traffic.surroundings import is_top_level_navigation
from harinspect.wire.cookie_parsing import parse_cookie_header

SOON: Final = timedelta(minutes=1)
APART: Final = timedelta(seconds=1)  # between two tries that a person or a program made one after the other
SHUT_OUT: Final = ("server.ip-denied", "server.geo-blocked", "server.proxy-denied", "status.407")


def alike(case: Case) -> str:
    """Tries of the same that lie far enough apart to be tries, each answered by the server itself."""
    mine = case.exchange
    if mine.started is None or may_be_stored(mine):
        return ""
    dated = ((e, e.started) for e in case.alike if e.started and not may_be_stored(e))
    tries = [e for e, started in dated if abs(started - mine.started) >= APART]
    return f"The file has the same call again in {_numbered(tries)}, refused alike." if tries else ""


def refused_again(case: Case) -> str:
    """The same, where time alone is not what changes the answer."""
    return "" if case.leader and case.leader.temporary == "yes" else alike(case)


def twin(case: Case) -> str:
    return (
        f"#{case.passed[0].index} went to the same address with the same method in this recording, and passed."
        if case.passed
        else ""
    )


def other_credential(case: Case) -> str:
    mine = case.exchange.request.headers
    for other in case.passed:
        its = other.request.headers
        if (
            "authorization" in mine
            and "authorization" in its
            and mine.text("authorization") != its.text("authorization")
        ):
            return f"#{other.index} went to the same address with another `Authorization`, and passed."
    return ""


def passed_later(case: Case) -> str:
    """Only where nothing that the file shows had changed, and it shows everything."""
    for other in case.passed:
        withheld = case.exchange.request.headers.withheld | other.request.headers.withheld
        if case.follows(other) and not withheld and not case.changed(other):
            return f"#{other.index} made the same call later and passed, and nothing else was different in it."
    return ""


def address_open(case: Case) -> str:
    path = case.exchange.url.partition("?")[0]
    other = next((e for e in case.denial.allowed_alike if e.url.partition("?")[0] == path), None)
    return f"The address exists: #{other.index} asked for it and passed." if other else ""


def other_cookies(case: Case) -> str:
    """Refused alike with none of the same cookies, or with none at all."""
    mine = set(parse_cookie_header(case.exchange.request.headers.text("cookie")))
    for other in case.again if mine else ():
        its = other.request.headers.get("cookie")
        if isinstance(its, str) and mine.isdisjoint(parse_cookie_header(its)):
            return f"#{other.index} made the same call with other cookies, and was refused alike."
    return ""


def host_open(case: Case) -> str:
    """A call to the same host that passed right after it: the network as a whole is not shut out."""
    mine = case.exchange
    if case.cause.startswith(SHUT_OUT) or case.denial.kind is DenialKind.BLOCKED or mine.started is None:
        return ""
    for other in case.near():
        if case.follows(other) and other.started and other.started - mine.started <= SOON:
            return f"#{other.index} to the same host passed right after it, so the network as a whole is not shut out."
    return ""


def opened(case: Case) -> str:
    if is_top_level_navigation(case.exchange):
        return ""
    page = next((e for e in (*case.passed, *case.again) if is_top_level_navigation(e)), None)
    if page is None:
        return ""
    outcome = "passed" if _is_in(page, case.passed) else "was refused alike"
    return f"#{page.index} opened the address itself, and {outcome}."


def retried(case: Case) -> str:
    for other in (*case.alike, *case.passed) if case.until else ():
        if case.until and other.started and other.started >= case.until:
            outcome = "was refused alike" if _is_in(other, case.alike) else "passed"
            return f"#{other.index} tried again after that time and {outcome}."
    return ""


def preflight(case: Case) -> str:
    pair = case.denial.traffic.preflight_of.get(case.exchange.index)
    if pair is None:
        return ""
    if pair.verdict == OK:
        return f"#{pair.options} is the preflight, and it was granted."
    return f"#{pair.options} is the preflight, and its answer does not pass: {pair.verdict}."


def chain(case: Case) -> str:
    found = case.denial.traffic.chain_of.get(case.exchange.index)
    return f"The report has all {len(found.hops)} hops." if found and len(found.hops) > 1 else ""


FACTS: Final = (
    address_open, alike, chain, host_open, opened, other_cookies, other_credential, passed_later, preflight,
    refused_again, retried, twin,
)  # fmt: skip


def _is_in(exchange: Exchange, rows: Sequence[Exchange]) -> bool:
    return exchange.index in {other.index for other in rows}


def _numbered(exchanges: Sequence[Exchange]) -> str:
    return few([f"#{exchange.index}" for exchange in exchanges])
