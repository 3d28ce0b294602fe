"""What every SARIF log of ours must hold: OASIS's schema, and what the text of the standard adds to it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from jsonschema import Draft7Validator

_RESERVED = re.compile(r"[^A-Za-z0-9._~%/-]|%(?![0-9A-F]{2})")
_LINK = re.compile(r"\]\(")
_PLACEHOLDER = re.compile(r"(?<!\{)(?:\{\{)*\{(?!\{)")


@cache
def validator() -> Draft7Validator:
    schema = json.loads((Path(__file__).parent / "schemas" / "sarif-2.1.0.json").read_text(encoding="utf-8"))
    Draft7Validator.check_schema(schema)
    return Draft7Validator(schema)


def check(log: dict[str, Any]) -> None:
    """Raises jsonschema.ValidationError or AssertionError."""
    validator().validate(log)
    for run in log["runs"]:
        rules = [rule["id"] for rule in run["tool"]["driver"].get("rules", [])]
        assert sorted(rules) == sorted({result["ruleId"] for result in run["results"]})
        for result in run["results"]:
            assert rules[result["ruleIndex"]] == result["ruleId"]
        prints = [result["partialFingerprints"]["refusal/v1"] for result in run["results"]]
        assert len(set(prints)) == len(prints)
        for uri in found(run, "uri"):
            assert not _RESERVED.search(uri), uri
            assert not urlsplit(uri).scheme
            assert ".." not in uri.split("/")
        for text in found(run, "text"):
            assert not _LINK.search(text), text
            assert not _PLACEHOLDER.search(text), text


def found(value: object, name: str) -> Iterator[str]:
    """Every member of that name, but for what stands in property bags."""
    if isinstance(value, dict):
        for key, inner in value.items():
            if key == name and isinstance(inner, str):
                yield inner
            elif key != "properties":
                yield from found(inner, name)
    elif isinstance(value, list):
        for inner in value:
            yield from found(inner, name)
