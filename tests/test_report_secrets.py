"""No secret of a recording is in anything that is written about it."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

import pytest

from harinspect.pipeline import analyse
from harinspect.render import as_html, as_json, as_markdown, as_text, shipped_folder

SAMPLES = sorted(shipped_folder("sample_hars").glob("*.har"))
NAMED_SECRET = re.compile(r"token|secret|session|signature|password|api.?key|jwt|credential|csrf|xsrf|^auth", re.I)
SHORTEST = 6  # shorter ones are words like "1" and "en"


def secrets_of(sample: Path) -> set[str]:
    """Values of credentials in headers and addresses, as they are and with percent-encoding undone."""
    found: set[str] = set()
    for entry in json.loads(sample.read_text(encoding="utf-8-sig"))["log"]["entries"]:
        for field in (*entry["request"]["headers"], *entry["response"]["headers"]):
            found.update(in_header(field["name"].lower(), field["value"]))
        query = parse_qsl(urlsplit(entry["request"]["url"]).query)
        found.update(value for name, value in query if NAMED_SECRET.search(name))
    return {form for value in found for form in (value, unquote(value)) if len(form) >= SHORTEST}


def in_header(name: str, value: str) -> Iterator[str]:
    if name == "cookie":
        yield from (pair.partition("=")[2].strip() for pair in value.split(";"))
    elif name == "set-cookie":
        yield from (line.partition(";")[0].partition("=")[2].strip() for line in value.splitlines())
    elif name in ("authorization", "proxy-authorization"):
        yield value.partition(" ")[2]
    elif NAMED_SECRET.search(name) and not name.startswith("access-control-"):
        yield value


@cache
def written(sample: Path) -> dict[str, str]:
    (report,) = analyse(sample)
    return {
        "json": json.dumps(json.loads(as_json.render([report])), ensure_ascii=False),
        "text": as_text.render(report, width=100_000, color=False),
        "markdown": as_markdown.render(report),
        "html": html.unescape(as_html.render(report)),
    }


def test_the_samples_have_secrets_to_hide() -> None:
    assert sum(bool(secrets_of(sample)) for sample in SAMPLES) >= 3


@pytest.mark.parametrize("format_", ["json", "text", "markdown", "html"])
@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.stem)
def test_no_secret_is_written(sample: Path, format_: str) -> None:
    text = written(sample)[format_]
    assert sample.name in text
    assert [secret for secret in secrets_of(sample) if secret in text] == []


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.stem)
def test_what_is_no_secret_stays_readable(sample: Path) -> None:
    """Host names of what was refused: a report that hides all would pass the other test."""
    (report,) = analyse(sample)
    for denial in report.denials:
        assert (urlsplit(denial.url).hostname or "") in written(sample)["text"]
