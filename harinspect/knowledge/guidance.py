"""What a person can do about a refusal, as data: checks and their plans, steps for each reader, myths, meanings.

Rows are chosen by a `Fit`. Names in `answered`, `done` and `shown` are facts that a recording may show; who knows the
recording knows them.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection, Iterable, Mapping
from functools import cache, lru_cache
from pathlib import Path
from typing import Final, Literal, TypeVar, cast

from msgspec import Struct

from harinspect.knowledge.causes import causes
from harinspect.knowledge.kept import HERE, kept_table
from harinspect.knowledge.tables import Table, read_table

Audience = Literal["user", "developer", "admin"]
Effort = Literal["easy", "medium", "hard"]
AUDIENCES: Final[tuple[Audience, ...]] = ("user", "developer", "admin")
EFFORTS: Final = frozenset({"easy", "medium", "hard"})
KINDS: Final = frozenset({"forbidden", "blocked", "related"})
PASSES: Final = ("yes", "no", "maybe")
Row = TypeVar("Row")


class Fit(Struct, frozen=True):
    """Beginnings of causes, layers and kinds of denial that a row is for; an empty one is for all."""

    causes: tuple[str, ...] = ()
    layers: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()

    def holds(self, cause: str, layer: str, kind: str) -> bool:
        """`cause` is "" where none is known."""
        caused = not self.causes or (bool(cause) and cause.startswith(self.causes))
        return caused and (not self.layers or layer in self.layers) and (not self.kinds or kind in self.kinds)


class Check(Struct, frozen=True):
    """`tells`: what either outcome means; `answered`: facts that settle it."""

    text: str
    tells: str
    effort: Effort
    answered: tuple[str, ...] = ()


class Plan(Struct, frozen=True):
    """Names of checks, those that tell most for the least work first."""

    fit: Fit
    checks: tuple[str, ...]


class Checks(Struct, frozen=True):
    """`logs`: where each layer writes down what it refused; the layer "unknown" is always among them."""

    logs: Mapping[str, str]
    checks: Mapping[str, Check]
    plans: tuple[Plan, ...]


class Step(Struct, frozen=True):
    """`done`: facts that tick it off."""

    text: str
    done: tuple[str, ...] = ()


class Way(Struct, frozen=True):
    """Names of steps for one reader, in order."""

    audience: Audience
    fit: Fit
    steps: tuple[str, ...]


class Steps(Struct, frozen=True):
    steps: Mapping[str, Step]
    ways: tuple[Way, ...]


class Myth(Struct, frozen=True):
    """`truth` has the hole {shown}, for the sentence of the fact that contradicts the belief."""

    name: str
    belief: str
    truth: str
    fit: Fit
    shown: tuple[str, ...]


class Reading(Struct, frozen=True):
    """What a case of these causes comes down to."""

    fit: Fit
    says: str


class Meanings(Struct, frozen=True):
    """Clauses without a final stop; `passes` has whole sentences, by whether the cause passes."""

    status: Mapping[str, str]
    blocked: Mapping[str, str]
    layers: Mapping[str, str]
    passes: Mapping[str, str]
    credential: Mapping[str, str]
    readings: tuple[Reading, ...]
    common: str


@cache
def checks() -> Checks:
    return kept_table(Checks, read_checks, HERE / "checks.toml", __file__)


@cache
def steps() -> Steps:
    return kept_table(Steps, read_steps, HERE / "steps.toml", __file__)


@cache
def myths() -> tuple[Myth, ...]:
    return kept_table(tuple[Myth, ...], read_myths, HERE / "myths.toml", __file__)


@cache
def meanings() -> Meanings:
    return kept_table(Meanings, read_meanings, HERE / "meanings.toml", __file__)


@lru_cache(maxsize=1024)
def plan(cause: str, layer: str, kind: str) -> tuple[str, ...]:
    """Names of the checks for such a denial; the last plan of the file fits everything."""
    return next(row.checks for row in checks().plans if row.fit.holds(cause, layer, kind))


@lru_cache(maxsize=1024)
def way(audience: Audience, cause: str, layer: str, kind: str) -> tuple[str, ...]:
    """Names of the steps of one reader; the last way of each reader fits everything."""
    rows = (row for row in steps().ways if row.audience == audience)
    return next(row.steps for row in rows if row.fit.holds(cause, layer, kind))


def read_checks(path: Path) -> Checks:
    """Checks and plans of a file; raises KnowledgeError naming "file: key" where it is wrong."""
    whole = read_table(path)
    found = {name: _check(table) for name, table in _inner(whole, "check")}
    plans = tuple(_done(row, Plan(_fit(row), _known(row, "checks", found))) for row in whole.tables("plan"))
    logs = dict(whole.pairs("logs"))
    _needs(whole, "logs", logs, ("unknown",))
    _ends(whole, "plan", [row.fit for row in plans])
    return _done(whole, Checks(logs, found, plans))


def read_steps(path: Path) -> Steps:
    """Steps and ways of a file; raises KnowledgeError naming "file: key" where it is wrong."""
    whole = read_table(path)
    found = {name: _step(table) for name, table in _inner(whole, "step")}
    ways = tuple(_way(row, found) for row in whole.tables("way"))
    for audience in AUDIENCES:
        _ends(whole, f"way for {audience}", [row.fit for row in ways if row.audience == audience])
    return _done(whole, Steps(found, ways))


def read_myths(path: Path) -> tuple[Myth, ...]:
    """Myths of a file, those told first first; raises KnowledgeError naming "file: key" where it is wrong."""
    whole = read_table(path)
    return _done(whole, tuple(_myth(row) for row in whole.tables("myth")))


def read_meanings(path: Path) -> Meanings:
    """Clauses of a file; raises KnowledgeError naming "file: key" where it is wrong."""
    whole = read_table(path)
    status, blocked, passes = (dict(whole.pairs(key)) for key in ("status", "blocked", "passes"))
    layers, credential = dict(whole.pairs("layers")), dict(whole.pairs("credential"))
    _needs(whole, "layers", layers, ("unknown",))
    _needs(whole, "status", status, ("403",))
    _needs(whole, "blocked", blocked, ("answered", "unanswered"))
    _needs(whole, "passes", passes, PASSES)
    _needs(whole, "credential", credential, ("sent", "cookies", "none", "withheld"))
    readings = tuple(_done(row, Reading(_fit(row), row.text("says"))) for row in whole.tables("reading"))
    return _done(whole, Meanings(status, blocked, layers, passes, credential, readings, whole.text("common")))


def _check(table: Table) -> Check:
    effort = cast(Effort, table.choice("effort", EFFORTS, "easy"))
    return _done(table, Check(table.text("text"), table.text("tells"), effort, table.texts("answered")))


def _step(table: Table) -> Step:
    return _done(table, Step(table.text("text"), table.texts("done")))


def _way(table: Table, known: Collection[str]) -> Way:
    audience = cast(Audience, table.choice("for", AUDIENCES))
    return _done(table, Way(audience, _fit(table), _known(table, "steps", known)))


def _myth(table: Table) -> Myth:
    myth = Myth(table.text("name"), table.text("belief"), table.text("truth"), _fit(table), table.texts("shown"))
    if not myth.shown or "{shown}" not in myth.truth:
        raise table.error("shown", "must name facts, and the truth must have the hole for their sentence")
    return _done(table, myth)


def _fit(table: Table) -> Fit:
    fit = Fit(table.texts("causes"), table.texts("layers"), table.texts("kinds"))
    for beginning in fit.causes:
        if not _begins_one(beginning):
            raise table.error("causes", f"{beginning!r} is the beginning of no cause")
    for kind in fit.kinds:
        if kind not in KINDS:
            raise table.error("kinds", f"{kind!r} is not a word that is known here")
    return fit


def _begins_one(beginning: str) -> bool:
    """Is it the beginning of a cause? Of all in their order, the first behind it would have it."""
    ordered = _ordered()
    at = bisect_left(ordered, beginning)
    return at < len(ordered) and ordered[at].startswith(beginning)


@cache
def _ordered() -> tuple[str, ...]:
    return tuple(sorted(causes()))


def _known(table: Table, key: str, names: Collection[str]) -> tuple[str, ...]:
    found = table.texts(key)
    for name in found:
        if name not in names:
            raise table.error(key, f"{name!r} is not a word that is known here")
    return found


def _needs(table: Table, key: str, found: Collection[str], names: Iterable[str]) -> None:
    for name in names:
        if name not in found:
            raise table.error(key, f"must have {name!r}")


def _ends(table: Table, key: str, fits: list[Fit]) -> None:
    if not fits or fits[-1] != Fit():
        raise table.error(key, "must end with one that fits everything")


def _inner(table: Table, key: str) -> tuple[tuple[str, Table], ...]:
    found = table.table(key)
    return found.inner() if found else ()


def _done(table: Table, row: Row) -> Row:
    table.done()
    return row
