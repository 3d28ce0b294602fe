"""The redacting process: it tells what it has checked, and ends with whoever started it."""

from __future__ import annotations

import gzip
import io
import json
import os
import signal
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import pytest

from harinspect.redaction.document import redact
from harinspect.render import shipped_folder
from harinspect.web import redacting
from harinspect.web.messages import Finished, Message, Part, Refused, Unwritten, Written
from harinspect.web.settings import REDACTOR, worker_environment
from harinspect.web.worker import LOOK_EVERY
from tests.served import is_running, wait_until
from tests.test_web_worker import messages

SAMPLE = shipped_folder("sample_hars") / "cors-preflight-header-not-allowed.har"
SHORT = 4096  # bytes, of a pipe
ENTRIES = len(json.loads(SAMPLE.read_text())["log"]["entries"])


def said(source: bytes, mode: str = "share") -> list[Message]:
    out = io.BytesIO()
    redacting.run(io.BytesIO(source), mode, out)
    return messages(out.getvalue())


def unpacked(parts: list[Message]) -> bytes:
    return gzip.decompress(b"".join(part.content for part in parts if isinstance(part, Part)))


def archive(*files: bytes) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as packed:
        for number, file in enumerate(files):
            packed.writestr(f"{number}.har", file)
    return made.getvalue()


@pytest.mark.parametrize("mode", ["share", "strict"])
def test_the_recording_is_told_in_parts(mode):
    *parts, last = said(SAMPLE.read_bytes(), mode)
    har = unpacked(parts)
    assert last == Written(len(har), ENTRIES)
    assert len(json.loads(har)["log"]["entries"]) == ENTRIES


def test_what_is_told_is_what_the_redactor_writes():
    """But for the marks, which no two runs have in common."""
    written = io.BytesIO()
    redact(SAMPLE, written)
    shown = json.loads(unpacked(said(SAMPLE.read_bytes())))
    assert shown.keys() == json.loads(written.getvalue()).keys()
    assert len(json.dumps(shown)) == len(json.dumps(json.loads(written.getvalue())))


def test_a_long_recording_is_told_in_many_parts(monkeypatch):
    monkeypatch.setattr(redacting, "CHUNK", 10_000)
    har = json.loads(SAMPLE.read_text())
    har["log"]["entries"] *= 2000
    *parts, last = said(json.dumps(har).encode())
    assert {len(part.content) for part in parts[:-1] if isinstance(part, Part)} == {10_000}
    assert last == Written(len(unpacked(parts)), 2000 * ENTRIES)


def test_a_caution_where_there_are_too_many_secrets(monkeypatch):
    monkeypatch.setattr("harinspect.redaction.sharing.LEARNT_AT_MOST", 1)
    har = json.loads(SAMPLE.read_text())
    headers = [{"name": f"X-Api-Key-{n}", "value": f"Zq8sLm2Xv9Tt4Kc7Wd1Pq{n}"} for n in range(9)]
    har["log"]["entries"][0]["request"]["headers"] += headers
    last = said(json.dumps(har).encode())[-1]
    assert isinstance(last, Written)
    assert last.caution == redacting.MANY


def test_each_recording_of_an_archive_is_told_and_what_is_none_is_not():
    told = said(archive(SAMPLE.read_bytes(), b"a letter", SAMPLE.read_bytes()))
    assert [type(one) for one in told if not isinstance(one, Part)] == [Written, Written]


def test_one_that_fails_does_not_stop_the_next(monkeypatch):
    class Failing:
        def __init__(self) -> None:
            self.calls = 0

        def __call__(self, *_: object) -> bool:
            self.calls += 1
            if self.calls == 1:
                raise KeyError("the customer's token")
            return self.calls == 2

    monkeypatch.setattr(redacting, "_is_leaking", Failing())
    told = said(archive(*[SAMPLE.read_bytes()] * 3))
    ends = [one for one in told if not isinstance(one, Part)]
    assert ends[:2] == [
        Unwritten("Redacting the recording failed (KeyError)."),
        Unwritten(redacting.LEFT),
    ]
    assert isinstance(ends[2], Written)


@pytest.mark.parametrize(("mode", "told"), [("share", Unwritten(redacting.LEFT)), ("report", Refused(redacting.LEFT))])
def test_nothing_is_told_of_a_recording_that_holds_a_secret(monkeypatch, mode, told):
    monkeypatch.setattr(redacting, "occur", lambda *_: 1)
    assert said(SAMPLE.read_bytes(), mode) == [told]


