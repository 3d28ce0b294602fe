"""The command: what goes to standard output and to standard error, how it ends, and what it leaves unloaded."""

from __future__ import annotations

import gzip
import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from harinspect import __version__
from harinspect.cli import app
from harinspect.inspectors import all_rules
from harinspect.render import shipped_folder

SAMPLES = shipped_folder("sample_hars")
REFUSED, LOOP = SAMPLES / "referer-hotlink-refused.har", SAMPLES / "nothing-refused-redirect-loop.har"
HEAVY = {"fastapi", "starlette", "uvicorn", "jinja2", "markdown_it", "sqlalchemy", "multipart"}
ESCAPE = "\x1b["


def run(*arguments: object, stdin: bytes = b"", **variables: str) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments], input=stdin, env=variables)


def command(*arguments: object, **more: object) -> subprocess.CompletedProcess[bytes]:
    """The same in a process of its own."""
    start = [sys.executable, "-c", "from harinspect.cli import main; main()", *map(str, arguments)]
    return subprocess.run(start, capture_output=True, timeout=60, check=False, **more)  # type: ignore[call-overload, no-any-return]


def har_of(*entries: dict[str, object]) -> bytes:
    return json.dumps({"log": {"version": "1.2", "creator": {"name": "made"}, "entries": entries}}).encode()


def entry(status: int, url: str = "https://api.example/") -> dict[str, object]:
    return {
        "startedDateTime": "2026-03-02T09:00:00.000Z",
        "time": 1,
        "request": {"method": "GET", "url": url, "httpVersion": "HTTP/1.1", "headers": []},
        "response": {"status": status, "statusText": "", "headers": [], "content": {"size": 0}},
    }


@pytest.fixture
def quiet(tmp_path: Path) -> Path:
    """A file in which everything was allowed."""
    file = tmp_path / "quiet.har"
    file.write_bytes(har_of(entry(200)))
    return file


def test_exit_0_where_nothing_was_refused(quiet: Path) -> None:
    told = run("inspect", quiet)
    assert (told.exit_code, told.stderr) == (0, "")
    assert "Nothing in this file was refused" in told.stdout


def test_exit_1_where_something_was_refused() -> None:
    told = run("inspect", REFUSED)
    assert (told.exit_code, told.stderr) == (1, "")
    assert "answered 403" in told.stdout


def test_exit_1_where_the_browser_blocked_something() -> None:
    assert run("inspect", SAMPLES / "cors-preflight-header-not-allowed.har").exit_code == 1


@pytest.mark.parametrize("status", [401, 407, 419, 429, 451])
def test_exit_0_where_only_a_related_refusal_was_seen(tmp_path: Path, status: int) -> None:
    file = tmp_path / "a.har"
    file.write_bytes(har_of(entry(status)))
    told = run("inspect", file, "--format", "json")
    assert told.exit_code == 0
    assert [denial["kind"] for denial in json.loads(told.stdout)["denials"]] == ["related"]


UNUSABLE = {
    "empty": b"",
    "no JSON": b"\x89PNG\r\n\x1a\n and more",
    "a page": b"<!doctype html><title>HAR</title>",
    "other JSON": b'{"a": [1, 2, 3]}',
    "a list": b"[1, 2]",
    "no entries": b'{"log": {"version": "1.2"}}',
    "a broken archive": b"PK\x03\x04 and then nothing",
    "broken gzip": b"\x1f\x8b and then nothing",
}


@pytest.mark.parametrize("content", UNUSABLE.values(), ids=UNUSABLE.keys())
@pytest.mark.parametrize("format_", ["text", "json"])
def test_exit_2_and_one_line_where_the_input_cannot_be_used(tmp_path: Path, content: bytes, format_: str) -> None:
    file = tmp_path / "a.har"
    file.write_bytes(content)
    assert_refused(run("inspect", file, "--format", format_), "a.har")


