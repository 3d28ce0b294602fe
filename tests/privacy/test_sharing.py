"""The command: redact writes a HAR, says what it masked, and checks what it wrote."""

from __future__ import annotations

import json
import re
from io import BytesIO
from pathlib import Path

import pytest
from typer.testing import CliRunner

from harinspect import sharing
from harinspect.cli import app
from harinspect.har.model import NotHar
from harinspect.pipeline import analyse
from harinspect.redaction.document import Masked, left_in, redact
from harinspect.redaction.patterns import Patterns, PatternsError
from tests.har_files import document, entry
from tests.privacy.canaries import found
from tests.privacy.test_redacted_har import RECORDINGS, planted

OWN = """
[[pattern]]
kind = "customer"
regex = 'CUST-(?P<value>[0-9]{6})'

[[name]]
names = ["X-Tenant"]
kind = "tenant"
"""


def run(*arguments: str | Path) -> tuple[int, str]:
    result = CliRunner().invoke(app, ["redact", *map(str, arguments)])
    return result.exit_code, result.output


def test_a_recording_is_written_and_checked(tmp_path: Path) -> None:
    out = tmp_path / "out.har"
    code, told = run(RECORDINGS[0], "-o", out)
    assert code == 0
    assert "Checked" in told
    assert "in headers" in told
    assert len(json.loads(out.read_bytes())["log"]["entries"]) == len(
        json.loads(RECORDINGS[0].read_bytes())["log"]["entries"]
    )
    assert list(tmp_path.iterdir()) == [out]


def test_no_canary_survives_the_strict_mode_and_no_other_host(tmp_path: Path) -> None:
    text, canaries = planted(RECORDINGS[0], 5)
    source, out = tmp_path / "in.har", tmp_path / "out.har"
    source.write_text(text, encoding="utf-8")
    code, _ = run(source, "-o", out, "--mode", "strict")
    written = out.read_text(encoding="utf-8")
    assert code == 0
    assert found(written, canaries) == {}
    assert not re.search(r"(?<!\w)a\.example", written)
    assert "djpay.test" in written, "the first party stays"
    assert "/transfer" not in written
    assert analyse(out)[0].source.entries > 100


def test_patterns_of_ones_own(tmp_path: Path) -> None:
    file, out = tmp_path / "own.toml", BytesIO()
    file.write_text(OWN, encoding="utf-8")
    made = entry(headers=[{"name": "x-tenant", "value": "acme"}], content={"mimeType": "", "text": "of CUST-123456"})
    har = json.dumps({"log": {"entries": [made]}}).encode()
    redact(BytesIO(har), out, patterns=Patterns.load(file))
    response = json.loads(out.getvalue())["log"]["entries"][0]["response"]
    assert response["headers"][0]["value"].startswith("‹tenant:1-7:")
    assert response["content"]["text"].startswith("of CUST-‹customer:1-7:")


@pytest.mark.parametrize(
    "text",
    [
        "[[pattern]]\nregex = '('",
        "[[pattern]]\nkind = 'x'",
        "nonsense",
        "[[name]]\nnames = ['a']\nkind = 'A B'",
        "x = 1",
    ],
)
def test_a_file_of_patterns_that_cannot_be_used(text: str, tmp_path: Path) -> None:
    file = tmp_path / "own.toml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(PatternsError, match=r"own\.toml"):
        Patterns.load(file)
    assert run(RECORDINGS[0], "-o", tmp_path / "out.har", "--patterns", file)[0] == 2
    assert not (tmp_path / "out.har").exists()


def test_what_cannot_be_read_or_written_is_said(tmp_path: Path) -> None:
    other = tmp_path / "no.har"
    other.write_text("{}", encoding="utf-8")
    assert run(other, "-o", tmp_path / "out.har")[0] == 2
    assert run(RECORDINGS[0], "-o", tmp_path / "none" / "out.har")[0] == 2
    none = tmp_path / "none.toml"
    told_of = run(RECORDINGS[0], "-o", tmp_path / "out.har", "--patterns", none)
    assert told_of == (2, f"harinspect: The file {none} cannot be read.\n")
    (tmp_path / ".out.har.part").touch()
    code, told = run(RECORDINGS[0], "-o", tmp_path / "out.har")
    assert code == 2
    assert "by another" in told


def test_the_recording_is_not_written_over(tmp_path: Path) -> None:
    own = tmp_path / "own.har"
    own.write_bytes(RECORDINGS[0].read_bytes())
    code, told = run(own, "-o", tmp_path / "." / "own.har")
    assert (code, "is the recording itself" in told) == (2, True)
    assert own.read_bytes() == RECORDINGS[0].read_bytes()


def test_the_summary_is_a_sentence_whatever_was_compared(tmp_path: Path) -> None:
    shared, strict = (run(RECORDINGS[0], "-o", tmp_path / "out.har", "--mode", mode)[1] for mode in ("share", "strict"))
    assert "has all requests, none of the secrets is left in it, and its diagnosis is the same." in shared
    assert "has all requests, and none of the secrets is left in it." in strict
    assert "written. Masked:\n" in shared


