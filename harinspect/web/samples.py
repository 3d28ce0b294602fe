"""The recordings that come with the program, each with its story: the last cell of its row in sample_hars/README.md."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

_ROW = re.compile(r"^\| *`(?P<file>[\w.-]+)` *\|(?:.*\|)? *(?P<story>[^|]+?) *\|$", re.MULTILINE)
_SPELLED: Final = {
    "cors": "CORS",
    "csrf": "CSRF",
    "api": "API",
    "samesite": "SameSite",
    "firefox": "Firefox",
    "jwt": "JWT",
    "lax": "Lax",
}
_KINDS: Final = ("sanitized", "Firefox")  # of export; they come after a comma


@dataclass(frozen=True, slots=True)
class Sample:
    """A file name in the samples' folder, what it shows, and its story. `report`: its id where analysed, else ""."""

    file: str
    title: str
    story: str
    report: str = ""


def read_samples(folder: Path) -> tuple[Sample, ...]:
    """Every sample that exists, in the README's order; those that it does not tell of come last."""
    readme = folder / "README.md"
    text = readme.read_text(encoding="utf-8") if readme.is_file() else ""
    stories = {row["file"]: row["story"] for row in _ROW.finditer(text)}
    files = sorted(path.name for path in folder.glob("*.har"))
    order = [*(file for file in stories if file in files), *(file for file in files if file not in stories)]
    return tuple(Sample(file, title_of(file), stories.get(file, "")) for file in order)


def title_of(file: str) -> str:
    """`cors-origin-null.har` gives "CORS origin null"."""
    first, *rest = (_SPELLED.get(word, word) for word in file.removesuffix(".har").split("-"))
    told = " ".join([first[:1].upper() + first[1:], *rest])
    return next((told.removesuffix(f" {kind}") + f", {kind}" for kind in _KINDS if told.endswith(f" {kind}")), told)
