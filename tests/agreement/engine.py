"""Plays the cases of a family, counts where the browser and we agree, and makes disagreements small."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any

from tests.agreement.cases import Comparison, Family, Knobs
from tests.agreement.lab import Lab
from tests.agreement.recording import Recording

BATCH = 200  # cases at a time
LISTED = 12  # sorts of answers that a view did not show
ROUNDS = 30  # of making a case simpler


@dataclass(frozen=True, slots=True)
class Judged:
    """One case, what the browser did and all that was compared."""

    case: Knobs
    seen: Recording
    comparisons: tuple[Comparison, ...]

    @property
    def wrong(self) -> list[Comparison]:
        return [comparison for comparison in self.comparisons if comparison.is_wrong]


@dataclass(slots=True)
class Tally:
    """The numbers of one family."""

    same: Counter[str] = field(default_factory=Counter)  # by view
    honest: Counter[str] = field(default_factory=Counter)
    deviations: Counter[str] = field(default_factory=Counter)
    unshown: Counter[str] = field(default_factory=Counter)  # what the honest ones are
    reasons: Counter[str] = field(default_factory=Counter)  # of the deviations
    wrong: Counter[str] = field(default_factory=Counter)
    kinds: Counter[str] = field(default_factory=Counter)
    verdicts: Counter[str] = field(default_factory=Counter)  # of the browser, one per case
    disagreements: list[Judged] = field(default_factory=list)

    def add(self, judged: Judged, kind: str) -> None:
        self.kinds[kind] += 1
        self.verdicts[judged.comparisons[0].browser] += 1
        for one in judged.comparisons:
            self._count(one)
        if judged.wrong:
            self.disagreements.append(judged)

    def _count(self, one: Comparison) -> None:
        if one.agrees:
            self.same[one.view] += 1
        elif one.is_honest:
            self.honest[one.view] += 1
            self.unshown[f"{one.view}: {one.browser}, we {one.ours}"] += 1
        elif one.deviation:
            self.deviations[one.view] += 1
            self.reasons[one.deviation] += 1
        else:
            self.wrong[one.view] += 1

    @property
    def views(self) -> list[str]:
        return list(self.same | self.honest | self.deviations | self.wrong)

    def rate(self, view: str) -> float:
        """The share of agreement, from 0 to 1: a verdict that the view does not show counts neither way."""
        decided = self.same[view] + self.deviations[view] + self.wrong[view]
        return self.same[view] / decided if decided else 1.0

    def share(self, kind: str) -> float:
        return self.kinds[kind] / max(self.kinds.total(), 1)


def judge(family: Family[Any], lab: Lab, cases: Sequence[Knobs]) -> Iterator[Judged]:
    """Play the cases in batches and compare each."""
    for start in range(0, len(cases), BATCH):
        batch = cases[start : start + BATCH]
        for case, seen in zip(batch, family.play(lab, batch), strict=True):
            yield Judged(case, seen, tuple(family.compare(case, seen)))


def tally(family: Family[Any], lab: Lab, number: int, seed: int) -> Tally:
    """The numbers for that many cases; the same seed gives the same cases."""
    found = Tally()
    cases = family.cases(Random(f"{family.name} {seed}"), number)  # noqa: S311 - repeatable, nothing secret
    for judged in judge(family, lab, cases):
        found.add(judged, family.kind(judged.case, judged.seen))
    return found


def minimised(family: Family[Any], lab: Lab, judged: Judged) -> Judged:
    """The same disagreement with as few knobs turned as keep it."""
    wanted = judged.wrong[0]
    for _ in range(ROUNDS):
        candidates = list(dict.fromkeys(judged.case.simpler()))
        simpler = next(_still(wanted, judge(family, lab, candidates)), None)
        if simpler is None:
            return judged
        judged = simpler
    return judged


def _still(wanted: Comparison, tried: Iterable[Judged]) -> Iterator[Judged]:
    return (judged for judged in list(tried) if any(wanted.is_like(one) for one in judged.wrong))


def sorted_by_rarity(disagreements: Sequence[Judged]) -> list[Judged]:
    """One of each sort first, then the second ones: what many cases share is told once before it is told again."""
    seen: Counter[tuple[str, ...]] = Counter()
    turns: list[tuple[int, int]] = []
    for place, judged in enumerate(disagreements):
        first = judged.wrong[0]
        sort = (first.view, first.browser, first.ours) if first.exact else (first.view,)
        turns.append((seen[sort], place))
        seen[sort] += 1
    return [disagreements[place] for _, place in sorted(turns)]


def told(name: str, found: Tally) -> str:
    """The numbers as lines of text."""
    lines = [f"{name}: {found.kinds.total()} cases"]
    for view in found.views:
        counts = f"agree {found.same[view]}, deviate {found.deviations[view]}, disagree {found.wrong[view]}"
        lines.append(f"  {view:12} {found.rate(view):7.2%}  {counts}, not shown {found.honest[view]}")
    lines.extend(f"  not shown, {number} times: {what}" for what, number in found.unshown.most_common(LISTED))
    lines.extend(f"  deviation, {number} times: {reason}" for reason, number in found.reasons.most_common())
    lines.append("  kinds: " + _distribution(found.kinds))
    lines.append("  verdicts: " + _distribution(found.verdicts))
    return "\n".join(lines)


def told_wrong(judged: Judged) -> str:
    """A disagreement as lines of text, with the case as it would be written in Python."""
    lines = [f"  {judged.case!r}"]
    lines.extend(f"    {one.view}: the browser {one.browser}, we {one.ours}" for one in judged.wrong)
    return "\n".join(lines)


def _distribution(counts: Counter[str]) -> str:
    total = max(counts.total(), 1)
    return ", ".join(f"{name} {number} ({number / total:.0%})" for name, number in counts.most_common())
