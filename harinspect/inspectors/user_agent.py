"""Servers that refuse by the User-Agent, and user agents that do not agree with themselves (RFC 9110, 10.1.5)."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from harinspect.inspecting import Basis, Evidence, Inspector, Verdict, admin, developer, user
from harinspect.traffic.contrast import sole_difference
from harinspect.traffic.model import Denial, DenialKind
from harinspect.wire.headers import ABSENT
from harinspect.wire.user_agent import disagreement, parse

inspector = Inspector(__name__)
NEAREST = 50  # twins to compare with
AGENT = "https://www.rfc-editor.org/rfc/rfc9110#name-user-agent"

BLOCKED = inspector.rule(
    "blocked",
    cause="ua.blocked",
    title="The server refuses this User-Agent",
    why="`{agent}` was refused; {contrast}",
    responsible="client-code",
    fixes=(
        admin("Look for a rule on the User-Agent at the server, firewall or CDN, and narrow it.", "easy"),
        developer("Say who you are in the User-Agent, and agree with the site's owner on access for your tool."),
        user("Open the page in an up-to-date browser.", "easy"),
    ),
    refs=(AGENT,),
)
UNUSUAL = inspector.rule(
    "unusual",
    cause="ua.blocked",
    title="The User-Agent is one that servers often refuse",
    why="The request calls itself `{agent}`: {kind}. Many servers refuse such clients, and nothing this host "
    "answered shows that it accepts them.",
    responsible="client-code",
    fixes=(
        admin("Look for a rule on the User-Agent at the server, firewall or CDN.", "easy"),
        developer("Ask the site's owner how tools should reach it: an API, a key, an agreed User-Agent.", "medium"),
        user("Open the page in an up-to-date browser.", "easy"),
    ),
    refs=(AGENT,),
)
OUTDATED = inspector.rule(
    "outdated",
    cause="ua.blocked",
    title="The User-Agent is that of a browser nobody maintains any more",
    why="The request calls itself `{agent}`. Many servers turn such browsers away, and nothing this host answered "
    "shows that it accepts them.",
    responsible="user",
    fixes=(
        user("Open the page in an up-to-date browser, and turn off whatever changes its User-Agent.", "easy"),
        admin("Look for a rule on the User-Agent at the server, firewall or CDN.", "easy"),
    ),
    refs=(AGENT,),
)
MISMATCH = inspector.rule(
    "client-hints-mismatch",
    cause="ua.client-hints-mismatch",
    title="The User-Agent and the client hints contradict each other",
    why="The User-Agent says `{agent}`, while {hints}. A changed User-Agent looks like that, and bot defences notice.",
    responsible="user",
    fixes=(
        user("Turn off what changes the User-Agent: an extension, or device emulation in the developer tools.", "easy"),
        developer("Set the client hints along with the User-Agent, or neither.", "easy"),
    ),
    refs=("https://wicg.github.io/ua-client-hints/", AGENT),
)
KINDS = {
    "headless": "a browser without a window, driven by a program",
    "library": "a program's HTTP library",
    "crawler": "a crawler",
    "empty": "nothing at all",
}


@inspector.check
def refused_by_contrast(denial: Denial) -> Iterator[Verdict]:
    """The same call passed with another User-Agent, and nothing else was different."""
    exchange = denial.exchange
    if denial.kind is not DenialKind.FORBIDDEN:
        return
    agent = exchange.request.headers.text("user-agent")
    others = (e for e in denial.allowed_alike if e.request.headers.text("user-agent") != agent)
    for twin in islice(others, NEAREST):
        found = sole_difference(exchange, twin)
        if found is None or found.name != "user-agent":
            continue
        its = twin.request.headers.text("user-agent")
        yield BLOCKED.found(
            Basis.CONTRAST,
            Evidence(exchange.index, "request.header", "user-agent", agent, "refused"),
            Evidence(twin.index, "request.header", "user-agent", its, "allowed"),
            agent=agent or "no User-Agent",
            contrast="the same request with another User-Agent was allowed, and nothing else was different.",
        )
        return


@inspector.check
def unusual_client(denial: Denial) -> Iterator[Verdict]:
    """Automation, libraries and dead browsers: a circumstance, unless the same host accepts that very client."""
    exchange = denial.exchange
    agent = exchange.request.headers.get("user-agent")
    if denial.kind is not DenialKind.FORBIDDEN or (not isinstance(agent, str) and agent is not ABSENT):
        return
    text = agent if isinstance(agent, str) else ""
    told = parse(text)
    kind = told.automation or ("" if text.strip() else "empty")
    if not kind and not told.outdated:
        return
    rule = UNUSUAL if kind else OUTDATED
    here = Evidence(exchange.index, "request.header", "user-agent", text)
    accepted = next((e for e in denial.allowed_at_host if e.request.headers.get("user-agent") == agent), None)
    if accepted:
        there = Evidence(accepted.index, "request.header", "user-agent", text, "allowed")
        yield rule.ruled_out("The same host answered this very User-Agent elsewhere.", here, there)
        return
    yield rule.found(Basis.CIRCUMSTANCE, here, agent=text, kind=KINDS.get(kind, ""))


@inspector.check
def contradicts_itself(denial: Denial) -> Iterator[Verdict]:
    headers = denial.exchange.request.headers
    agent = headers.text("user-agent")
    found = disagreement(parse(agent), headers) if agent and denial.kind is DenialKind.FORBIDDEN else ()
    if not found or any(e.request.headers.text("user-agent") == agent for e in denial.allowed_at_host):
        return
    evidence = [
        Evidence(denial.exchange.index, "request.header", name, headers.text(name))
        for name in ("user-agent", "sec-ch-ua", "sec-ch-ua-platform", "sec-ch-ua-mobile")
        if name in headers
    ]
    yield MISMATCH.found(Basis.CIRCUMSTANCE, *evidence, agent=agent, hints="; ".join(found))
