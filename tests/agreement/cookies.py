"""Cookies: what the browser stored, sent and kept back, and its reasons, against our jar and our timeline."""

from __future__ import annotations

import html
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from functools import partial
from random import Random

from harinspect.traffic.model import Traffic
from harinspect.wire.cookies import Jar, Rejected
from tests.agreement.cases import Comparison
from tests.agreement.cookie_cases import Case, Visit, cases, sound
from tests.agreement.cookie_model import Asked, address, course, page_address
from tests.agreement.lab import Lab
from tests.agreement.recording import Flight, Recording
from tests.agreement.server import Answer, Received
from tests.agreement.visits import LANES, Step, alike, asked_for, filled, path_of, played

FETCH = """fetch({url!r}, {{method: {method!r}, credentials: {credentials!r}, mode: {mode!r}}})
    .then(answer => answer.text()).catch(() => 0)"""
NOTHING = "nothing"
KINDS = {"fetch": "text/plain", "image": "image/png"}


class Cookies:
    """Views: "standard", the jar told everything; "har", the timeline of a recording."""

    name = "cookies"

    def cases(self, random: Random, number: int) -> list[Case]:
        return cases(random, number)

    def play(self, lab: Lab, cases: Sequence[Case]) -> list[Recording]:
        lab.context.clear_cookies()
        cases = [sound(case) for case in cases]
        tabs = [lab.tab() for _ in range(min(LANES, len(cases)))]
        found: list[Recording] = []
        for start in range(0, len(cases), LANES):
            batch = [(lab.number(), case) for case in cases[start : start + LANES]]
            for number, case in batch:
                _serve(lab, number, case)
            found += played(lab, tabs, [(number, _steps(case, number)) for number, case in batch])
        for tab in tabs:
            tab.page.close()
        return found

    def compare(self, case: Case, seen: Recording) -> Iterator[Comparison]:
        flights = {asked_for(flight): flight for flight in seen.flights}
        jar, traffic, is_told = Jar(), seen.traffic(), True
        indexes = {e.url.rstrip("?"): e.index for e in traffic.har.exchanges}
        for asked in course(sound(case), seen.facts["number"]):
            flight = flights.get(asked.url.text)
            if flight is None or not flight.received_extra:
                yield Comparison("standard", "not asked", "asked", exact=False)
                return
            yield Comparison("standard", _browser(flight), _jar(jar, asked, flight, seen.facts["number"]), exact=False)
            if asked.context.includes_credentials and is_told:
                yield Comparison("har", _blocked(flight), _timeline(traffic, indexes[asked_for(flight)]), exact=False)
            elif asked.hop and asked.hop.sets:
                is_told = False  # no recording shows that a call was made without credentials, and kept nothing

    def kind(self, case: Case, seen: Recording) -> str:
        """The rarest of what happened."""
        refused = [reason for flight in seen.flights for _, reason in _refused(flight)]
        kept = [reason for flight in seen.flights for _, reason in _kept(flight)]
        if _is_same_site(refused):
            return "refused: context"
        if _is_same_site(kept):
            return "kept back: SameSite"
        return "kept back: place" if kept else "refused: line" if refused else "all went"


def _is_same_site(reasons: Sequence[str]) -> bool:
    return any(reason.startswith("SameSite") and reason != "SameSiteNoneInsecure" for reason in reasons)


def _steps(case: Case, number: int) -> list[Step]:
    """Where each visit begins, with its page or with what was typed, and where it ends."""
    return [
        Step((page_address if visit.page else address)(case, place, 0, number), address(case, place, -1, number))
        for place, visit in enumerate(case.visits)
    ]


def _serve(lab: Lab, number: int, case: Case) -> None:
    for place, visit in enumerate(case.visits):
        for depth in range(len(visit.page)):
            body = _page(case, place, depth, number)
            answer = Answer(headers=(("Content-Type", "text/html; charset=utf-8"),), body=body)
            lab.server.routes[path_of(page_address(case, place, depth, number))] = partial(_same, answer)
        for step in range(len(visit.hops)):
            lab.server.routes[path_of(address(case, place, step, number))] = partial(_answer, case, place, step, number)


def _same(answer: Answer, _: Received) -> Answer:
    return answer


def _page(case: Case, place: int, depth: int, number: int) -> str:
    """A document that holds the next frame, or asks."""
    visit, start = case.visits[place], "<!doctype html><link rel=icon href=data:,>"
    if depth < len(visit.page) - 1:
        return f'{start}<iframe src="{html.escape(page_address(case, place, depth + 1, number))}"></iframe>'
    return f"{start}<body>{_action(visit, address(case, place, 0, number))}"


