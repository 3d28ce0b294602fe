"""The password file: made by a command, readable by its owner alone, and a hash."""

from __future__ import annotations

import stat
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from harinspect.cli import app
from harinspect.store import passphrases, passwords
from harinspect.store.trouble import StoreError

PASSWORD = "correct horse battery"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "password"


def run(file: Path, told: str) -> Result:
    return CliRunner().invoke(app, ["password", str(file)], input=told)


@pytest.mark.parametrize("told", [f"{PASSWORD}\n{PASSWORD}\n", f"{PASSWORD}\n", PASSWORD])
def test_the_file_holds_a_hash_and_is_closed_to_others(file, told):
    done = run(file, told)
    assert (done.exit_code, done.stdout) == (0, "")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert file.read_text().startswith("$argon2id$")
    assert PASSWORD not in file.read_text() + done.stderr
    assert passphrases.fits(passwords.read(file), PASSWORD)
    assert not passphrases.fits(passwords.read(file), PASSWORD + "x")
    assert list(file.parent.iterdir()) == [file]


def test_a_terminal_is_asked_twice_without_an_echo(file, monkeypatch):
    asked: list[str] = []

    def getpass(prompt: str) -> str:
        asked.append(prompt)
        return PASSWORD

    monkeypatch.setattr("getpass.getpass", getpass)
    monkeypatch.setattr(
        "harinspect.web.options.sys", type("sys", (), {"stdin": type("tty", (), {"isatty": lambda: True})})
    )
    assert run(file, "").exit_code == 0
    assert asked == ["Password: ", "Again: "]
    assert passphrases.fits(passwords.read(file), PASSWORD)


@pytest.mark.parametrize(
    ("told", "why"),
    [
        (f"{PASSWORD}\nanother one\n", "The two passwords differ; nothing was written."),
        ("short\nshort\n", "A password has 8 characters or more."),
        ("", "A password has 8 characters or more."),
        ("x" * 1001, "A passphrase is 1000 bytes long at most."),
    ],
)
def test_an_unfit_password_is_not_written(file, told, why):
    done = run(file, told)
    assert (done.exit_code, done.stderr) == (2, f"harinspect: {why}\n")
    assert not file.exists()


def test_a_file_that_is_there_is_replaced(file):
    run(file, "the old password")
    file.chmod(0o644)
    run(file, PASSWORD)
    assert passphrases.fits(passwords.read(file), PASSWORD)


def test_a_place_that_cannot_be_written_is_said(tmp_path):
    done = run(tmp_path / "nowhere" / "password", PASSWORD)
    assert done.exit_code == 2
    assert "cannot be written: No such file or directory." in done.stderr


@pytest.mark.skipif(sys.platform == "win32", reason="modes are POSIX's")
@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o601])
def test_a_file_that_others_may_touch_is_refused(file, mode):
    run(file, PASSWORD)
    file.chmod(mode)
    with pytest.raises(StoreError, match="chmod 600"):
        passwords.read(file)


@pytest.mark.parametrize(
    "content", ["", "secret", "$argon2i$v=19$m=65536,t=3,p=4$c29tZXNhbHQ$RdescudvJCsgt3ub+b4dWg", "é"]
)
def test_another_file_is_refused(file, content):
    file.write_text(content)
    file.chmod(0o600)
    with pytest.raises(StoreError, match="is no password file"):
        passwords.read(file)


def test_a_missing_file_is_said(file):
    with pytest.raises(StoreError, match="cannot be read: No such file"):
        passwords.read(file)
