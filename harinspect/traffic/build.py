"""A HAR made into traffic: every exchange linked to what belongs to it."""

from __future__ import annotations

from harinspect.har.model import Har
from harinspect.knowledge import Library
from harinspect.traffic.cookies import replay
from harinspect.traffic.model import OK, CorsVerdict, Traffic
from harinspect.traffic.order import in_time
from harinspect.traffic.preflights import cors_verdicts, find_preflights
from harinspect.traffic.redirects import find_chains
from harinspect.traffic.stored import find_reused
from harinspect.wire.url import Url


def build(har: Har, library: Library | None = None) -> Traffic:
    """Link the exchanges of one file. Pure: the same file gives the same traffic. `library`: None for ours alone."""
    ordered = in_time(har.exchanges)
    urls = {e.index: url for e in har.exchanges if (url := Url.parse(e.url)) is not None}
    chains = find_chains(ordered, urls)
    preflights = find_preflights(ordered, urls, chains)
    refused = frozenset(pair.actual for pair in preflights if pair.actual is not None and pair.verdict != OK)
    reused = {one.exchange: one for one in find_reused(ordered, urls, refused)}
    stored = {index: CorsVerdict(index, one.verdict, one.detail) for index, one in reused.items()}
    return Traffic(
        har=har,
        exchanges={e.index: e for e in har.exchanges},
        in_time=ordered,
        urls=urls,
        chains=chains,
        preflights=preflights,
        cors=cors_verdicts(ordered, urls, preflights, chains) | stored,
        cookies=replay(har, urls),
        reused=reused,
        library=library,
    )
