"""The analysis process: whatever happens, it says one last thing that the page understands."""

from __future__ import annotations

import io
import subprocess
import sys
from collections.abc import Callable

import pytest

import harinspect.web as web
from harinspect.har.model import NotHar
from harinspect.report.model import Report
from harinspect.store import Store
from harinspect.web import worker
from harinspect.web.messages import PREFIX, Finished, Message, Progress, Refused, decode
from harinspect.web.settings import WORKER, worker_environment
from tests.page_fixtures import full_report

Telling = Callable[[int, int], None]


def messages(raw: bytes) -> list[Message]:
    found = []
    while raw:
        length = int.from_bytes(raw[:PREFIX], "big")
        found.append(decode(raw[PREFIX : PREFIX + length]))
        raw = raw[PREFIX + length :]
    return found


def said(monkeypatch: pytest.MonkeyPatch, analyse: Callable[..., tuple[Report, ...]]) -> list[Message]:
    monkeypatch.setattr(worker, "analyse", analyse)
    out = io.BytesIO()
    worker.run(io.BytesIO(b"{}"), "a.har", out)
    return messages(out.getvalue())


def test_reports_survive_the_journey(monkeypatch):
    assert said(monkeypatch, lambda *_: (full_report(),)) == [Finished((full_report(),))]


def test_progress_is_told_now_and_then(monkeypatch):
    def analyse(_: object, __: str, progress: Telling, ___: object) -> tuple[Report, ...]:
        for done in range(1, 1000):
            progress(done, 1000)
        return ()

    first, *more = said(monkeypatch, analyse)
    assert first == Progress(1, 1000)
    assert len(more) < 10
    assert more[-1] == Finished(())


def test_a_file_that_is_no_har_is_refused_in_its_words(monkeypatch):
    def analyse(*_: object) -> tuple[Report, ...]:
        raise NotHar("It is a picture.")

    assert said(monkeypatch, analyse) == [Refused("It is a picture.")]


def test_a_fault_tells_its_kind_and_no_value(monkeypatch):
    def analyse(*_: object) -> tuple[Report, ...]:
        raise KeyError("the customer's token")

    (message,) = said(monkeypatch, analyse)
    assert isinstance(message, Refused)
    assert "KeyError" in message.why
    assert "token" not in message.why


def test_the_process_itself(tmp_path):
    """As the page starts it: from any folder, with the file as its standard input."""
    (tmp_path / "json.py").write_text("raise SystemExit('a module of the folder was imported')")
    file = tmp_path / "notes.txt"
    file.write_text("not a recording")
    with file.open("rb") as source:
        done = subprocess.run(
            [*WORKER, "notes.txt"],
            stdin=source,
            capture_output=True,
            cwd=tmp_path,
            env=worker_environment(),
            check=True,
        )
    last = messages(done.stdout)[-1]
    assert isinstance(last, Refused)
    assert "analysis failed" not in last.why
    assert done.stderr == b""


def test_the_process_knows_a_users_own_products(tmp_path):
    (tmp_path / "own.toml").write_text("name = 'Own'\nlayer = 'roof'\n")
    file = tmp_path / "notes.txt"
    file.write_text("not a recording")
    with file.open("rb") as source:
        done = subprocess.run(
            [*WORKER, "notes.txt", str(tmp_path)],
            stdin=source,
            capture_output=True,
            env=worker_environment(),
            check=True,
        )
    assert messages(done.stdout)[-1] == Refused("own.toml: layer: 'roof' is not a word that is known here.")


def test_the_worker_finds_this_package_first(monkeypatch):
    monkeypatch.setenv("PYTHONPATH", "/elsewhere")
    assert worker_environment()["PYTHONPATH"].endswith(":/elsewhere")
    monkeypatch.delenv("PYTHONPATH")
    assert "elsewhere" not in worker_environment()["PYTHONPATH"]


def test_serving_hands_over_host_and_port(monkeypatch):
    started: dict[str, object] = {}
    monkeypatch.setattr("uvicorn.run", lambda _, **settings: started.update(settings))
    web.serve("127.0.0.1", 8403, Store())
    assert (started["host"], started["port"]) == ("127.0.0.1", 8403)


def test_the_web_room_is_cheap_to_import():
    """FastAPI takes a fifth of a second, which the command line must not pay."""
    code = "import sys, harinspect.web; sys.exit('fastapi' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], env=worker_environment(), check=False).returncode == 0


def test_too_little_memory_is_said(monkeypatch):
    def analyse(*_: object) -> tuple[Report, ...]:
        raise MemoryError

    (told,) = said(monkeypatch, analyse)
    assert isinstance(told, Refused)
    assert "more memory than it may have" in told.why


def test_the_worker_ends_when_its_page_has_ended(monkeypatch):
    ended: list[int] = []
    monkeypatch.setattr(worker, "LOOK_EVERY", 0)
    parents = iter([7, 7, 1])
    monkeypatch.setattr("os.getppid", lambda: next(parents))
    monkeypatch.setattr("os._exit", ended.append)
    worker.end_with(7)
    assert ended == [1]


LIMITED = """
import resource
from harinspect.web import worker
worker.stay_small()
limit = resource.getrlimit(resource.RLIMIT_DATA)[0]
print(open("/proc/self/oom_score_adj").read().strip(), 0 < limit <= worker.MOST_MEMORY)
worker.stay_small()
"""


@pytest.mark.skipif(sys.platform != "linux", reason="only there")
def test_the_worker_is_limited():
    done = subprocess.run([sys.executable, "-c", LIMITED], capture_output=True, text=True, env=worker_environment())
    assert (done.returncode, done.stdout) == (0, "1000 True\n")


def test_elsewhere_nothing_is_limited(monkeypatch):
    asked: list[int] = []
    monkeypatch.setattr("os.nice", asked.append, raising=False)
    monkeypatch.setattr(sys, "platform", "win32")
    worker.stay_small()
    assert asked == []
