"""What became of a demand to sign in: whether it was met, or came because the user had signed out."""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum

from harinspect.har.model import Exchange
from harinspect.traffic.model import Denial
from harinspect.traffic.session_signs import signs_in_by_name, signs_out


class Met(Enum):
    """How a refusal turned out to be a step on the way (RFC 9110, section 11.1), with the sentence that says so."""

    PASSED = "The same call passed later in this recording."
    SIGNED_IN = "A sign-in at this host passed later in this recording."
    SIGNED_OUT = "The user had signed out at this host before."


def settled(denial: Denial) -> tuple[Met, Exchange] | None:
    """What shows that nothing is left to do, and where; None where nothing does."""
    turn, here = denial.traffic.turn_of, denial.traffic.turn_of[denial.exchange.index]
    passed = next(_passed_later(denial), None)
    if passed is not None:
        return Met.PASSED, passed
    if denial.exchange.status != 401:
        return None
    turns = [e for e in denial.allowed_at_host if signs_in_by_name(e) or (signs_out(e) and e.method == "POST")]
    later = next((e for e in turns if turn[e.index] > here and not signs_out(e)), None)
    if later is not None:
        return Met.SIGNED_IN, later
    last = max((e for e in turns if turn[e.index] < here), key=lambda e: turn[e.index], default=None)
    return (Met.SIGNED_OUT, last) if last is not None and signs_out(last) else None


def _passed_later(denial: Denial) -> Iterator[Exchange]:
    """The same path again: by the same method, or by a form that the refusal showed. A GET may be led to a sign-in."""
    mine, urls, turn = denial.exchange, denial.traffic.urls, denial.traffic.turn_of
    for other in denial.allowed_alike:
        again = other.method == "POST" or (other.method == mine.method and other.status < 300)
        if again and turn[other.index] > turn[mine.index] and urls[other.index].path == urls[mine.index].path:
            yield other
