"""The inspectors, one module a concern: whatever lies in this folder is asked."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from pathlib import Path

from harinspect.inspecting import Inspector, Rule


@cache
def all_inspectors() -> tuple[Inspector, ...]:
    """Every module of this folder that states an `inspector`, in the order of their names."""
    names = sorted(file.stem for file in Path(__file__).parent.glob("[!_]*.py"))
    modules = (import_module(f"{__name__}.{name}") for name in names)
    return tuple(module.inspector for module in modules)


@cache
def all_rules() -> dict[str, Rule]:
    """Every rule by its id."""
    return {rule.id: rule for inspector in all_inspectors() for rule in inspector.rules.values()}
