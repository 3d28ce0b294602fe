"""Referer and Origin on the wire, against our referrer policies: told everything, and by a recording."""

from __future__ import annotations

import html
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from random import Random

from harinspect.traffic.referrers import referer_due
from harinspect.wire.redirects import origin_after, redirected_method
from harinspect.wire.referrer import DEFAULT, Policy, parse_meta, parse_policy, referers, says_origin
from harinspect.wire.url import OPAQUE, Url, same_origin
from tests.agreement.cases import Comparison
from tests.agreement.lab import Lab
from tests.agreement.recording import Flight, Recording
from tests.agreement.referer_cases import Case, Page, cases, sound
from tests.agreement.server import Answer, Received
from tests.agreement.visits import LANES, Step, alike, asked_for, filled, path_of, played

LONG = "x" * 4100
FETCH = """fetch({url!r}, {{method: {method!r}, mode: {mode!r}, credentials: "omit", {policy}}})
    .then(answer => answer.text()).catch(() => 0)"""
# Of the Origin of requests that are not in CORS mode, in Chromium:
REDIRECTED = "a redirect may make it null, whatever the origin it leaves, and never looks at a policy"
CALLED = "a no-cors call names its origin whatever the policy"
KINDS = {"fetch": "text/plain", "image": "image/png"}
NONE = "-"


class Referer:
    """Views: "standard", told everything; "har", by a recording."""

    name = "referer"

    def cases(self, random: Random, number: int) -> list[Case]:
        return cases(random, number)

    def play(self, lab: Lab, cases: Sequence[Case]) -> list[Recording]:
        cases = [sound(case) for case in cases]
        tabs = [lab.tab() for _ in range(min(LANES, len(cases)))]
        found: list[Recording] = []
        for start in range(0, len(cases), LANES):
            batch = [(lab.number(), case) for case in cases[start : start + LANES]]
            for number, case in batch:
                _serve(lab, number, case)
            found += played(
                lab,
                tabs,
                [
                    (number, [Step(page_address(case, 0, number), address(case, len(case.hops) - 1, number))])
                    for number, case in batch
                ],
            )
            for (number, case), recording in zip(batch, found[-len(batch) :], strict=True):
                _with_bodies(case, number, recording)
        for tab in tabs:
            tab.page.close()
        return found

    def compare(self, case: Case, seen: Recording) -> Iterator[Comparison]:
        case, number = sound(case), seen.facts["number"]
        flights = {asked_for(flight): flight for flight in seen.flights}
        traffic = seen.traffic()
        indexes = {e.url.rstrip("?"): e.index for e in traffic.har.exchanges}
        for step, expected in enumerate(course(case, number)):
            flight = flights.get(address(case, step, number))
            if flight is None or not flight.sent_extra:
                yield Comparison("standard", "not asked", "asked", exact=False)
                return
            sent = _sent(flight)
            yield Comparison("standard", sent["referer"], alike(expected.referer), exact=False)
            origin = alike(expected.origin)
            yield Comparison("origin", sent["origin"], origin, deviation=expected.deviation, exact=False)
            if not case.element:
                due = referer_due(traffic, traffic.exchanges[indexes[asked_for(flight)]])
                ours = "unknown" if due is None else alike(due.expected or NONE)
                yield Comparison("har", sent["referer"], ours, shown=due is not None, exact=False)

    def kind(self, case: Case, seen: Recording) -> str:
        case, number = sound(case), seen.facts["number"]
        flight = next((f for f in seen.flights if asked_for(f) == address(case, len(case.hops) - 1, number)), None)
        if flight is None:
            return "not asked"
        sent = _sent(flight)["referer"]
        return "none" if sent == NONE else "origin only" if sent.count("/") == 3 and sent.endswith("/") else "whole"


@dataclass(frozen=True, slots=True)
class Expected:
    """Referer and Origin of one request, "-" for none."""

    referer: str
    origin: str
    deviation: str = ""  # why Chromium's Origin may be another


def course(case: Case, number: int) -> Iterator[Expected]:
    """Every request that the page makes, hop by hop, as our functions have it."""
    source = _url(page_address(case, len(case.pages) - 1, number))
    policy = Policy(case.element) if case.element else _in_force(case.pages[-1])
    targets = [_url(address(case, step, number)) for step in range(len(case.hops))]
    stated = [parse_policy(", ".join(hop.policy)) for hop in case.hops]
    due = referers(policy, source, list(zip(targets, stated, strict=True)))
    method, origin, before, crossed = case.method, source.origin, source, False
    for step, target in enumerate(targets):
        origin = origin_after(origin, before, target) if step else origin
        crossed = crossed or not same_origin(source, target)
        yield Expected(
            due[step] or NONE,
            _origin(case, method, origin, policy, source, target, crossed),
            _deviation(case, step),
        )
        policy, before = stated[step] or policy, target
        method = redirected_method(case.hops[step].redirect, method)


