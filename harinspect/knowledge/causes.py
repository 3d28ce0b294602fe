"""The vocabulary of causes: what must change for a refused request to work. The words are in causes.toml."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType

from msgspec import Struct

from harinspect.knowledge.kept import kept_table
from harinspect.knowledge.tables import Table, read_table

RESPONSIBLE = frozenset(
    {
        "server-config",
        "application",
        "client-code",
        "identity-provider",
        "user",
        "network",
        "policy",
        "unknown",
    }
)
FILE = Path(__file__).with_name("causes.toml")


class Cause(Struct, frozen=True):
    """One label. `title` is the failing state, `meaning` one sentence, `responsible` who usually has to act."""

    label: str
    title: str
    meaning: str
    responsible: str
    family: str


@cache
def causes() -> Mapping[str, Cause]:
    """Every cause by its label, in the order of the file."""
    return MappingProxyType(kept_table(dict[str, Cause], read_causes, FILE, __file__))


def read_causes(path: Path) -> dict[str, Cause]:
    """The causes of a file; raises KnowledgeError naming "file: key" where it is wrong."""
    whole = read_table(path)
    return {label: _cause(label, table) for label, table in whole.inner()}


def _cause(label: str, table: Table) -> Cause:
    cause = Cause(
        label,
        title=table.text("title"),
        meaning=table.text("meaning"),
        responsible=table.choice("responsible", RESPONSIBLE),
        family=table.text("family"),
    )
    table.done()
    return cause
