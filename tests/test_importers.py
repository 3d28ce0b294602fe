"""Every redacted HAR is valid to har-validator, and opens in mitmproxy and in haralyzer.

What one of them refuses is listed with its reason, and of every file exactly what a reason names is refused: no entry
more, and no entry less. A reason holds of the original just as well.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from haralyzer import HarEntry, HarParser
from msgspec import Struct

from harinspect.har.model import NotHar
from harinspect.redaction.document import redact
from tests.awkward import awkward
from tests.privacy.test_redacted_har import RECORDINGS, planted
from tests.test_corpus import files_of

ROOT = Path(__file__).parent.parent
TOOLS = ROOT / ".venv" / "importers"
FOLDERS = ("sample_hars", "tests/cases", "tests/exporters", "tests/healthy")
HTTP = re.compile(r"(?:https?|wss?)://", re.IGNORECASE)
URI = re.compile(r"[a-z][a-z0-9+.-]*:", re.IGNORECASE)

Entry = Any
Reason = Callable[[Entry], bool]


class Redacted(Struct, frozen=True):
    """A recording, and the file that it was redacted to."""

    original: Path
    path: Path
    mode: str

    @property
    def name(self) -> str:
        return f"{self.original.parent.name}/{self.original.name}, {self.mode}"


def has_no_uri(entry: Entry) -> bool:
    """The recording has no address, or one that is not absolute: none can be made up."""
    return not URI.match(_url(entry))


def has_no_host(entry: Entry) -> bool:
    """mitmproxy knows no address without a host: data:, about:, or none at all."""
    try:
        return not urlsplit(_url(entry)).hostname
    except ValueError:  # brackets that hold no address
        return True


def has_foreign_host(entry: Entry) -> bool:
    """mitmproxy wants the host as DNS has it; browsers record it so, others in the letters of its language."""
    return not has_no_host(entry) and not re.fullmatch(r"[\w.:-]+", urlsplit(_url(entry)).hostname or "", re.ASCII)


def is_coded_strangely(entry: Entry) -> bool:
    """mitmproxy fails at a Content-Encoding that names a character set."""
    fields = entry["response"]["headers"]
    return any(one["name"].lower() == "content-encoding" and one["value"].lower() == "utf-8" for one in fields)


EXCUSED: Mapping[str, tuple[Reason, ...]] = {
    "har-validator": (has_no_uri,),
    "mitmproxy": (has_no_host, has_foreign_host, is_coded_strangely),
}


def _url(entry: Entry) -> str:
    request = entry.get("request")
    url = request.get("url") if isinstance(request, dict) else ""
    return url if isinstance(url, str) else ""


def recordings() -> Iterator[Path]:
    for folder in FOLDERS:
        yield from sorted((ROOT / folder).glob("*.har"))
    if "HARINSPECT_LAB" in os.environ:
        yield from sorted(Path(os.environ["HARINSPECT_LAB"]).glob("*/*.har"))
    if "HARINSPECT_CORPUS" in os.environ:
        yield from files_of(Path(os.environ["HARINSPECT_CORPUS"]))


def made_up(folder: Path) -> Iterator[Path]:
    """Recordings with canaries in all places, and one with values in all places that do not belong there."""
    for number, recording in enumerate(RECORDINGS):
        path = folder / f"planted-{number}.har"
        path.write_text(planted(recording, number)[0], encoding="utf-8")
        yield path
    path = folder / "awkward.har"
    path.write_text(json.dumps(awkward()), encoding="utf-8")
    yield path


@pytest.fixture(scope="module")
def redacted(tmp_path_factory: pytest.TempPathFactory) -> list[Redacted]:
    """Every recording in both modes; without those that are no HAR."""
    folder = tmp_path_factory.mktemp("redacted")
    found = []
    for number, original in enumerate([*recordings(), *made_up(tmp_path_factory.mktemp("made-up"))]):
        for mode in ("share", "strict"):
            path = folder / f"{number}-{mode}.har"
            try:
                with path.open("wb") as out:
                    redact(original, out, strict=mode == "strict")
            except NotHar:
                continue
            found.append(Redacted(original, path, mode))
    return found


@lru_cache(maxsize=2)
def entries(path: Path) -> list[Entry]:
    """Of a file that may be damaged: none then."""
    try:
        found = json.loads(path.read_text(encoding="utf-8-sig"))["log"]["entries"]
    except (ValueError, KeyError, TypeError):
        return []
    return found if isinstance(found, list) else []


def run(command: list[str | Path], files: list[Redacted], **environment: str) -> Any:
    """What the tool says of each file, by its path."""
    asked = "\n".join(str(file.path) for file in files)
    done = subprocess.run(command, input=asked, capture_output=True, encoding="utf-8", env=os.environ | environment)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def excused(tool: str, entry: Entry) -> bool:
    return any(reason(entry) for reason in EXCUSED[tool])


def told_apart(tool: str, file: Redacted, refused: Mapping[int, str]) -> list[str]:
    """What is refused without a reason, and reasons that hold of nothing that is refused, or not of the original."""
    made, before = entries(file.path), entries(file.original)
    expected = {number for number, entry in enumerate(made) if excused(tool, entry)}
    wrong = [f"{file.name}: {refused.get(one, 'accepted')} ({one})" for one in sorted(refused.keys() ^ expected)]
    if len(before) == len(made):
        wrong += [f"{file.name}: only when redacted ({one})" for one in expected if not excused(tool, before[one])]
    return wrong


def report(tool: str, files: list[Redacted], refused: Mapping[Path, Mapping[int, str]]) -> None:
    """Prints the figures; fails with everything that is wrong."""
    wrong = [line for file in files for line in told_apart(tool, file, refused.get(file.path, {}))]
    with_excuse = sum(1 for file in files if refused.get(file.path))
    print(f"{tool}: {len(files)} files, {len(files) - with_excuse} without objection, {with_excuse} excused")
    assert wrong == []


def test_har_validator_finds_nothing_wrong(redacted: list[Redacted]) -> None:
    node, modules = shutil.which("node"), TOOLS / "npm" / "node_modules"
    if node is None or not (TOOLS / "package-lock.json").exists():
        pytest.skip("har-validator is not set up: scripts/setup importers needs Node.js, npm and the network")
    said = run([node, ROOT / "tests" / "importers" / "har_validator.js"], redacted, NODE_PATH=str(modules))
    faults: dict[Path, dict[int, str]] = {}
    for file in redacted:
        for fault in said[str(file.path)]:
            place = re.match(r"\.log\.entries\[(\d+)\]", fault)
            faults.setdefault(file.path, {})[int(place[1]) if place else -1] = fault
    report("har-validator", redacted, faults)


def test_mitmproxy_reads_every_request(redacted: list[Redacted]) -> None:
    python = TOOLS / "mitmproxy" / "bin" / "python"
    if not (TOOLS / "requirements.txt").exists():
        pytest.skip("mitmproxy is not set up: scripts/setup importers needs the network")
    said = run([python, ROOT / "tests" / "importers" / "mitmproxy_reader.py"], redacted)
    refused = {
        file.path: {int(number): why for number, why in said[str(file.path)]["refused"].items()} for file in redacted
    }
    assert all(said[str(one.path)]["flows"] == len(entries(one.path)) - len(refused[one.path]) for one in redacted)
    report("mitmproxy", redacted, refused)


def test_haralyzer_reads_every_page_and_request(redacted: list[Redacted]) -> None:
    for file in redacted:
        parser = HarParser(json.loads(file.path.read_bytes()))
        assert parser.creator
        assert len(parser.pages) >= len(parser.har_data.get("pages", [])), file.name
        read = [(one["startedDateTime"], HarEntry(one).request.url) for one in parser.har_data["entries"]]
        assert len(read) == len(entries(file.path)), file.name
    print(f"haralyzer: {len(redacted)} files, {len(redacted)} without objection")