def _deviation(case: Case, step: int) -> str:
    if case.how == "fetch" and case.mode == "cors":
        return ""
    return REDIRECTED if step else CALLED if case.how == "fetch" else ""


def _origin(case: Case, method: str, origin: str, policy: Policy, source: Url, target: Url, crossed: bool) -> str:
    if case.how == "fetch" and case.mode == "cors":
        return origin if crossed or method != "GET" else NONE
    if method == "GET":
        return NONE
    return origin if origin == OPAQUE or says_origin(policy, source, target) else OPAQUE


def _in_force(page: Page) -> Policy:
    metas = [policy for content in page.meta if (policy := parse_meta(content))]
    return metas[-1] if metas else parse_policy(", ".join(page.policy)) or DEFAULT


def page_address(case: Case, depth: int, number: int) -> str:
    """Where a page stands."""
    page = case.pages[depth]
    return f"{filled(page.at, number)}/page/case-{number}-{depth}?q={LONG if page.long else 'a b'.replace(' ', '%20')}"


def address(case: Case, step: int, number: int) -> str:
    """Where a hop is asked."""
    return f"{filled(case.hops[step].at, number)}/asked/case-{number}-{step}"


def _serve(lab: Lab, number: int, case: Case) -> None:
    for depth, page in enumerate(case.pages):
        fields = (("Content-Type", "text/html"), *(("Referrer-Policy", line) for line in page.policy))
        answer = Answer(headers=fields, body=_body(case, depth, number))
        lab.server.routes[path_of(page_address(case, depth, number))] = partial(_same, answer)
    for step in range(len(case.hops)):
        lab.server.routes[path_of(address(case, step, number))] = partial(_answer, case, step, number)


def _same(answer: Answer, _: Received) -> Answer:
    return answer


def _body(case: Case, depth: int, number: int) -> str:
    metas = (f'<meta name="referrer" content="{html.escape(content)}">' for content in case.pages[depth].meta)
    start = f"<!doctype html><link rel=icon href=data:,>{''.join(metas)}<body>"
    if depth < len(case.pages) - 1:
        return f'{start}<iframe src="{html.escape(page_address(case, depth + 1, number))}"></iframe>'
    return start + _action(case, address(case, 0, number))


def _action(case: Case, url: str) -> str:
    element = f' referrerpolicy="{case.element}"' if case.element else ""
    if case.how == "link":
        click = "<script>onload = () => setTimeout(() => document.links[0].click())</script>"
        return f'<a href="{url}"{element}>link</a>{click}'
    if case.how == "form":
        submit = "<script>onload = () => setTimeout(() => document.forms[0].submit())</script>"
        return f'<form method="{case.method}" action="{url}"></form>{submit}'
    if case.how in ("frame", "image"):
        return f'<iframe src="{url}"{element}></iframe>' if case.how == "frame" else f'<img src="{url}"{element}>'
    policy = f"referrerPolicy: {case.element!r}" if case.element else ""
    return f"<script>{FETCH.format(url=url, method=case.method, mode=case.mode, policy=policy)}</script>"


def _answer(case: Case, step: int, number: int, request: Received) -> Answer:
    hop = case.hops[step]
    fields = [("Content-Type", KINDS.get(case.how, "text/html")), ("Cache-Control", "no-store")]
    fields += [("Referrer-Policy", line) for line in hop.policy]
    if origin := request.get("origin"):
        fields.append(("Access-Control-Allow-Origin", origin))
    if step == len(case.hops) - 1:
        return Answer(200, tuple(fields), "<link rel=icon href=data:,>")
    return Answer(hop.redirect, (*fields, ("Location", address(case, step + 1, number))))


def _with_bodies(case: Case, number: int, recording: Recording) -> None:
    """The pages' texts, which the events do not bring, and an export does."""
    bodies = {page_address(case, depth, number): _body(case, depth, number) for depth in range(len(case.pages))}
    for flight in recording.flights:
        flight.body = bodies.get(flight.url, "")


def _sent(flight: Flight) -> dict[str, str]:
    headers = {name.lower(): value for name, value in flight.request_headers.items()}
    return {name: alike(headers.get(name, NONE)) for name in ("referer", "origin")}


def _url(text: str) -> Url:
    url = Url.parse(text)
    assert url is not None, text
    return url
