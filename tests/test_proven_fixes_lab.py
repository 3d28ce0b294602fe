"""Recordings of real browsers: fixes are proven on the failing one, and the working one bears what they change."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path

from msgspec.structs import replace

from harinspect.diagnosis import Diagnosis, diagnose
from harinspect.har import load
from harinspect.har.model import Exchange
from harinspect.inspecting import Finding
from harinspect.inspectors import all_inspectors
from harinspect.traffic.build import build
from harinspect.traffic.changes import (
    Answer,
    Change,
    CookieKept,
    CookieSet,
    Embedding,
    Grant,
    MethodKept,
    PolicyStated,
    StrayDeleted,
    Untested,
)
from harinspect.traffic.cross_origin import passes
from harinspect.traffic.denials import find_denials
from harinspect.traffic.model import OK, Traffic
from harinspect.traffic.simulate import verify
from harinspect.wire.cookie_parsing import SetCookie, name_in, parse_set_cookie

FAMILIES = ("cors.", "cookie.", "referer.", "redirect.")
EXEMPT = {  # causes whose fix is no header and no attribute
    "cors.origin-rejected": "the server's own list of origins",
    "cors.local-network-access": "the user's permission",
    "cors.blocked-unsent": "the file does not say what was refused",
    "cookie.third-party-blocked": "a setting of the browser",
    "referer.foreign": "the server's own list of sites",
    "redirect.state-lost": "what servers hand over to each other",
    "redirect.cross-origin": "a companion of the cause that leads",
}
SOLVED_OTHERWISE = {  # scenarios whose working recording takes another of the ways offered
    "cookie-domain-mismatch-on-sso-redirect": "a one-time ticket instead of a cookie",
    "cors-redirect-turns-origin-null": "the first address answers by itself",
}


@cache
def recorded(path: Path) -> Traffic:
    return build(load(path))


def findings(path: Path) -> Iterator[tuple[Finding, Diagnosis]]:
    inspectors = all_inspectors()
    for denial in find_denials(recorded(path)):
        diagnosis = diagnose(denial, inspectors)
        yield from ((f, diagnosis) for f in diagnosis.findings if f.rule.cause.startswith(FAMILIES))


def twins(exchange: Exchange, working: Traffic) -> list[Exchange]:
    """The same request in the working recording; the query may count attempts."""
    place = exchange.url.partition("?")[0]
    return [e for e in working.in_time if e.url.partition("?")[0] == place and e.method == exchange.method]


def bears(change: Change, failing: Traffic, working: Traffic) -> bool:
    """Has the working recording what the change sets, and do our own functions let it pass there?"""
    match change:
        case Grant():
            return _granted(change, failing, working)
        case CookieSet():
            return _set(change, failing, working) and _sent(change, failing, working)
        case CookieKept() | StrayDeleted():
            return _left_alone(change, failing, working) and _sent(change, failing, working)
        case Embedding():
            header = "cross-origin-resource-policy"
            answers = twins(failing.exchanges[change.exchange], working)
            return any(e.response.headers.text(header) == change.policy and not e.error for e in answers)
        case PolicyStated():
            asked = twins(failing.exchanges[change.exchange], working)
            makers = [e for maker in change.makers for e in twins(failing.exchanges[maker], working)]
            silent = [e for e in makers if e.response.headers.text("referrer-policy") == "no-referrer"]
            return not silent and any(e.request.headers.text("referer") for e in asked)
        case MethodKept():
            hops = [(failing.exchanges[hop], status) for hop, status in change.hops]
            return all(any(e.status == status for e in twins(hop, working)) for hop, status in hops)
    return False


def _granted(change: Grant, failing: Traffic, working: Traffic) -> bool:
    """Each header, longer lists included, on answers that pass the checks as they were recorded."""
    preflight = change.preflight and _bearing(change.preflight, failing, working)
    answer = change.answer and _bearing(change.answer, failing, working)
    if (change.preflight and not preflight) or (change.answer and not answer):
        return False
    refused = [v.verdict for i, v in working.cors.items() if answer and i == answer.exchange and v.verdict != OK]
    return not refused and passes(replace(change, preflight=preflight, answer=answer), working)


def _bearing(answer: Answer, failing: Traffic, working: Traffic) -> Answer | None:
    for twin in twins(failing.exchanges[answer.exchange], working):
        said = twin.response.headers
        if all(_members(value) <= _members(said.text(name)) for name, value in answer.headers):
            return Answer(twin.index)
    return None


def _members(value: str) -> set[str]:
    return {member.strip().lower() for member in value.split(",")}


def _set(change: CookieSet, failing: Traffic, working: Traffic) -> bool:
    if not change.attributes:
        return change.over_https or change.with_credentials
    rows = twins(failing.exchanges[change.setter], working)
    lines = [line for e in rows for line in e.response.headers.all("set-cookie") if name_in(line) == change.name]
    return any(_has(parse_set_cookie(line), change) for line in lines)


def _has(line: object, change: CookieSet) -> bool:
    """The changed attributes, with a Max-Age that is long enough."""
    assert isinstance(line, SetCookie)
    there: dict[str, bool] = {
        "Path": line.path == "/",
        "Domain": bool(line.domain),
        "Secure": line.secure,
        "SameSite": line.same_site.value == "None",
        "Partitioned": line.partitioned,
        "Max-Age": (line.max_age or 0) >= int(dict(change.attributes).get("Max-Age") or 0),
        "Expires": line.expires is not None,
    }
    return all(there[name] == (value is not None) for name, value in change.attributes)


def _left_alone(change: CookieKept | StrayDeleted, failing: Traffic, working: Traffic) -> bool:
    by = change.by if isinstance(change, CookieKept) else change.setter
    rows = twins(failing.exchanges[by], working)
    lines = [parse_set_cookie(line) for e in rows for line in e.response.headers.all("set-cookie")]
    named = [line for line in lines if isinstance(line, SetCookie) and line.name == change.name]
    if isinstance(change, CookieKept):
        return not named
    wanted = parse_set_cookie(change.line)
    assert isinstance(wanted, SetCookie)
    return any((line.path, line.domain, line.max_age) == (wanted.path, wanted.domain, 0) for line in named)


def _sent(change: CookieSet | CookieKept | StrayDeleted, failing: Traffic, working: Traffic) -> bool:
    """One cookie of that name went along, and the jar knows it from the file."""
    for twin in twins(failing.exchanges[change.exchange], working):
        sent = [one for one in working.cookies.at(twin.index).sent if one.name == change.name]
        if len(sent) == 1 and sent[0].cookie is not None:
            return True
    return False


def test_every_fix_of_headers_and_attributes_is_proven(lab: list[Path]) -> None:
    proven, missing = set(), []
    for scenario in lab:
        path = scenario / "devtools.har"
        for finding, _ in findings(path):
            told = verify(finding.change or Untested(""), recorded(path))
            if not isinstance(told, Untested) and told.holds:
                proven.add(finding.rule.cause)
            elif finding.rule.cause not in EXEMPT or (isinstance(told, Untested) and not told.why):
                missing.append(f"{scenario.name}: {finding.rule.id}: {told}")
    assert missing == []
    assert {cause.partition(".")[0] for cause in proven} == {"cors", "cookie", "referer", "redirect"}


def test_the_working_recording_bears_what_the_fix_changes(lab: list[Path]) -> None:
    compared, missing = [], []
    for scenario in lab:
        working = scenario / "working.har"
        if not working.exists() or scenario.name in SOLVED_OTHERWISE:
            continue
        for finding, _ in findings(scenario / "devtools.har"):
            if finding.change is None or isinstance(finding.change, Untested) or finding.rule.cause in EXEMPT:
                continue
            compared.append(scenario.name)
            if not bears(finding.change, recorded(scenario / "devtools.har"), recorded(working)):
                missing.append(f"{scenario.name}: {finding.rule.id}: {finding.change}")
    assert missing == []
    assert len(set(compared)) >= 12
