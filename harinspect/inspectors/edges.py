"""Refusals that a CDN, cache or balancer in front of the server made up by a rule of its own."""

from __future__ import annotations

from collections.abc import Iterator
from typing import cast

from harinspect.inspecting import Basis, Evidence, Inspector, Part, Verdict, admin, user
from harinspect.traffic.model import Denial, DenialKind
from harinspect.traffic.preflights import is_preflight

inspector = Inspector(__name__)
RULE = inspector.rule(
    "path-rule",
    cause="server.path-denied",
    title="A rule in front of the server refuses this path",
    why="{who} made this answer itself. It stands in front of the server and has no files, so a rule in its own "
    "settings refused `{path}`; other requests to the host got through.",
    responsible="server-config",
    fixes=(
        admin("Look for the rule that answers 403 in the settings of {who}, and narrow it.", "easy"),
        user("Tell the owner of the site which address was refused, and when.", "easy"),
    ),
    temporary="maybe",
    refs=("https://www.rfc-editor.org/rfc/rfc9110#name-intermediaries",),
)
EDGE = ("cdn", "gateway")


@inspector.check
def rule_in_front(denial: Denial) -> Iterator[Verdict]:
    """A CDN's, cache's or balancer's own page with no reason in it, while the host let something else through."""
    exchange, url = denial.exchange, denial.traffic.urls.get(denial.exchange.index)
    hits = denial.answer.blocked if denial.kind is DenialKind.FORBIDDEN else ()
    if url is None or not hits or hits[0].basis != "identity" or hits[0].layer not in EDGE or is_preflight(exchange):
        return
    through = next((e for e in denial.traffic.by_host[url.host] if e.status not in (0, 403)), None)
    if through is not None:
        there = Evidence(through.index, "response.status", value=str(through.status), note="got through")
        here = Evidence(exchange.index, "request.url", value=exchange.url, note="refused")
        part, name, value = hits[0].evidence[0]
        page = Evidence(exchange.index, cast(Part, part), name, value, "its own answer")
        who = hits[0].responder.name
        yield RULE.found(Basis.CIRCUMSTANCE, here, page, there, path=url.path, who=who)
