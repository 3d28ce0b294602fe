"""What a family of cases is, and how a case prints itself and is made simpler."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields, is_dataclass, replace
from random import Random
from typing import Any, Protocol, Self, TypeVar

from tests.agreement.lab import Lab
from tests.agreement.recording import Recording


class Knobs:
    """Base of frozen dataclasses whose every field has a default: the plainest case, in which all is well.

    Its literal names only what differs from that; `simpler` turns one such knob back.
    """

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(f'{name}={value!r}' for name, value in self._turned())})"

    def simpler(self) -> Iterator[Self]:
        """The same case with one knob back at its default, one element less, or one part made simpler."""
        for name, value in self._turned():
            for plainer in (_default(self, name), *_plainer(value)):
                simpler = replace(self, **{name: plainer})  # type: ignore[type-var]
                if simpler.is_possible():
                    yield simpler

    def is_possible(self) -> bool:
        """Does it make sense? Asked of what came out of making a case simpler."""
        return True

    def _turned(self) -> Iterator[tuple[str, Any]]:
        for field in fields(self):  # type: ignore[arg-type]
            if (value := getattr(self, field.name)) != _default(self, field.name):
                yield field.name, value


def _default(knobs: Knobs, name: str) -> Any:
    field = next(field for field in fields(knobs) if field.name == name)  # type: ignore[arg-type]
    return field.default_factory() if callable(field.default_factory) else field.default


def _plainer(value: Any) -> Iterator[Any]:
    if isinstance(value, Knobs) and is_dataclass(value):
        yield from value.simpler()
    elif isinstance(value, tuple):
        for place, part in enumerate(value):
            yield value[:place] + value[place + 1 :]
            for plainer in _plainer(part) if isinstance(part, Knobs) else ():
                yield (*value[:place], plainer, *value[place + 1 :])


@dataclass(frozen=True, slots=True)
class Comparison:
    """One question asked of the browser and of us.

    `view` names what we were told: "standard" (everything), "har", "sanitized", ...
    `shown` is False where nothing in that view tells what the browser decided: "ok" or "unknown" of ours is honest.
    `alike` are other verdicts that would have left the very same view: either is an honest answer.
    `deviation` says why the browser may differ from its standard here: then a difference is its own.
    `exact` is False where the texts change with every knob, so that a smaller case need not have the same.
    """

    view: str
    browser: str
    ours: str
    shown: bool = True
    alike: tuple[str, ...] = ()
    deviation: str = ""
    exact: bool = True

    @property
    def agrees(self) -> bool:
        return self.browser == self.ours

    @property
    def is_honest(self) -> bool:
        unknown = not self.shown and self.ours in ("ok", "unknown")
        return not self.agrees and (unknown or self.ours in self.alike)

    @property
    def is_wrong(self) -> bool:
        return not self.agrees and not self.is_honest and not self.deviation

    def is_like(self, other: Comparison) -> bool:
        """The same disagreement, in another case?"""
        same = not self.exact or (self.browser, self.ours) == (other.browser, other.ours)
        return self.view == other.view and same


C = TypeVar("C", bound=Knobs)


class Family(Protocol[C]):
    """Cases about one thing. Everything random comes from `random`, so that a seed gives the same cases."""

    name: str

    def cases(self, random: Random, number: int) -> list[C]:
        """That many cases, weighted so that a fifth or more are refused for each main reason."""

    def play(self, lab: Lab, cases: Sequence[C]) -> list[Recording]:
        """Let the browser do them all; one recording per case, in their order."""

    def compare(self, case: C, seen: Recording) -> Iterator[Comparison]:
        """What the browser decided, and what our functions say."""

    def kind(self, case: C, seen: Recording) -> str:
        """The main kind of decision that the browser came to, for the distribution: "ok", "preflight refused", ..."""
