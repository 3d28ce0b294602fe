"""The vocabulary of causes, and how strictly its file is read."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from harinspect.knowledge import KnowledgeError, causes
from harinspect.knowledge.causes import RESPONSIBLE, read_causes

WHOLE = '["a.b"]\nfamily = "f"\nresponsible = "user"\ntitle = "T"\nmeaning = "M."\n'


@pytest.mark.parametrize("label", list(causes()))
def test_cause_is_whole(label: str) -> None:
    cause = causes()[label]
    assert cause.label == label
    assert re.fullmatch(r"[a-z]+\.[a-z0-9-]+", label)
    assert cause.responsible in RESPONSIBLE
    assert not cause.title.endswith(".")
    assert len(cause.title) < 80
    assert cause.meaning.endswith(".")
    assert cause.family


def test_titles_tell_causes_apart() -> None:
    assert len({cause.title for cause in causes().values()}) == len(causes())


@pytest.mark.parametrize(
    ("text", "error"),
    [
        (WHOLE + 'colour = "red"\n', "causes.toml: a.b: colour: is not a key that is known here"),
        (
            WHOLE.replace('"user"', '"nobody"'),
            "causes.toml: a.b: responsible: 'nobody' is not a word that is known here",
        ),
        (WHOLE.replace('"T"', '""'), "causes.toml: a.b: title: must be a text that is not empty"),
        (WHOLE.replace('"T"', "7"), "causes.toml: a.b: title: must be a text that is not empty"),
        ("a = 1\n", "causes.toml: a: must be a table"),
        ("a = \n", "causes.toml: Invalid value"),
    ],
)
def test_a_wrong_file_is_named_with_its_key(tmp_path: Path, text: str, error: str) -> None:
    path = tmp_path / "causes.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(KnowledgeError, match="^" + re.escape(error)):
        read_causes(path)
