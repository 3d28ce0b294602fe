"""The real server in a process of its own, with a temporary folder and logs that can be looked into."""

from __future__ import annotations

import http.client
import os
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Iterable
from pathlib import Path
from types import TracebackType
from urllib.parse import urlencode

TLS = Path(__file__).parent / "tls"
PATIENCE = 20.0  # seconds
START = "from harinspect.cli import main; main()"
PASSWORD = "correct horse battery"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Answer:
    """What came back."""

    def __init__(self, response: http.client.HTTPResponse) -> None:
        self.status = response.status
        self.headers = response.headers
        self.text = response.read().decode()


class Served:
    """harinspect serve with these options; `log` is all that it wrote, `temporary` the folder for its files, `data` the
    one of its reports.
    """

    def __init__(self, folder: Path, *options: object, is_tls: bool = False) -> None:
        self.temporary = folder / "temporary"
        self.temporary.mkdir()
        self.port, self._is_tls = free_port(), is_tls
        self._log = folder / "log"
        self.data = folder / "data"
        own = ("--port", self.port, "--data", self.data)
        self._command = [sys.executable, "-c", START, "serve", *map(str, (*own, *options))]

    def __enter__(self) -> Served:
        with self._log.open("wb") as log:
            self.process = subprocess.Popen(
                self._command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=os.environ | {"TMPDIR": str(self.temporary), "PYTHONPATH": str(Path(__file__).parent.parent)},
            )
        wait_until(self._listens)
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self.process.terminate()
        self.process.wait(PATIENCE)

    @property
    def log(self) -> str:
        return self._log.read_text()

    def ask(
        self, method: str, path: str, body: bytes | Iterable[bytes] | None = None, headers: dict[str, str] | None = None
    ) -> Answer:
        connection = self.connect()
        try:
            connection.request(method, path, body, headers or {})
            return Answer(connection.getresponse())
        finally:
            connection.close()

    def connect(self) -> http.client.HTTPConnection:
        if not self._is_tls:
            return http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        trusting = ssl.create_default_context(cafile=str(TLS / "cert.pem"))
        return http.client.HTTPSConnection("127.0.0.1", self.port, timeout=PATIENCE, context=trusting)

    def upload(self, content: bytes | Iterable[bytes], name: str = "a.har", cookie: str = "") -> str:
        """The address under which the upload's state is told."""
        told = self.ask("POST", "/reports", content, {"X-Filename": name, "Cookie": cookie}).text
        return "/uploads/" + told.partition("/uploads/")[2].partition('"')[0]

    def end_of(self, upload: str, patience: float = PATIENCE, cookie: str = "") -> str:
        """The fragment that tells how the upload ended."""
        told = ""

        def has_ended() -> bool:
            nonlocal told
            told = self.ask("GET", upload, headers={"HX-Request": "true", "Cookie": cookie}).text
            return 'role="alert"' in told or "/reports/" in told

        wait_until(has_ended, patience)
        return told

    def children(self) -> list[int]:
        """The processes that it started."""
        return [
            int(path.parent.name) for path in Path("/proc").glob("[0-9]*/stat") if _parent(path) == self.process.pid
        ]

    def _listens(self) -> bool:
        if self.process.poll() is not None:
            raise AssertionError(self.log)
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0


def is_running(process: int) -> bool:
    """Linux only: it is there, and nobody merely has to take note of its end."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def _parent(stat: Path) -> int:
    try:
        return int(stat.read_text().rpartition(")")[2].split()[1])
    except OSError:
        return 0


def wait_until(holds, patience: float = PATIENCE) -> None:
    """Raises AssertionError where that takes too long."""
    end = time.monotonic() + patience
    while not holds():
        assert time.monotonic() < end, f"not within {patience} s"
        time.sleep(0.05)


def form(**fields: str) -> bytes:
    return urlencode(fields).encode()
