"""What all tests share: recordings outside the checkout, the browser, and which folders must be covered fully."""

from __future__ import annotations

import io
import os
import shutil
import tempfile
from pathlib import Path

import coverage
import pytest
from hypothesis import settings

# A shared machine makes a deadline a coin toss, and CI must not meet an example that nobody has seen.
settings.register_profile("harinspect", deadline=None, derandomize="CI" in os.environ)
settings.load_profile("harinspect")

uncovered = pytest.StashKey[str]()
data_home = pytest.StashKey[tempfile.TemporaryDirectory[str]]()


@pytest.fixture(scope="session")
def lab() -> list[Path]:
    """The scenario folders of HARINSPECT_LAB, each with its recordings and truth.json."""
    scenarios = sorted(truth.parent for truth in _folder_in("HARINSPECT_LAB").glob("*/truth.json"))
    assert scenarios, "HARINSPECT_LAB holds no scenario"
    return scenarios


@pytest.fixture(scope="session")
def corpus() -> Path:
    """The folder HARINSPECT_CORPUS: recordings of many exporters, with manifest.csv."""
    return _folder_in("HARINSPECT_CORPUS")


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of the machine's Chromium."""
    for name in ("chromium", "chromium-browser", "google-chrome"):
        if path := shutil.which(name):
            return path
    pytest.fail("no Chromium on this machine: scripts/setup browser installs one")


def _folder_in(variable: str) -> Path:
    if not (folder := os.environ.get(variable)):
        pytest.skip(f"{variable} names no folder")
    return Path(folder)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--cover-fully", metavar="FOLDER", action="append", default=[], help="with --cov: fail below 100 %% here"
    )


def pytest_configure(config: pytest.Config) -> None:
    """No test, and no server that one starts, may touch the reports of whoever runs it (XDG Base Directory)."""
    config.stash[data_home] = home = tempfile.TemporaryDirectory(prefix="harinspect-data-")
    os.environ["XDG_DATA_HOME"] = home.name


def pytest_unconfigure(config: pytest.Config) -> None:
    config.stash[data_home].cleanup()


@pytest.hookimpl(tryfirst=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    folders: list[str] = session.config.getoption("--cover-fully")
    if not folders or session.exitstatus:
        return
    measured = coverage.Coverage()
    measured.load()
    table = io.StringIO()
    if measured.report(include=[f"{folder}/*" for folder in folders], file=table) < 100:
        session.config.stash[uncovered] = table.getvalue()
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


@pytest.hookimpl(trylast=True)
def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    if table := config.stash.get(uncovered, ""):
        terminalreporter.section("not covered to 100 %", red=True)
        terminalreporter.write(table)
