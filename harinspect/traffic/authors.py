"""Did the program that usually answers at a host write this refusal, too? Told by the fields that programs add.

RFC 9110 section 7.6: what stands in front passes an answer's fields on, so an answer that lacks what every other
answer of the host has may come from in front of it. A server may also add fields to good answers only (as nginx does
without "always"), so only fields count that another refused or failed request of the host got as well.
"""

from __future__ import annotations

from itertools import islice

from msgspec import Struct

from harinspect.har.model import Exchange
from harinspect.traffic.model import Denial

COMPARED = 12  # answers of the host, the nearest in time
FEWEST = 3  # that say anything together
# Fields that an application, its framework or its runtime adds; servers and CDNs add others to all that passes.
OF_PROGRAMS = frozenset(
    {
        "x-powered-by",
        "x-runtime",
        "x-aspnet-version",
        "x-aspnetmvc-version",
        "x-generator",
        "x-drupal-dynamic-cache",
        "x-rack-cache",
        "x-application-context",
        "x-api-version",
        "api-supported-versions",
        "x-debug-token",
        "x-jenkins",
        "x-redirect-by",
        "x-pingback",
        "x-envoy-upstream-service-time",
        "x-upstream-response-time",
        "x-kong-upstream-latency",
        "x-transaction-id",
        "server-timing",
    }
)


class Author(Struct, frozen=True):
    """`shares`: fields of programs in this answer and in every one compared; `lacks`: in every one but this.

    `compared`: how many answers; `witness`: one that has them.
    """

    compared: int
    witness: Exchange
    shares: tuple[str, ...] = ()
    lacks: tuple[str, ...] = ()


def author(denial: Denial) -> Author | None:
    """The comparison with the host's own answers; None where they are few or show nothing."""
    good = tuple(islice(denial.allowed_at_host, COMPARED))
    if len(good) < FEWEST or denial.exchange.status == 0:
        return None
    always = OF_PROGRAMS.intersection(*(e.response.headers.names() for e in good))
    here = denial.exchange.response.headers.names()
    lacks = always - here
    shares, lacks = always & here, lacks and lacks & _on_errors(denial)
    if not shares and not lacks:
        return None
    return Author(len(good), good[0], tuple(sorted(shares)), tuple(sorted(lacks)))


def _on_errors(denial: Denial) -> frozenset[str]:
    """Fields that the host put on other answers that were no success."""
    host = denial.traffic.urls[denial.exchange.index].host
    bad = (e for e in denial.traffic.errors_by_host.get(host, ()) if e is not denial.exchange)
    return frozenset[str]().union(*(e.response.headers.names() for e in islice(bad, COMPARED)))
