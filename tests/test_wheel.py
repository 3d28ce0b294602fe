"""The wheel, installed where nothing of the checkout can be seen, analyses a sample of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

pytestmark = pytest.mark.wheel

ROOT = Path(__file__).parent.parent
UV = Path(sys.executable).with_name("uv")


def run(*command: str | Path, cwd: Path, accept: tuple[int, ...] = (0,)) -> str:
    """Runs the command without the checkout's environment and gives its standard output."""
    hidden = ("PYTHON", "VIRTUAL_ENV", "HARINSPECT", "COV")
    environment = {name: value for name, value in os.environ.items() if not name.startswith(hidden)}
    done = subprocess.run(command, cwd=cwd, env=environment, capture_output=True, encoding="utf-8")
    assert done.returncode in accept, f"{command[0]} ended with {done.returncode}:\n{done.stderr}"
    assert "Traceback" not in done.stderr, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    dist = tmp_path_factory.mktemp("dist")
    run(UV, "build", "--quiet", "--wheel", "--out-dir", dist, cwd=ROOT)
    [built] = dist.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A bare virtual environment that holds the wheel and what it needs, at the locked versions."""
    place = tmp_path_factory.mktemp("elsewhere")
    requirements = place / "requirements.txt"
    run(UV, "export", "--quiet", "--locked", "--no-dev", "--no-emit-project", "--output-file", requirements, cwd=ROOT)
    venv = place / "venv"
    run(UV, "venv", "--quiet", "--python", sys.executable, venv, cwd=place)
    install = (UV, "pip", "install", "--quiet", "--python", venv)
    run(*install, "--requirement", requirements, cwd=place)
    run(*install, "--no-deps", wheel, cwd=place)
    run(UV, "pip", "check", "--quiet", "--python", venv, cwd=place)
    return venv


@pytest.mark.parametrize("folder", ["templates", "sample_hars"])
def test_carries_the_top_level_folders(wheel: Path, folder: str):
    there = {f"harinspect/{path.relative_to(ROOT)}" for path in (ROOT / folder).rglob("*") if path.is_file()}
    assert there
    assert there <= set(zipfile.ZipFile(wheel).namelist())


def test_runs_from_its_own_files(installed: Path, tmp_path: Path):
    where = run(installed / "bin" / "python", "-c", "import harinspect; print(harinspect.__file__)", cwd=tmp_path)
    assert Path(where.strip()).is_relative_to(installed)


def test_analyses_a_sample(installed: Path, tmp_path: Path):
    sample = min(installed.glob("lib/python3*/site-packages/harinspect/sample_hars/*.har"))
    command = (installed / "bin" / "harinspect", "inspect", sample, "--format")
    report = json.loads(run(*command, "json", cwd=tmp_path, accept=(0, 1)))
    assert report["schema"] == 1
    assert report["source"]["entries"] > 0
    assert "<html" in run(*command, "html", cwd=tmp_path, accept=(0, 1))