@pytest.mark.parametrize(
    ("failure", "why"),
    [(MemoryError(), redacting.MEMORY), (OSError("canary"), "Redacting the recording failed (OSError).")],
)
def test_a_fault_tells_its_kind_and_no_value(monkeypatch, failure, why):
    def fail(*_: object, **__: object) -> None:
        raise failure

    monkeypatch.setattr(redacting, "redact_each", fail)
    assert said(b"{}") == [Refused(why)]


def test_what_cannot_be_opened_is_refused_in_its_words():
    (told,) = said(b"PK\x03\x04 and no more")
    assert isinstance(told, Refused)
    assert told.why.endswith(".")
    (told,) = said(b"a letter", "report")
    assert isinstance(told, Refused)


def test_the_strict_report_has_no_name():
    (told,) = said(SAMPLE.read_bytes(), "report")
    assert isinstance(told, Finished)
    assert [report.source.name for report in told.reports] == [redacting.NAME]
    assert told.reports[0].denials


def test_the_process_itself(tmp_path):
    with SAMPLE.open("rb") as source:
        done = subprocess.run(
            [*REDACTOR, "share"], stdin=source, capture_output=True, cwd=tmp_path, env=worker_environment(), check=True
        )
    assert isinstance(messages(done.stdout)[-1], Written)
    assert done.stderr == b""


@pytest.mark.skipif(sys.platform != "linux", reason="makes a short pipe")
@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_a_long_message_is_whole_however_often_the_timer_rings_meanwhile(unbuffered):
    """Nobody reads at first: the pipe is full, and the process waits in the middle of its message."""
    import fcntl

    reading, writing = os.pipe()
    fcntl.fcntl(writing, fcntl.F_SETPIPE_SZ, SHORT)
    environment = {**worker_environment(), "PYTHONUNBUFFERED": unbuffered}
    with (
        os.fdopen(reading, "rb") as told,
        SAMPLE.open("rb") as source,
        subprocess.Popen([*REDACTOR, "report"], stdin=source, stdout=writing, env=environment),
    ):
        os.close(writing)
        wait_until(lambda: _waiting(reading) == SHORT)
        time.sleep(3 * LOOK_EVERY)
        (message,) = messages(told.read())
    assert isinstance(message, Finished)


def _waiting(reading: int) -> int:
    """How many bytes can be read at once."""
    import fcntl
    import termios

    return int.from_bytes(fcntl.ioctl(reading, termios.FIONREAD, bytes(4)), sys.byteorder)


PAGE = """
import subprocess, sys, time
print(subprocess.Popen(sys.argv[1:], start_new_session=True).pid, flush=True)
time.sleep(60)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
def test_it_ends_as_soon_as_the_page_has():
    reading, writing = os.pipe()  # a recording that never ends
    page = subprocess.Popen(
        [sys.executable, "-c", PAGE, *REDACTOR, "share"],
        stdin=reading,
        stdout=subprocess.PIPE,
        env=worker_environment(),
    )
    assert page.stdout is not None
    redactor = int(page.stdout.readline())
    wait_until(lambda: b"redacting" in Path(f"/proc/{redactor}/cmdline").read_bytes())
    time.sleep(1)
    page.kill()
    page.communicate()
    wait_until(lambda: not is_running(redactor))
    os.close(reading)
    os.close(writing)


def test_it_looks_after_its_page_by_a_timer_or_a_thread(monkeypatch):
    ended: list[object] = []
    monkeypatch.setattr(redacting, "_end_all", lambda: ended.append("all"))
    monkeypatch.setattr(redacting, "LOOK_EVERY", 0.01)
    before = signal.getsignal(signal.SIGALRM)
    for parent, expected in ((os.getppid(), []), (0, ["all"])):
        redacting._end_with_page(parent)
        time.sleep(0.05)
        signal.setitimer(signal.ITIMER_REAL, 0)
        assert ended[:1] == expected
    signal.signal(signal.SIGALRM, before)
    monkeypatch.delattr(signal, "setitimer")
    monkeypatch.setattr(redacting, "end_with", ended.append)
    redacting._end_with_page(7)
    wait_until(lambda: ended[-1] == 7)


@pytest.mark.parametrize("is_first", [True, False])
def test_it_ends_with_its_group_where_that_is_its_own(monkeypatch, is_first):
    ended: list[object] = []
    monkeypatch.setattr("os.getpgrp", lambda: os.getpid() if is_first else 1)
    monkeypatch.setattr("os.killpg", lambda *to: ended.append(to))
    monkeypatch.setattr("os._exit", ended.append)
    redacting._end_all()
    assert ended == [*([(0, signal.SIGKILL)] if is_first else []), 1]
