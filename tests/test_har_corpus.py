"""Every recording of the corpus and of the lab is read, and none of its entries is missed."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from harinspect.har import load
from harinspect.har.model import Credentials, NotHar
from harinspect.wire.headers import Missing


def counted(content: bytes) -> int | None:
    """How many entries a plain JSON reader finds; None where it finds no list of them."""
    text = content.decode("utf-8-sig", "replace")
    if not text.lstrip().startswith("{"):
        text = text[text.find("{") : text.rfind("}") + 1]
    try:
        entries = json.loads(text, strict=False)["log"]["entries"]
    except (ValueError, KeyError, TypeError):
        return None
    return len(entries) if isinstance(entries, list) else None


def test_corpus(corpus: Path) -> None:
    with (corpus / "manifest.csv").open(encoding="utf-8") as manifest:
        files = [corpus / row["file"] for row in csv.DictReader(manifest)]
    for path in files:
        expected = counted(path.read_bytes())
        if expected is None:
            with pytest.raises(NotHar):
                load(path)
            continue
        har = load(path)
        assert len(har.exchanges) + har.lost == expected, path
        assert har.lost == 0, path
        for exchange in har.exchanges:
            if exchange.response.body is not None:
                assert (har.body(exchange.index) or "").startswith(exchange.response.body)


def test_lab_credentials(lab: list[Path]) -> None:
    """With sensitive data they are recorded; where a sanitized export lost some, it is never called recorded."""
    checked = 0
    for folder in lab:
        full, sanitized = folder / "devtools.har", folder / "devtools-sanitized.har"
        if not (full.exists() and sanitized.exists()):
            continue
        whole, less = load(full), load(sanitized)
        held = whole.source.credentials is Credentials.RECORDED
        assert less.source.credentials is not Credentials.RECORDED or not held or removed_nothing(full, sanitized)
        checked += 1
    assert checked


def removed_nothing(full: Path, sanitized: Path) -> bool:
    return headers(full) == headers(sanitized)


def headers(path: Path) -> list[object]:
    entries = json.loads(path.read_text(encoding="utf-8"))["log"]["entries"]
    return [(one["request"]["headers"], one["response"]["headers"]) for one in entries]


def test_sanitized_lab_files_never_accuse(lab: list[Path]) -> None:
    """A Cookie or Authorization that the full export has is at worst withheld in the sanitized one, never absent."""
    checked = 0
    for folder in lab:
        full, sanitized = folder / "devtools.har", folder / "devtools-sanitized.har"
        if not (full.exists() and sanitized.exists()):
            continue
        for whole, less in zip(load(full).exchanges, load(sanitized).exchanges, strict=True):
            for name in ("cookie", "authorization"):
                if name in whole.request.headers:
                    assert less.request.headers.get(name) is Missing.WITHHELD, (folder.name, whole.index, name)
                    checked += 1
            if "set-cookie" in whole.response.headers:
                assert less.response.headers.get("set-cookie") is Missing.WITHHELD, (folder.name, whole.index)
                checked += 1
    assert checked


@pytest.mark.parametrize("name", ["devtools.har", "firefox.har"])
def test_lab_is_read_whole(lab: list[Path], name: str) -> None:
    for path in (folder / name for folder in lab if (folder / name).exists()):
        har = load(path)
        assert (har.lost, har.problems) == (0, ())
        assert len(har.exchanges) == counted(path.read_bytes())
        assert har.source.exporter == ("chrome" if name == "devtools.har" else "firefox")
