"""What was redacted is HAR 1.2 (http://www.softwareishard.com/blog/har-12-spec/), and others can open it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from haralyzer import HarParser

from harinspect.redaction.document import redact
from tests.awkward import awkward
from tests.case_files import CASES
from tests.privacy.test_redacted_har import RECORDINGS, planted

SAMPLES = sorted((Path(__file__).parent.parent.parent / "sample_hars").glob("*.har"))
REQUIRED: dict[str, dict[str, type | tuple[type, ...]]] = {
    "log": {"version": str, "creator": dict, "entries": list},
    "creator": {"name": str, "version": str},
    "browser": {"name": str, "version": str},
    "page": {"startedDateTime": str, "id": str, "title": str, "pageTimings": dict},
    "entry": {
        "startedDateTime": str,
        "time": (int, float),
        "request": dict,
        "response": dict,
        "cache": dict,
        "timings": dict,
    },
    "request": {
        "method": str,
        "url": str,
        "httpVersion": str,
        "cookies": list,
        "headers": list,
        "queryString": list,
        "headersSize": (int, float),
        "bodySize": (int, float),
    },
    "response": {
        "status": (int, float),
        "statusText": str,
        "httpVersion": str,
        "cookies": list,
        "headers": list,
        "content": dict,
        "redirectURL": str,
        "headersSize": (int, float),
        "bodySize": (int, float),
    },
    "content": {"size": (int, float), "mimeType": str},
    "postData": {"mimeType": str},
    "timings": {"send": (int, float), "wait": (int, float), "receive": (int, float)},
    "pair": {"name": str, "value": str},
}


def missing(kind: str, value: Any, where: str) -> Iterator[str]:
    for name, types in REQUIRED[kind].items():
        if not isinstance(value.get(name), types):
            yield f"{where}.{name}"


def faults(log: Any) -> Iterator[str]:
    """Members that the format demands and that are not there, or are of another type."""
    yield from missing("log", log, "log")
    yield from missing("creator", log["creator"], "creator")
    for page in log.get("pages", []):
        yield from missing("page", page, "page")
    for number, entry in enumerate(log["entries"]):
        yield from missing("entry", entry, f"{number}")
        for part in ("request", "response", "timings"):
            yield from missing(part, entry[part], f"{number}.{part}")
        yield from missing("content", entry["response"]["content"], f"{number}.content")
        if "postData" in entry["request"]:
            yield from missing("postData", entry["request"]["postData"], f"{number}.postData")
        for part in ("request", "response"):
            for name in ("headers", "cookies"):
                for pair in entry[part][name]:
                    yield from missing("pair", pair, f"{number}.{part}.{name}")


def written(source: Path | bytes, **options: Any) -> Any:
    out = BytesIO()
    redact(BytesIO(source) if isinstance(source, bytes) else source, out, **options)
    return json.loads(out.getvalue())


@pytest.mark.parametrize("strict", [False, True], ids=["share", "strict"])
@pytest.mark.parametrize("recording", SAMPLES + CASES, ids=lambda path: path.stem)
def test_it_has_all_that_the_format_demands(recording: Path, strict: bool) -> None:
    if recording in CASES:
        try:
            json.loads(recording.read_bytes())
        except ValueError:
            pytest.skip("a damaged case")
    assert list(faults(written(recording, strict=strict)["log"])) == []


def test_haralyzer_opens_it() -> None:
    for recording in SAMPLES:
        found = written(recording)
        parser = HarParser(found)
        assert len(parser.har_data["entries"]) == len(found["log"]["entries"])
        assert parser.creator


def test_values_that_do_not_belong_there_are_brought_into_shape() -> None:
    assert list(faults(written(json.dumps(awkward()).encode())["log"])) == []


def test_an_address_in_a_parameter_takes_no_host_and_no_date_away() -> None:
    har = json.loads(SAMPLES[0].read_bytes())
    first = har["log"]["entries"][0]
    url = "https://www.shop.example/2025/cart"
    first["request"]["url"] = url
    first["startedDateTime"] = "2025-05-05T10:00:00.000Z"
    asked = [quote(url, safe=""), quote("https://www.shop.example/", safe=""), "2025-05-05"]
    for name, value in zip(("back", "home", "day"), asked, strict=True):
        har["log"]["entries"].append(first | {"request": first["request"] | {"url": f"{url}?{name}={value}"}})
    for entry in written(json.dumps(har).encode(), strict=True)["log"]["entries"][:1]:
        assert entry["request"]["url"].startswith("https://www.shop.example/")
        assert entry["startedDateTime"] == "2025-05-05T10:00:00.000Z"


def test_a_secret_that_is_an_address_leaves_the_host_where_it_stands() -> None:
    har = json.loads(SAMPLES[0].read_bytes())
    first, secret = har["log"]["entries"][0], "https://www.shop.example/way/to/somewhere"
    first["request"]["headers"].append({"name": "X-Api-Key", "value": secret})
    first["request"]["url"] = secret
    found = written(json.dumps(har).encode())["log"]["entries"][0]["request"]["url"]
    assert found.startswith("https://www.shop.example/%E2%80%B9")
    assert "somewhere" not in found


def test_hostile_values_do_not_change_the_structure() -> None:
    """A secret that equals a member's name, a quote or a brace leaves the file as it is."""
    text, _ = planted(RECORDINGS[0], 1)
    har = json.loads(text)
    for value in ("entries", "request", '"},{"', "headers", "startedDateTime1"):
        har["log"]["entries"][0]["request"]["headers"].append({"name": "X-Api-Key", "value": value})
    found = written(json.dumps(har).encode())
    assert len(found["log"]["entries"]) == len(har["log"]["entries"])
    assert all(one["request"]["method"] and "headers" in one["request"] for one in found["log"]["entries"])
