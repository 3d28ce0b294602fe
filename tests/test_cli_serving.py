"""The commands that start the local page, with the server and the browser taken out."""

from __future__ import annotations

import errno
import gzip
import json
import socket
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from harinspect import cli, web
from harinspect.render import shipped_folder
from harinspect.store import Keeping, Recording
from harinspect.store.archive import open_archive
from harinspect.web.kept import Kept
from tests.page_fixtures import clear_report


@dataclass
class Started:
    """What the command would have started."""

    served: list[tuple[str, int, Keeping]] = field(default_factory=list)
    opened: list[str] = field(default_factory=list)
    knowledge: list[Path | None] = field(default_factory=list)
    kept: list[tuple[Path | None, timedelta | None]] = field(default_factory=list)
    found: list[int] = field(default_factory=list)

    def serve(
        self, host: str, port: int, store: Keeping, *_: object, knowledge: Path | None, kept: Kept | None
    ) -> None:
        self.served.append((host, port, store))
        self.knowledge.append(knowledge)
        self.kept.append((kept.archive.folder, kept.forget_after) if kept else (None, None))
        assert kept is None or store is kept.archive.reports
        self.found.append(len(store.all()))


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Started:
    seen = Started()
    monkeypatch.setattr("platformdirs.user_data_path", lambda *_, **__: tmp_path / "system" / "harinspect")
    monkeypatch.setattr(web, "serve", seen.serve)
    monkeypatch.setattr(cli, "_open_soon", seen.opened.append)
    return seen


@pytest.fixture
def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def taken_port() -> Iterator[int]:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        yield int(listening.getsockname()[1])


def run(*arguments: object) -> Result:
    return CliRunner().invoke(cli.app, [str(argument) for argument in arguments])


def test_serve_listens_on_loopback(started: Started, free_port: int) -> None:
    told = run("serve", "--port", free_port)
    ((host, port, _),) = started.served
    assert (host, port, told.stdout, started.opened) == ("127.0.0.1", free_port, "", [])
    assert f"http://127.0.0.1:{free_port}" in told.stderr
    assert started.found == [0]


def test_serve_keeps_reports_where_the_system_keeps_data(started: Started, free_port: int, tmp_path: Path) -> None:
    run("serve", "--port", free_port)
    assert started.kept == [(tmp_path / "system" / "harinspect", None)]


@pytest.mark.parametrize(("typed", "days"), [("12h", 0.5), ("30d", 30), ("8w", 56)])
def test_serve_keeps_and_forgets_as_told(
    started: Started, free_port: int, tmp_path: Path, typed: str, days: float
) -> None:
    with open_archive(tmp_path / "mine") as archive:
        archive.reports.add(clear_report())
    run("serve", "--port", free_port, "--data", tmp_path / "mine", "--forget-after", typed)
    assert started.kept == [(tmp_path / "mine", timedelta(days=days))]
    assert started.found == [1]


@pytest.mark.parametrize("typed", ["30", "d", "0d", "-1d", "1y", "1d 2h"])
def test_a_span_that_is_none_is_said_to_be_so(started: Started, tmp_path: Path, typed: str) -> None:
    told = run("serve", "--data", tmp_path / "mine", f"--forget-after={typed}")
    assert (told.exit_code, started.served) == (2, [])
    assert told.stderr == f"harinspect: {typed!r} is no span of time: write 12h, 30d or 8w.\n"
    assert not (tmp_path / "mine").exists()


def test_a_folder_that_cannot_be_used_is_said_to_be_so(started: Started, tmp_path: Path) -> None:
    foreign, damaged, file = tmp_path / "foreign", tmp_path / "damaged", tmp_path / "file"
    foreign.mkdir()
    (foreign / "letter.txt").touch()
    damaged.mkdir()
    (damaged / "reports.db").write_bytes(b"no database at all" * 100)
    file.touch()
    for folder in (foreign, damaged, file):
        told = run("serve", "--data", folder)
        assert (told.exit_code, started.served) == (2, [])
        assert told.stderr.startswith("harinspect: ")
        assert told.stderr.count("\n") == 1
        assert str(folder) in told.stderr


