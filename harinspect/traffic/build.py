"""A HAR made into traffic: every exchange linked to what belongs to it."""

from __future__ import annotations

from harinspect.har.model import Har
from harinspect.traffic.cookies import replay
from harinspect.traffic.model import Traffic, in_time
from harinspect.traffic.preflights import cors_verdicts, find_preflights
from harinspect.traffic.redirects import find_chains
from harinspect.wire.url import Url


def build(har: Har) -> Traffic:
    """Link the exchanges of one file. Pure: the same file gives the same traffic."""
    ordered = in_time(har.exchanges)
    urls = {e.index: url for e in har.exchanges if (url := Url.parse(e.url)) is not None}
    preflights = find_preflights(ordered, urls)
    return Traffic(
        har=har,
        exchanges={e.index: e for e in har.exchanges},
        in_time=ordered,
        urls=urls,
        chains=find_chains(ordered, urls),
        preflights=preflights,
        cors=cors_verdicts(ordered, urls, preflights),
        cookies=replay(har, urls),
    )