def _action(visit: Visit, url: str) -> str:
    if visit.how == "link":
        return f"<script>onload = () => setTimeout(() => location.href = {url!r})</script>"
    if visit.how == "form":
        form = f'<form method="{visit.method}" action="{html.escape(url)}"></form>'
        return f"{form}<script>onload = () => setTimeout(() => document.forms[0].submit())</script>"
    if visit.how == "frame":
        return f'<iframe src="{html.escape(url)}"></iframe>'
    if visit.how == "image":
        return f'<img src="{html.escape(url)}">'
    call = FETCH.format(url=url, method=visit.method, credentials=visit.credentials, mode=visit.mode)
    return f"<script>{call}</script>"


def _answer(case: Case, place: int, step: int, number: int, request: Received) -> Answer:
    visit = case.visits[place]
    hop = visit.hops[step]
    fields = [("Set-Cookie", filled(line, number)) for line in hop.sets]
    fields += [("Content-Type", KINDS.get(visit.how, "text/html")), ("Cache-Control", "no-store")]
    fields += [("Date", format_datetime(datetime.now(UTC) + timedelta(seconds=hop.ahead), usegmt=True))]
    if origin := request.get("origin"):
        fields += [("Access-Control-Allow-Origin", origin), ("Access-Control-Allow-Credentials", "true")]
    if step == len(visit.hops) - 1:
        return Answer(200, tuple(fields), "<link rel=icon href=data:,>")
    return Answer(hop.redirect, (*fields, ("Location", address(case, place, step + 1, number))))


def _plain(reason: str) -> str:
    return reason.removeprefix("Schemeful")


def _kept(flight: Flight) -> Iterator[tuple[str, str]]:
    for row in flight.sent_extra.get("associatedCookies", ()):
        cookie = row["cookie"]
        for reason in row["blockedReasons"]:
            yield f"{cookie['name']}={cookie['value']}@{cookie['domain'].lstrip('.')}{cookie['path']}", _plain(reason)


def _refused(flight: Flight) -> Iterator[tuple[str, str]]:
    for row in flight.received_extra.get("blockedCookies", ()):
        for reason in row["blockedReasons"]:
            yield row["cookieLine"], _plain(reason)


def _shown(sent: str, kept: Sequence[tuple[str, str]], refused: Counter[str]) -> str:
    parts = [f"Cookie: {sent}"] if sent else []
    parts += [f"{name[:60]} {reason}" for name, reason in sorted(kept)]
    parts += [f"not set {reason} {times}" for reason, times in sorted(refused.items())]
    return alike(", ".join(parts)) or NOTHING


def _browser(flight: Flight) -> str:
    sent = next((value for name, value in flight.request_headers.items() if name.lower() == "cookie"), "")
    return _shown(sent, list(_kept(flight)), Counter(reason for _, reason in _refused(flight)))


def _jar(jar: Jar, asked: Asked, flight: Flight, number: int) -> str:
    at = datetime.fromtimestamp(flight.sent["wallTime"], UTC)
    kept = [
        (f"{c.name}={c.value}@{c.domain}{c.path}", _plain(reason.protocol))
        for c, reason in jar.withheld(asked.url, at, asked.context)
        if reason.protocol
    ]
    sent = jar.header(asked.url, at, asked.context)
    refused: Counter[str] = Counter()
    for line in asked.hop.sets if asked.hop else ():
        text = filled(line, number).strip(" \t").encode().decode("latin-1")
        result = jar.store(
            text, asked.url, at, asked.context, skew=timedelta(seconds=-asked.hop.ahead if asked.hop else 0)
        )
        if isinstance(result, Rejected):
            refused.update(_plain(reason.protocol) for reason in result.reasons if reason.protocol)
    return _shown(sent, kept, refused)


def _blocked(flight: Flight) -> str:
    return _shown("", list(_kept(flight)), Counter(reason for _, reason in _refused(flight)))


def _timeline(traffic: Traffic, index: int) -> str:
    view = traffic.cookies.at(index)
    kept = [
        (f"{item.cookie.name}={item.cookie.value}@{item.cookie.domain}{item.cookie.path}", _plain(reason.protocol))
        for item in view.withheld
        for reason in item.reasons
        if reason.protocol
    ]
    rows = {id(row): row for rows in traffic.cookies.refused.values() for row in rows if row.exchange == index}
    refused = Counter(_plain(reason.protocol) for row in rows.values() for reason in row.reasons if reason.protocol)
    return _shown("", kept, refused)
