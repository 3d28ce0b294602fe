"""No canary that stands anywhere in a recording can be read in the redacted one, in any encoding."""

from __future__ import annotations

import copy
import json
import os
from functools import partial
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from harinspect.redaction.document import redact
from tests.privacy.canaries import ENCODINGS, Plant, found, spellings
from tests.privacy.odd_places import ALL as PLACES

ROOT = Path(__file__).parent.parent.parent
RECORDINGS = [
    ROOT / "sample_hars" / "csrf-token-incorrect.har",
    ROOT / "sample_hars" / "cors-scheme-mismatch-firefox.har",
    ROOT / "sample_hars" / "role-missing-sanitized.har",
]


def recordings() -> list[Path]:
    lab = Path(os.environ["HARINSPECT_LAB"]) if "HARINSPECT_LAB" in os.environ else None
    return RECORDINGS + (sorted(lab.glob("*/devtools.har"))[::16] if lab else [])


def planted(recording: Path, seed: int) -> tuple[str, dict[str, str]]:
    """The recording with an entry more for every place and spelling, and its canaries."""
    log: Any = json.loads(recording.read_text(encoding="utf-8"))["log"]
    plant = Plant(seed)
    usual = list(log["entries"])
    for number, (name, hide) in enumerate(sorted(PLACES.items())):
        for spelling in range(3):
            plant.place = f"{name}, {('lower', 'upper', 'mixed')[spelling]} case"
            entry = copy.deepcopy(usual[number % len(usual)])
            hide(entry, log, plant, partial(_spelt, spelling))
            log["entries"].append(entry)
    return json.dumps({"log": log}, ensure_ascii=seed % 2 == 0), plant.planted


def _spelt(which: int, name: str) -> str:
    return list(spellings(name))[which]


def redacted(text: str, **options: Any) -> str:
    out = BytesIO()
    redact(BytesIO(text.encode()), out, **options)
    return out.getvalue().decode()


@pytest.mark.parametrize("recording", recordings(), ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_no_canary_is_found(recording: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text, canaries = planted(recording, len(recording.name))
    shown = found(redacted(text), canaries)
    with capsys.disabled():
        print(f"\n{recording.name}: {len(PLACES)} kinds, {len(canaries)} canaries planted, {len(shown)} found", end=" ")
    assert len(PLACES) >= 80
    assert shown == {}


def test_the_search_finds_every_canary_where_nothing_was_masked() -> None:
    text, canaries = planted(RECORDINGS[0], 1)
    assert set(canaries) - set(found(text, canaries)) == set()


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_the_search_finds_a_canary_in_each_encoding(encoding: str) -> None:
    plant = Plant(3)
    secret = plant.secret()
    written = json.dumps({"text": f"before {ENCODINGS[encoding](secret)} after"})
    assert secret in found(written, plant.planted)