def assert_refused(told: Result, naming: str) -> None:
    assert (told.exit_code, told.stdout) == (2, "")
    assert told.stderr.startswith("harinspect: ")
    assert naming in told.stderr
    assert told.stderr.count("\n") == 1
    assert told.stderr.rstrip().endswith((".", ")"))


def test_a_missing_file_and_a_folder_are_said_to_be_so(tmp_path: Path) -> None:
    assert_refused(run("inspect", tmp_path / "nowhere.har"), "no file")
    assert_refused(run("inspect", tmp_path), "folder")


def test_several_files_make_an_array(quiet: Path) -> None:
    told = run("inspect", REFUSED, quiet, "--format", "json")
    reports = json.loads(told.stdout)
    assert [report["source"]["name"] for report in reports] == [REFUSED.name, quiet.name]
    assert told.exit_code == 1


def test_one_file_makes_an_object(quiet: Path) -> None:
    assert json.loads(run("inspect", quiet, "-f", "json").stdout)["schema"] == 1


def test_an_unusable_file_among_others_is_named_and_the_others_are_reported(tmp_path: Path) -> None:
    told = run("inspect", tmp_path / "nowhere.har", REFUSED, "--format", "json")
    assert told.exit_code == 2
    assert "nowhere.har" in told.stderr
    assert [report["source"]["name"] for report in json.loads(told.stdout)] == [REFUSED.name]


def zipped(folder: Path, **files: bytes) -> Path:
    with zipfile.ZipFile(folder / "all.zip", "w") as archive:
        for name, content in files.items():
            archive.writestr(f"{name}.har", content)
    return folder / "all.zip"


def test_a_zip_of_several_makes_an_array_and_of_one_an_object(tmp_path: Path) -> None:
    both = zipped(tmp_path, a=har_of(entry(403)), b=har_of(entry(200)))
    told = run("inspect", both, "--format", "json")
    assert [report["source"]["name"] for report in json.loads(told.stdout)] == ["a.har", "b.har"]
    assert told.exit_code == 1
    one = zipped(tmp_path, a=har_of(entry(403)))
    assert json.loads(run("inspect", one, "--format", "json").stdout)["source"]["name"] == "a.har"


def test_an_archive_without_a_har_is_unusable(tmp_path: Path) -> None:
    assert_refused(run("inspect", zipped(tmp_path)), "all.zip")


@pytest.mark.parametrize("wrap", [bytes, gzip.compress])
def test_standard_input(wrap: object) -> None:
    told = run("inspect", "-", "--format", "json", stdin=wrap(har_of(entry(403))))  # type: ignore[operator]
    assert told.exit_code == 1
    assert json.loads(told.stdout)["source"]["name"] == "standard input"


def test_standard_input_that_is_no_har() -> None:
    assert_refused(run("inspect", "-", stdin=b"hello"), "not a HAR")


@pytest.mark.parametrize(
    ("format_", "start"),
    [
        ("text", REFUSED.name),
        ("json", '{"schema":1'),
        ("markdown", "# "),
        ("html", "<!doctype html>"),
        ("sarif", "{"),
        ("curl", "# "),
    ],
)
def test_each_format_goes_to_standard_output(format_: str, start: str) -> None:
    told = run("inspect", REFUSED, "--format", format_)
    assert told.stdout.lower().startswith(start.lower())
    assert told.stdout.endswith("\n")
    assert told.stderr == ""


@pytest.mark.parametrize("format_", ["text", "markdown"])
def test_several_reports_follow_one_another(quiet: Path, format_: str) -> None:
    told = run("inspect", REFUSED, quiet, "--format", format_)
    assert told.stdout.index(REFUSED.name) < told.stdout.index(quiet.name)


def test_one_html_file_holds_one_report(quiet: Path) -> None:
    told = run("inspect", REFUSED, quiet, "--format", "html")
    assert (told.exit_code, told.stdout) == (2, "")
    assert "one report" in told.stderr


