"""CORS: the browser's Network.CorsError, and its conversation with the servers, against ours."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial
from random import Random

from harinspect.traffic.model import OK, Traffic
from tests.agreement.cases import Comparison
from tests.agreement.cors_cases import Case, cases
from tests.agreement.cors_model import NETWORK_ERROR, PLAIN, address, course, deviation, said
from tests.agreement.cors_values import BODIES, TAGS
from tests.agreement.lab import Lab
from tests.agreement.recording import DEVTOOLS, PROXY, SANITIZED, Flight, Recording
from tests.agreement.server import Answer, Received

BATCH_IN_PAGE = """async ([jobs, lanes]) => {
    const byFetch = async (job) => {
        const response = await fetch(job.url, job.init);
        await response.text();
        return response.type;
    };
    const byXhr = (job) => new Promise((resolve) => {
        const xhr = new XMLHttpRequest();
        xhr.open(job.init.method, job.url);
        for (const [name, value] of job.init.headers) xhr.setRequestHeader(name, value);
        xhr.withCredentials = job.init.credentials === "include";
        if (job.via === "upload") xhr.upload.onprogress = () => {};
        xhr.onload = () => resolve("load");
        xhr.onerror = () => resolve("error");
        xhr.send(job.init.body);
    });
    const byTag = (job) => new Promise((resolve) => {
        const tag = document.createElement(job.via);
        tag.crossOrigin = job.init.credentials === "include" ? "use-credentials" : "anonymous";
        tag.onload = () => resolve("load");
        tag.onerror = () => resolve("error");
        if (job.via === "link") [tag.rel, tag.href] = ["stylesheet", job.url];
        else tag.src = job.url;
        document.head.append(tag);
    });
    const ways = { fetch: byFetch, xhr: byXhr, upload: byXhr };
    const results = {};
    const next = async () => {
        for (let job; (job = jobs.pop());) {
            results[job.number] = await (ways[job.via] ?? byTag)(job).catch(String);
        }
    };
    await Promise.all(Array.from({ length: lanes }, next));
    return results;
}"""
ANSWERS = ("basic", "cors", "opaque", "load")  # types of a response, and the event of the others
LANES = 24
BODILESS = ("GET", "HEAD")


class Cors:
    """Views: "standard", told everything; "wire", every request; "har", "sanitized" and "proxy", recordings."""

    name = "cors"

    def cases(self, random: Random, number: int) -> list[Case]:
        return cases(random, number)

    def play(self, lab: Lab, cases: Sequence[Case]) -> list[Recording]:
        lab.set_cookie("https://api.two.test/", "s=1; Path=/; Secure; SameSite=None")
        lab.set_cookie("http://api.one.test/", "s=1; Path=/; SameSite=Lax")
        numbered = {lab.number(): case for case in cases}
        by_page: dict[str, list[int]] = defaultdict(list)
        for number, case in numbered.items():
            _serve(lab, number, case)
            by_page[case.page].append(number)
        found: dict[int, Recording] = {}
        for page, numbers in by_page.items():
            tab, document = lab.document(f"{page}/")
            results = tab.run(BATCH_IN_PAGE, [[_job(number, numbered[number]) for number in numbers], LANES])
            recordings = tab.recordings()
            for number in numbers:
                found[number] = recordings.get(number, Recording())
                found[number].page, found[number].returned = document, results[str(number)]
        return [found[number] for number in numbered]

    def compare(self, case: Case, seen: Recording) -> Iterator[Comparison]:
        browser, ours, why = _browser(case, seen), course(case), deviation(case)
        yield Comparison("standard", browser, ours.verdict, deviation=why)
        if case.mode == "cors":
            yield Comparison("wire", _on_the_wire(seen), ours.conversation, exact=False, deviation=why)
        refusal = browser if browser != NETWORK_ERROR else OK  # what remains for CORS to say
        for view in (DEVTOOLS, SANITIZED, PROXY):
            alike = _alike(case, seen, view)
            found, shown = _recorded(seen.traffic(view)), _is_shown(case, seen, view)
            yield Comparison(view, refusal, found, alike=alike, shown=shown, deviation=why)

    def kind(self, case: Case, seen: Recording) -> str:
        if _browser(case, seen) == OK:
            return "passed"
        if len(seen.requests) > 1 or seen.requests[-1].status in range(300, 400):
            return "redirect refused"
        return "answer refused" if seen.requests[-1].status else "preflight refused"


def _job(number: int, case: Case) -> dict[str, object]:
    init: dict[str, object] = {"method": case.method, "mode": case.mode, "credentials": case.credentials}
    init["headers"] = [list(field) for field in case.headers]
    if case.method not in BODILESS:
        init["body"] = "body"
    return {"number": number, "via": case.via, "url": address(case, 0, number), "init": init}


def _serve(lab: Lab, number: int, case: Case) -> None:
    for place in range(len(case.hops)):
        path = "/" + address(case, place, number).split("/", 3)[3]
        lab.server.routes[path] = partial(_answer, case, place, number)


def _answer(case: Case, place: int, number: int, request: Received) -> Answer:
    asked = request.get("access-control-request-method") if request.method == "OPTIONS" else ""
    query = request.url.partition("?")[2]
    status, headers = said(
        case, place, number, request.get("origin"), asked, request.get("access-control-request-headers"), query
    )
    return Answer(status, headers, "" if asked else BODIES.get(case.via, PLAIN)[1])


def _browser(case: Case, seen: Recording) -> str:
    """OK where the page got an answer, else why not. A tag may also fail to make sense of one."""
    if seen.returned in ANSWERS or (case.via in TAGS and seen.requests and not seen.requests[-1].failed):
        return OK
    return seen.requests[-1].cors_error or NETWORK_ERROR if seen.requests else NETWORK_ERROR


def _alike(case: Case, seen: Recording, view: str) -> tuple[str, ...]:
    """The verdicts in both credentials modes, where the view does not show which it was."""
    cookies = [flight for flight in seen.requests if "cookie" in _names(flight) and not _is_own(case, flight)]
    linked = view == DEVTOOLS or (view == PROXY and bool(seen.requests[-1].status))  # to what was refused
    if cookies and linked:
        return ()
    ours = course(case)
    others = [course(replace(case, credentials=mode)) for mode in ("omit", "include")]
    like = [other for other in others if other.sent[: len(ours.sent)] == ours.sent]
    if view == PROXY:  # which does not show where the browser stopped
        return tuple(other.verdict if len(other.sent) == len(ours.sent) else OK for other in like)
    return tuple(other.verdict for other in like if (other.verdict == OK) == (ours.verdict == OK))


def _is_shown(case: Case, seen: Recording, view: str) -> bool:
    """To a proxy, without Sec-Fetch-Mode, a script's POST looks like a form's; what stays at home, like any other."""
    last = seen.requests[-1] if seen.requests else None
    if view != PROXY or last is None or "sec-fetch-mode" in _names(last):
        return True
    away = "origin" in _names(last) and not _is_own(case, last)
    return away and last.sent["request"]["method"] != "POST"


def _is_own(case: Case, flight: Flight) -> bool:
    return flight.url.startswith(f"{case.page}/")


def _names(flight: Flight) -> set[str]:
    return {name.lower() for name in flight.request_headers}


def _on_the_wire(seen: Recording) -> str:
    told = []
    for flight in _as_sent(seen.flights):
        if not flight.sent_extra:
            continue
        sent = {name.lower(): value for name, value in flight.request_headers.items()}
        origin, authorization = sent.get("origin", "-"), "authorization" if "authorization" in sent else ""
        if flight.is_preflight:
            asked, names = sent["access-control-request-method"], sent.get("access-control-request-headers", "")
            told.append(f"? {asked} {names} {origin}")
        else:
            told.append(f"{flight.sent['request']['method']} {authorization} {origin}")
    return " > ".join(told)


def _as_sent(flights: Sequence[Flight]) -> list[Flight]:
    """A preflight begins after the request that it is for, and goes out before it."""
    turns: Counter[tuple[str, bool]] = Counter()
    keyed: list[tuple[int, int, bool, Flight]] = []
    urls = [flight.url for flight in flights]
    for flight in flights:
        asked = flight.url, flight.is_preflight
        keyed.append((urls.index(flight.url), turns[asked], not flight.is_preflight, flight))
        turns[asked] += 1
    return [row[-1] for row in sorted(keyed, key=lambda row: row[:-1])]


def _recorded(traffic: Traffic) -> str:
    """The first refusal that the product reads out of the recording."""
    preflights = (pair.verdict for pair in traffic.preflights)
    answers = (found.verdict for found in traffic.cors.values())
    return next((one for one in (*preflights, *answers) if one != OK), OK)
