"""Inspecting a file does not wait for a database to be loaded."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

SAMPLE = min((Path(__file__).parent.parent / "sample_hars").glob("*.har"))
HEAVY = ("sqlalchemy", "alembic", "argon2", "platformdirs")


def loaded(code: str) -> str:
    """Which of HEAVY are loaded after the code has run."""
    asked = f"\nprint([name for name in {HEAVY!r} if name in sys.modules], file=sys.stderr)"
    done = subprocess.run([sys.executable, "-c", f"import sys\n{code}{asked}"], capture_output=True, encoding="utf-8")
    assert done.returncode == 0, done.stderr
    return done.stderr.splitlines()[-1]


def test_inspecting_loads_none_of_it():
    inspect = "from typer.testing import CliRunner\nfrom harinspect.cli import app\n"
    assert loaded(f"{inspect}assert CliRunner().invoke(app, ['inspect', {str(SAMPLE)!r}]).exit_code < 2") == "[]"


def test_the_store_in_memory_loads_none_of_it():
    assert loaded("import harinspect.store") == "[]"


def test_alembic_is_loaded_to_upgrade_only(tmp_path: Path):
    opening = "from pathlib import Path\nfrom harinspect.store.archive import open_archive\n"
    opening += f"open_archive(Path({str(tmp_path)!r})).close()"
    assert "alembic" in loaded(opening)
    assert loaded(opening) == "['sqlalchemy', 'argon2', 'platformdirs']"