def test_an_unknown_format_is_an_error_of_use(quiet: Path) -> None:
    assert run("inspect", quiet, "--format", "yaml").exit_code == 2


def test_output_to_a_file(tmp_path: Path) -> None:
    target = tmp_path / "report.json"
    told = run("inspect", REFUSED, "--format", "json", "--output", target)
    assert (told.exit_code, told.stdout) == (1, "")
    assert str(target) in told.stderr.replace("\n", "")
    assert json.loads(target.read_bytes())["source"]["name"] == REFUSED.name


def test_output_that_cannot_be_written_is_said_in_one_line(tmp_path: Path) -> None:
    assert_refused(run("inspect", REFUSED, "--output", tmp_path / "nowhere" / "report.txt"), "report.txt")


def test_no_colour_where_nobody_looks_or_nobody_wants_it() -> None:
    assert ESCAPE not in run("inspect", REFUSED).stdout
    assert ESCAPE in run("inspect", REFUSED, "--color").stdout
    assert ESCAPE not in run("inspect", REFUSED, "--no-color").stdout


@pytest.mark.parametrize(("variables", "colored"), [({}, True), ({"NO_COLOR": "1"}, False), ({"NO_COLOR": ""}, True)])
def test_no_color_is_obeyed_on_a_terminal(
    monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], colored: bool
) -> None:
    from harinspect.cli import _wants_color

    monkeypatch.delenv("NO_COLOR", raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    assert _wants_color(None, None) is colored
    assert _wants_color(None, Path("report.txt")) is False


def test_lone_surrogates_of_a_damaged_file_reach_no_encoder(tmp_path: Path) -> None:
    file = tmp_path / "a.har"
    broken = entry(403, "https://api.example/\ud800") | {"serverIPAddress": "\udfff", "_error": "\ud800"}
    file.write_bytes(har_of(broken))
    for format_ in ("text", "json", "markdown", "html"):
        told = run("inspect", file, "--format", format_)
        assert told.exit_code == 1, told.exception


def test_version() -> None:
    assert run("--version").stdout == f"harinspect {__version__}\n"


def test_rules_are_listed_one_a_line() -> None:
    lines = run("rules").stdout.splitlines()
    assert [line.split()[0] for line in lines] == sorted(all_rules())


def test_a_rule_is_explained() -> None:
    told = run("rules", "referer.missing").stdout
    rule = all_rules()["referer.missing"]
    assert all(part in told for part in (rule.title, rule.cause, rule.responsible, *rule.refs))
    assert all(fix.text in told for fix in rule.fixes)


def test_an_unknown_rule_is_said_to_be_so() -> None:
    assert_refused(run("rules", "referer.unheard-of"), "referer.unheard-of")


@pytest.mark.parametrize("format_", ["text", "json", "markdown"])
def test_inspecting_loads_neither_web_nor_templates(format_: str) -> None:
    code = (
        "import sys, json\nfrom harinspect.cli import app\n"
        "try: app(sys.argv[1:])\n"
        "except SystemExit: print(json.dumps(sorted(sys.modules)), file=sys.stderr)"
    )
    start = [sys.executable, "-c", code, "inspect", str(LOOP), "--format", format_]
    done = subprocess.run(start, capture_output=True, timeout=60, check=False)
    assert HEAVY.isdisjoint(name.partition(".")[0] for name in json.loads(done.stderr.splitlines()[-1]))


def test_the_program_itself_ends_as_it_says(quiet: Path, tmp_path: Path) -> None:
    assert command("inspect", quiet).returncode == 0
    with REFUSED.open("rb") as file:
        piped = command("inspect", "-", "--format", "json", stdin=file, env=os.environ | {"PYTHONUTF8": "0"})
    assert (piped.returncode, piped.stderr) == (1, b"")
    assert json.loads(piped.stdout)["schema"] == 1
    missing = command("inspect", tmp_path / "nowhere.har")
    assert (missing.returncode, missing.stdout, missing.stderr.count(b"\n")) == (2, b"", 1)
