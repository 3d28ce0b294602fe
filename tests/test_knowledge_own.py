"""A user's own products: what is taken, what is refused in one sentence, and how far they reach."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from harinspect.cli import app
from harinspect.inspectors import all_rules
from harinspect.inspectors.answer import rules_of
from harinspect.knowledge import KnowledgeError, load
from harinspect.pipeline import analyse
from harinspect.store import Store
from tests.page_client import client_on

ROOT = Path(__file__).parents[1]
(EXAMPLE,) = re.findall(
    r"^```toml\n(.*?)^```", (ROOT / "README.md").read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE
)
SAID = "Sorry, no contract for client shop-7."


def run(*arguments: object) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


@pytest.fixture
def own(tmp_path: Path) -> Path:
    folder = tmp_path / "own"
    folder.mkdir()
    (folder / "gatehouse.toml").write_text(EXAMPLE, encoding="utf-8")
    return folder


@pytest.fixture
def refused(tmp_path: Path) -> Path:
    headers = [{"name": "X-Gatehouse-Id", "value": "8f14e45f"}, {"name": "Content-Type", "value": "text/plain"}]
    entry = {
        "startedDateTime": "2026-03-02T09:00:00.000Z",
        "time": 1,
        "request": {"method": "GET", "url": "https://api.example/", "httpVersion": "HTTP/1.1", "headers": []},
        "response": {
            "status": 403,
            "statusText": "",
            "headers": headers,
            "content": {"size": len(SAID), "mimeType": "text/plain", "text": SAID},
        },
    }
    file = tmp_path / "a.har"
    file.write_text(json.dumps({"log": {"version": "1.2", "creator": {"name": "made"}, "entries": [entry]}}))
    return file


def test_the_example_of_the_readme_names_the_product_and_the_cause(own: Path, refused: Path) -> None:
    (report,) = analyse(refused, knowledge=own)
    (denial,) = report.denials
    assert denial.responder is not None
    assert (denial.responder.name, denial.layer) == ("Gatehouse", "gateway")
    found = denial.findings[0]
    assert (found.rule, found.cause, found.confidence) == (
        "answer.gatehouse-contract", "auth.role-denied", "certain",
    )  # fmt: skip
    assert [fix.text.partition(" ")[0] for fix in found.fixes] == ["Add", "Ask"]


def test_without_the_option_nothing_of_it_is_known(own: Path, refused: Path) -> None:
    (report,) = analyse(refused)
    assert report.denials[0].responder is None
    assert "answer.gatehouse-contract" not in all_rules()
    assert "answer.gatehouse-contract" in rules_of(load(own))


def test_one_that_replaces_ours_speaks_in_its_own_words(own: Path, refused: Path) -> None:
    (own / "gatehouse.toml").rename(own / "nginx.toml")
    (report,) = analyse(refused, knowledge=own)
    assert report.denials[0].findings[0].rule == "answer.nginx-contract"
    assert len(load(own).responders) == len(load().responders)


def test_each_of_our_records_with_a_cause_has_a_rule_of_its_own() -> None:
    assert len(rules_of(load())) == sum(bool(record.cause) for _, record in load().records)


def test_a_value_that_they_quote_is_masked_as_ever(own: Path, refused: Path) -> None:
    text = (own / "gatehouse.toml").read_text(encoding="utf-8").replace("[a-z0-9-]{1,40}", r"[^\n]{1,200}")
    (own / "gatehouse.toml").write_text(text, encoding="utf-8")
    token = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJtYXJ5In0.c2lnbmF0dXJlLXRoYXQtc3RheXM"
    refused.write_text(refused.read_text().replace("client shop-7", f"client {token}"))
    told = run("inspect", refused, "--knowledge", own, "--format", "json")
    assert "gatehouse-contract" in told.stdout
    assert token not in told.stdout


def test_markup_of_theirs_is_text_on_the_page(own: Path, refused: Path) -> None:
    text = (own / "gatehouse.toml").read_text(encoding="utf-8")
    (own / "gatehouse.toml").write_text(
        text.replace("Gatehouse refused", "<script>1</script> refused"), encoding="utf-8"
    )
    told = run("inspect", refused, "--knowledge", own, "--format", "html")
    assert "<script>1" not in told.stdout
    assert "&lt;script&gt;1" in told.stdout


WRONG = {
    "example": ("shop-7.'", "", "blocked 'contract': the record does not hit its own example"),
    "counterexample": ("body = 'Forbidden'", f"body = '{SAID}'", "blocked 'contract': the record hits its own counter"),
    "no refusal": (
        "example = { headers",
        "example = { status = 200, headers",
        "blocked 'contract': the record does not",
    ),
    "unbounded": (
        "[a-z0-9-]{1,40}",
        ".*",
        "blocked 'contract': the pattern 'no contract for (?:this )?client .*' repeats",
    ),
    "no regex": ("[0-9a-f]{8}", "[0-9", "blocked 'contract': the pattern '^[0-9' is no regular expression"),
    "a key of capitals": ("'contract'", "'No Contract'", "'No Contract' is no name: "),
    "no lines": ("'Gatehouse'", '"Gate\\nhouse"', "needs a name of one line"),
    "a wrong cause": ("'auth.role-denied'", "'mood'", "blocked[0]: cause: 'mood' is not a word"),
    "of presence": (
        "header = 'x-gatehouse-id'",
        "header = 'x-gatehouse-id'\nvalue = 'a+'",
        "present, x-gatehouse-id: the",
    ),
    "of the cookie": ("header = 'x-gatehouse-id'", "cookie = 'a+'", "present, cookie: the pattern 'a+' repeats"),
    "of the reference": ("label =", "body = '(a+)'\nlabel =", "reference: the pattern '(a+)' repeats"),
}


@pytest.mark.parametrize(("old", "new", "says"), WRONG.values(), ids=WRONG.keys())
def test_what_does_not_hold_is_refused_in_one_sentence(own: Path, refused: Path, old: str, new: str, says: str) -> None:
    if new == "":
        old, new = "body = 'Sorry, no contract for client shop-7.'", "body = 'Sorry.'"
    text = (own / "gatehouse.toml").read_text(encoding="utf-8")
    assert old in text
    (own / "gatehouse.toml").write_text(text.replace(old, new, 1), encoding="utf-8")
    out = refused.with_name("report.txt")
    out.write_text("kept")
    told = run("inspect", refused, "--knowledge", own, "-o", out)
    assert (told.exit_code, told.stdout, out.read_text()) == (2, "", "kept")
    assert told.stderr.startswith(f"harinspect: gatehouse.toml: {says}")
    assert told.stderr.count("\n") == 1


def test_a_key_given_twice_is_refused(own: Path) -> None:
    text = (own / "gatehouse.toml").read_text(encoding="utf-8")
    record = text[text.index("[[blocked]]") : text.index("[blocked.fix]")]
    (own / "gatehouse.toml").write_text(text + record, encoding="utf-8")
    with pytest.raises(KnowledgeError, match=r"^gatehouse\.toml: the key 'contract' is given twice$"):
        load(own)


@pytest.mark.parametrize("option", ["inspect", "serve", "demo", "rules"])
def test_a_folder_that_is_not_there_is_said_to_be_so(tmp_path: Path, refused: Path, option: str) -> None:
    files = [refused] if option == "inspect" else []
    told = run(option, *files, "--knowledge", tmp_path / "nowhere")
    assert (told.exit_code, told.stdout) == (2, "")
    assert "nowhere: cannot be read (No such file or directory)." in told.stderr
    assert told.stderr.count("\n") == 1


def test_a_folder_without_files_and_a_file_are_no_folder_of_knowledge(tmp_path: Path, refused: Path) -> None:
    (tmp_path / "empty").mkdir()
    assert "there is no .toml file in this folder" in run("rules", "--knowledge", tmp_path / "empty").stderr
    assert "cannot be read (Not a directory)" in run("rules", "--knowledge", refused).stderr


def test_their_rules_are_listed_with_ours(own: Path) -> None:
    assert "\nanswer.gatehouse-contract " in run("rules", "--knowledge", own).stdout
    assert "has no contract" in run("rules", "answer.gatehouse-contract", "--knowledge", own).stdout
    assert run("rules", "answer.gatehouse-contract").exit_code == 2


def test_the_page_explains_their_rules(own: Path) -> None:
    with client_on(Store(), knowledge=own) as client:
        assert "has no contract" in client.get("/rules/answer.gatehouse-contract").text
        assert client.get("/rules/referer.missing").status_code == 200
        assert client.get("/rules/answer.gatehouse-mood").status_code == 404
