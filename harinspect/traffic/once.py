"""Questions about a denial that many inspectors ask, and that are worked out for the first of them only."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import TypeVar

from harinspect.traffic.model import Denial

Told = TypeVar("Told")


def once(question: Callable[[Denial], Told]) -> Callable[[Denial], Told]:
    """The same answer for whoever asks next. It is kept with the denial, and goes with it."""

    @wraps(question)
    def asked(denial: Denial) -> Told:
        if question not in denial.told:
            denial.told[question] = question(denial)
        answer: Told = denial.told[question]
        return answer

    return asked