def test_an_address_of_ip_6_is_written_in_brackets(started: Started, free_port: int) -> None:
    told = run("serve", "--host", "::1", "--port", free_port, "--open")
    assert started.opened == [f"http://[::1]:{free_port}"]
    assert told.exit_code == 0


def test_a_port_in_use_is_said_to_be_so(started: Started, taken_port: int) -> None:
    told = run("serve", "--port", taken_port)
    assert (told.exit_code, started.served) == (2, [])
    assert told.stderr == f"harinspect: port {taken_port} is in use; choose another with --port.\n"


@pytest.mark.parametrize("host", ["::zz", "a" * 70])
def test_a_host_that_is_none_is_said_to_be_so(started: Started, host: str) -> None:
    told = run("serve", "--host", host)
    assert (told.exit_code, started.served) == (2, [])
    assert told.stderr == f"harinspect: {host} is no address to listen on.\n"


@pytest.mark.parametrize(
    ("number", "why"),
    [
        (errno.EADDRNOTAVAIL, "this machine has no address 127.0.0.1 to listen on."),
        (errno.EACCES, "port 443 needs more rights than you have; choose another with --port."),
    ],
)
def test_what_cannot_be_listened_on_is_said(
    started: Started, monkeypatch: pytest.MonkeyPatch, number: int, why: str
) -> None:
    class Refused(socket.socket):
        def bind(self, *_: object) -> None:
            raise OSError(number, "no")

    monkeypatch.setattr("socket.socket", Refused)
    told = run("serve", "--port", 443)
    assert (told.exit_code, started.served) == (2, [])
    assert told.stderr == f"harinspect: {why}\n"


@pytest.mark.parametrize("port", ["0", "65536", "http"])
def test_a_port_that_is_none_is_an_error_of_use(started: Started, port: str) -> None:
    assert run("serve", "--port", port).exit_code == 2
    assert started.served == []


def test_demo_has_every_sample_analysed(started: Started, free_port: int) -> None:
    run("demo", "--port", free_port, "--open")
    ((_, _, store),) = started.served
    assert started.kept == [(None, None)]
    samples = {path.name for path in shipped_folder("sample_hars").glob("*.har")}
    assert {kept.report.source.name for kept in store.all()} == samples
    for kept in store.all():
        written = gzip.decompress(b"".join(store.recordings.parts(kept.id)))
        assert len(json.loads(written)["log"]["entries"]) == kept.report.source.entries
        assert store.recordings.get(kept.id) == Recording(bytes=len(written))
    assert started.opened == [f"http://127.0.0.1:{free_port}"]


@pytest.mark.parametrize(
    ("platform", "variables", "has_screen"),
    [
        ("linux", {}, False),
        ("linux", {"DISPLAY": ":0"}, True),
        ("linux", {"WAYLAND_DISPLAY": "wayland-0"}, True),
        ("darwin", {}, True),
    ],
)
def test_a_browser_opens_only_where_there_is_a_screen(
    monkeypatch: pytest.MonkeyPatch, platform: str, variables: dict[str, str], has_screen: bool
) -> None:
    monkeypatch.setattr(sys, "platform", platform)
    for name in ("DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert cli._has_screen() is has_screen


def test_the_browser_is_opened_by_a_timer_that_keeps_nobody_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[object, ...]] = []

    class Timer:
        daemon = False

        def __init__(self, seconds: float, function: object, arguments: list[str]) -> None:
            self.arguments = arguments

        def start(self) -> None:
            asked.append((self.daemon, *self.arguments))

    monkeypatch.setattr("threading.Timer", Timer)
    cli._open_soon("http://127.0.0.1:1")
    assert asked == [(True, "http://127.0.0.1:1")]


def test_a_long_file_shows_its_progress_where_someone_looks(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    file = tmp_path / "a.har"
    file.write_bytes(b"12345678")
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    with cli._progress(file) as progress:
        assert progress is None
    monkeypatch.setattr(cli, "QUIET_BELOW", 8)
    with cli._progress(file) as progress:
        assert progress is not None
        progress(4, 8)
    monkeypatch.setattr(sys.stderr, "isatty", lambda: False)
    with cli._progress(file) as progress:
        assert progress is None