def test_the_check_can_fail(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def careless(source: Path, out: BytesIO, **_: object) -> Masked:
        out.write(document(3).encode())
        masked = redact(source, BytesIO())
        return Masked(4, 1, masked.counts, frozenset({"body 2"}))

    monkeypatch.setattr("harinspect.redaction.document.redact", careless)
    redacted = sharing.redact_file(RECORDINGS[0], tmp_path / "out.har")
    assert len(redacted.problems) == 3
    assert "left out" in "\n".join(sharing.summary(redacted))


def test_a_result_that_is_no_har_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(source: Path, out: BytesIO, **_: object) -> Masked:
        return redact(source, BytesIO())

    monkeypatch.setattr("harinspect.redaction.document.redact", broken)
    assert "cannot be read" in sharing.redact_file(RECORDINGS[0], tmp_path / "out.har").problems[0]


def test_a_long_file_is_shared_between_two_processes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Marks are equal in both halves, and what one of them learnt is masked in the other."""
    made = [entry(number, content={"mimeType": "text/plain", "text": "x " * 40_000}) for number in range(40)]
    made[0]["request"]["headers"].append({"name": "Cookie", "value": "sid=q8w7e6r5t4z3"})  # type: ignore[index]
    made[-1] = entry(39, content={"mimeType": "text/plain", "text": "again q8w7e6r5t4z3"})
    made[-1]["request"]["headers"].append({"name": "Cookie", "value": "sid=q8w7e6r5t4z3"})  # type: ignore[index]
    file, out = tmp_path / "in.har", BytesIO()
    file.write_text(json.dumps({"log": {"entries": made}}), encoding="utf-8")
    for can_fork in (True, False):
        monkeypatch.setattr("harinspect.redaction.document.can_fork", lambda answer=can_fork: answer)
        monkeypatch.setattr("harinspect.redaction.document.LONG", 1000)
        out = BytesIO()
        assert redact(file, out).entries == 40
        entries = json.loads(out.getvalue())["log"]["entries"]
        mark = entries[0]["request"]["headers"][-1]["value"].removeprefix("sid=")
        assert entries[-1]["request"]["headers"][-1]["value"] == f"sid={mark}"
        assert entries[-1]["response"]["content"]["text"] == f"again {mark}"


def test_what_goes_wrong_in_the_other_process_is_heard(monkeypatch: pytest.MonkeyPatch) -> None:
    from harinspect.redaction.halves import both

    def fails() -> int:
        raise NotHar("broken")

    with pytest.raises(NotHar, match="broken"):
        both([lambda: 1, fails])
    assert both([lambda: 1, lambda: 2]) == [1, 2]


def test_what_is_met_again_is_masked_and_counted_again() -> None:
    """Long texts come from the disk the second time."""
    text = "left " * 200 + "token=q8w7e6r5t4z3u2i1"
    made = [entry(number, content={"mimeType": "text/plain", "text": text}) for number in range(3)]
    out = BytesIO()
    masked = redact(BytesIO(json.dumps({"log": {"entries": made}}).encode()), out)
    texts = {one["response"]["content"]["text"] for one in json.loads(out.getvalue())["log"]["entries"]}
    assert len(texts) == 1
    assert "q8w7" not in texts.pop()
    assert masked.counts["text", "secret"] == 3


def test_secrets_with_the_same_end_are_told_apart() -> None:
    secrets = ["first-one-q8w7e6r5t4z3", "second-q8w7e6r5t4z3", "q8w7e6r5t4z3"]
    made = [entry(0, content={"mimeType": "text/plain", "text": " ".join(secrets)})]
    made[0]["request"]["headers"] = [  # type: ignore[index]
        {"name": f"X-Api-Key{number}", "value": secret} for number, secret in enumerate(secrets)
    ]
    out = BytesIO()
    redact(BytesIO(json.dumps({"log": {"entries": made}}).encode()), out)
    done = json.loads(out.getvalue())["log"]["entries"][0]
    marks = [pair["value"] for pair in done["request"]["headers"]]
    assert done["response"]["content"]["text"] == " ".join(marks)
    assert len(set(marks)) == 3


def test_more_secrets_than_are_looked_for_are_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = tmp_path / "in.har"
    made = [entry(0, content={"mimeType": "text/plain", "text": "none"})]
    made[0]["request"]["headers"] = [{"name": "Cookie", "value": f"sid=q8w7e6r5t4z{n}"} for n in range(5)]  # type: ignore[index]
    source.write_text(json.dumps({"log": {"entries": made}}), encoding="utf-8")
    assert "more secrets" not in run(source, "-o", tmp_path / "out.har")[1]
    monkeypatch.setattr("harinspect.redaction.sharing.LEARNT_AT_MOST", 2)
    assert "more secrets than" in run(source, "-o", tmp_path / "out.har")[1]
    assert "q8w7" not in (tmp_path / "out.har").read_text(encoding="utf-8")


@pytest.mark.parametrize("can_fork", [True, False])
def test_the_check_reads_the_whole_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, can_fork: bool) -> None:
    monkeypatch.setattr("harinspect.redaction.document.can_fork", lambda: can_fork)
    monkeypatch.setattr("harinspect.redaction.document.LONG", 1000)
    written = tmp_path / "out.har"
    lines = [json.dumps({"comment": f"{'x ' * 50}{number}"}) for number in range(100)]
    written.write_text("\n".join(lines), encoding="utf-8")
    assert left_in(written, frozenset({"q8w7e6r5t4z3"})) == 0
    for place in (0, 49, 50, 51, 99):
        shown = [*lines[:place], json.dumps({"comment": "q8w7e6r5t4z3"}), *lines[place + 1 :]]
        written.write_text("\n".join(shown), encoding="utf-8")
        assert left_in(written, frozenset({"q8w7e6r5t4z3"})) == 1
