"""What is to be known of a change before it is made: its risk, the way back, and the test. The words are in
changes.toml.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from msgspec import Struct

from harinspect.knowledge.causes import causes
from harinspect.knowledge.kept import kept_table
from harinspect.knowledge.tables import Table, read_table

FILE = Path(__file__).with_name("changes.toml")
CODE = "code"


class Precautions(Struct, frozen=True):
    """`risk`: what the change may open; `undo`: what to keep to go back; `verify`: what shows that it works."""

    risk: str
    undo: str
    verify: str


@cache
def precautions() -> Mapping[str, Precautions]:
    """By family of causes, by cause, and for changes of code."""
    return kept_table(dict[str, Precautions], read_precautions, FILE, __file__)


def precautions_for(cause: str, *, in_code: bool = False) -> Precautions:
    """Those of a cause, or else of its family, or of a change of code, which is also what an unknown cause gets.

    `in_code`: a release is all that changes.
    """
    known = causes().get(cause)
    wanted = (CODE,) if in_code or known is None else (cause, known.family)
    return next(precautions()[name] for name in wanted if name in precautions())


def read_precautions(path: Path) -> dict[str, Precautions]:
    """The precautions of a file; raises KnowledgeError naming "file: key" where it is wrong."""
    whole = read_table(path)
    return {name: _precautions(table) for name, table in whole.inner()}


def _precautions(table: Table) -> Precautions:
    found = Precautions(table.text("risk"), table.text("undo"), table.text("verify"))
    table.done()
    return found
