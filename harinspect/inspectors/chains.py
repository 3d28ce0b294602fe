"""What came along with a chain of redirects: never the answer by itself, but worth knowing beside it."""

from __future__ import annotations

from collections.abc import Iterator

from harinspect.inspecting import Basis, Evidence, Inspector, Verdict, admin, developer
from harinspect.traffic.changes import Untested
from harinspect.traffic.hops import called_directly, hops_before
from harinspect.traffic.model import Denial, DenialKind

inspector = Inspector(__name__)
REDIRECT_FETCH = "https://fetch.spec.whatwg.org/#http-redirect-fetch"

CROSS_ORIGIN = inspector.rule(
    "cross-origin",
    cause="redirect.cross-origin",
    title="A redirect led to another origin on the way",
    why="`{start}` sent the browser on to another origin, `{origin}`. From there on the request says {lost}, which the "
    "refusal may rest on.",
    responsible="server-config",
    fixes=(
        developer("Call `{url}` directly."),
        admin("Redirect within one origin, or let the last one accept what arrives after the redirect."),
    ),
    refs=(REDIRECT_FETCH,),
)
STATE = inspector.rule(
    "state-lost",
    cause="redirect.state-lost",
    title="The chain of redirects came back to where it had been",
    why="The redirects led to `{url}` and had passed the same addresses before: something that a hop wanted to hand "
    "over did not arrive.",
    responsible="server-config",
    fixes=(
        admin("Check what each hop sets and what the next one needs: cookies, and the state in the address."),
        developer("Show an error after the second failed sign-in, in place of another redirect."),
    ),
    refs=(REDIRECT_FETCH,),
)
SERVERS_TURN = Untested("What the servers of a chain hand over to each other is their own; no browser decides it.")
LOST = {"origin": "`Origin: null`", "referer": "no Referer", "cookies": "no cookies"}


@inspector.check
def companions(denial: Denial) -> Iterator[Verdict]:
    """What a chain did besides: never the answer by itself."""
    chain = denial.traffic.chain_of.get(denial.exchange.index)
    hops = hops_before(denial)
    if chain is None or not hops or denial.kind is DenialKind.RELATED:
        return
    url, urls = denial.exchange.url, denial.traffic.urls
    origin = urls[denial.exchange.index].origin
    said = [LOST[what] for what in LOST if any(d.what == what for d in chain.dropped)]
    away = next((hop for hop in hops if urls[hop.index].origin != origin), None)
    if away is not None and said:
        evidence = Evidence(away.index, "request.url", value=away.url, note="redirected to another origin")
        change = called_directly(denial.traffic, denial.exchange.index) if said[0] == LOST["origin"] else SERVERS_TURN
        holes = {"start": away.url, "origin": origin, "lost": said[0], "url": url}
        yield CROSS_ORIGIN.found(Basis.CIRCUMSTANCE, evidence, change=change, **holes)
    places = [(urls[i].origin, urls[i].path) for i in chain.exchanges]
    if chain.loop or len(set(places)) < len(places):
        evidence = Evidence(denial.exchange.index, "request.url", value=url, note="the end of the chain")
        yield STATE.found(Basis.CIRCUMSTANCE, evidence, change=SERVERS_TURN, url=url)
