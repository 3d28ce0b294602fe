"""Files and functions stay small enough to be seen at once."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "harinspect"
TESTS = ROOT / "tests"

FILE_LINES = 300
INSPECTOR_LINES = 149
FUNCTION_LINES = 40


def modules(folder: Path) -> list[Path]:
    found = sorted(folder.rglob("*.py"))
    assert found, f"no module in {folder}"
    return found


def lines(path: Path) -> int:
    return len(path.read_text(encoding="utf-8").splitlines())


def longer_than(limit: int, paths: list[Path]) -> list[str]:
    return [f"{path.relative_to(ROOT)}: {lines(path)} lines" for path in paths if lines(path) > limit]


def long_functions(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            assert node.end_lineno is not None
            length = node.end_lineno - node.lineno + 1
            if length > FUNCTION_LINES:
                yield f"{path.relative_to(ROOT)}:{node.lineno} {node.name}: {length} lines"


def test_files_are_short():
    assert longer_than(FILE_LINES, modules(PACKAGE) + modules(TESTS)) == []


def test_inspectors_are_shorter():
    assert longer_than(INSPECTOR_LINES, modules(PACKAGE / "inspectors")) == []


def test_functions_are_short():
    assert [found for path in modules(PACKAGE) for found in long_functions(path)] == []
