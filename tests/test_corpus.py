"""Recordings of many exporters: each gives reports or one sentence that says why not, and loses no request."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from harinspect.cli import NOTHING_REFUSED, REFUSED, _status
from harinspect.har.model import NotHar
from harinspect.pipeline import analyse
from harinspect.render import as_json, as_markdown, as_text
from harinspect.report.model import Report

CHUNKS = 6


def files_of(corpus: Path) -> list[Path]:
    """What manifest.csv names, else every .har file below the folder."""
    manifest = corpus / "manifest.csv"
    if manifest.is_file():
        with manifest.open(encoding="utf-8", newline="") as rows:
            return sorted(corpus / row["file"] for row in csv.DictReader(rows))
    return sorted(corpus.rglob("*.har"))


def entries_in(file: Path) -> int | None:
    """The length of log.entries where a plain JSON reader finds that list; None where it does not."""
    try:
        whole = json.loads(file.read_text(encoding="utf-8-sig"), strict=False)
        entries = whole["log"]["entries"]
    except (ValueError, KeyError, TypeError):
        return None
    return len(entries) if isinstance(entries, list) else None


def trouble_with(file: Path) -> str:
    """What is wrong with the way in which one file is handled; "" if nothing."""
    expected = entries_in(file)
    try:
        reports = analyse(file)
    except NotHar as reason:
        said = str(reason)
        return "" if expected is None and said.endswith((".", ")")) and "\n" not in said else f"refused: {said}"
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    return "; ".join(trouble for report in reports for trouble in trouble_in(report, expected))


def trouble_in(report: Report, expected: int | None) -> list[str]:
    found = [f"{problem.where}: {problem.what}" for problem in report.problems]
    if expected is not None and report.source.entries + report.source.lost != expected:
        found.append(f"{report.source.entries} read and {report.source.lost} lost of {expected}")
    refused = any(denial.kind != "related" for denial in report.denials)
    if _status(report) != (REFUSED if refused else NOTHING_REFUSED):
        found.append("the exit status is not what the report says")
    if not (as_json.render([report]) and as_markdown.render(report) and as_text.render(report, width=80, color=False)):
        found.append("nothing was written")
    return found


@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_every_file_gives_reports_or_the_reason_why_not(corpus: Path, chunk: int) -> None:
    files = files_of(corpus)[chunk::CHUNKS]
    troubles = {str(file.relative_to(corpus)): trouble for file in files if (trouble := trouble_with(file))}
    assert files
    assert troubles == {}


REFUSALS = frozenset({401, 403, 407, 419, 429, 451})


def nothing_was_refused(file: Path) -> bool:
    """No refusal, no missing answer and no mark of an error in the whole file, by a plain JSON reader."""
    try:
        entries = json.loads(file.read_text(encoding="utf-8-sig"), strict=False)["log"]["entries"]
        answers = [entry["response"] for entry in entries]
        return all(
            answer["status"] >= 100 and answer["status"] not in REFUSALS and not answer.get("_error")
            for answer in answers
        )
    except (ValueError, KeyError, TypeError, AttributeError):
        return False


def test_where_nothing_was_refused_nothing_is_said_above_a_hint(corpus: Path) -> None:
    """A preflight that failed alone is the one thing such a file can still hold, and nobody knows what came of it."""
    quiet = [file for file in files_of(corpus) if nothing_was_refused(file)]
    loud = [
        (file.name, denial.exchange, finding.rule)
        for file in quiet
        for report in analyse(file)
        for denial in report.denials
        for finding in denial.findings
        if finding.confidence != "hint"
    ]
    assert quiet
    assert loud == []
