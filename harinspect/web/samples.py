"""The recordings that come with the program, each with its story from sample_hars/README.md.

The README has one section a file: a heading that names it, `## cors.har: Title`, and the story below.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

_SECTION = re.compile(r"^## +`?(?P<file>[\w.-]+)`? *[:—-]* *(?P<title>.*)$\n+(?P<story>(?:(?!^#).*\n?)*)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Sample:
    """A file name in the samples' folder, what it shows, and its story. `report`: its id where analysed, else ""."""

    file: str
    title: str
    story: str
    report: str = ""


def read_samples(folder: Path) -> tuple[Sample, ...]:
    """Every sample that exists, in the README's order; a file without a section comes last under its own name."""
    readme = folder / "README.md"
    text = readme.read_text(encoding="utf-8") if readme.is_file() else ""
    told = {found["file"]: found for found in _SECTION.finditer(text)}
    files = {path.name for path in folder.glob("*.har")} if folder.is_dir() else set()
    named = (Sample(file, _title(found["title"], file), found["story"].strip()) for file, found in told.items() if file in files)
    return (*named, *(Sample(file, _title("", file), "") for file in sorted(files - told.keys())))


def _title(given: str, file: str) -> str:
    return given.strip() or file.removesuffix(".har").replace("-", " ").capitalize()
