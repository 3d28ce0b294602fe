"""Loopback servers for every host name: what they answer is registered by path, what reached them is kept.

Raw HTTP/1.1, so that header lines go out exactly as a case has them: twice, empty, misspelt.
"""

from __future__ import annotations

import asyncio
import ssl
import subprocess
import threading
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

REASON = "Answer"


@dataclass(frozen=True, slots=True)
class Received:
    """A request as it reached the server. `url` has scheme, host and port as the browser named them."""

    method: str
    url: str
    path: str
    headers: tuple[tuple[str, str], ...]

    def get(self, name: str) -> str:
        """The value of a header, "" without; names in lower case."""
        return next((value for known, value in self.headers if known == name), "")


@dataclass(frozen=True, slots=True)
class Answer:
    """Header lines are written as they are; Content-Length is added."""

    status: int = 200
    headers: tuple[tuple[str, str], ...] = ()
    body: str = ""


Route = Callable[[Received], Answer]
NOT_FOUND = Answer(404)


class Server:
    """One plain and one TLS port. `routes` is by path without query; `received` keeps what came, by path, in order."""

    def __init__(self, folder: Path) -> None:
        self.routes: dict[str, Route] = {}
        self.received: dict[str, list[Received]] = defaultdict(list)
        self.plain = self.tls = 0
        self._context = _certified(folder)
        self._loop = asyncio.new_event_loop()
        self._started = threading.Event()
        self._thread = threading.Thread(target=self._run, name="agreement server", daemon=True)

    def __enter__(self) -> Server:
        self._thread.start()
        self._started.wait()
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join()

    def _run(self) -> None:
        self._loop.run_until_complete(self._serve())
        self._loop.close()

    async def _serve(self) -> None:
        self._stop = asyncio.Event()
        plain = await asyncio.start_server(self._plain, "127.0.0.1", 0, backlog=512)
        secure = await asyncio.start_server(self._secure, "127.0.0.1", 0, ssl=self._context, backlog=512)
        self.plain, self.tls = (each.sockets[0].getsockname()[1] for each in (plain, secure))
        self._started.set()
        await self._stop.wait()
        for each in (plain, secure):
            each.close()
        others = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    async def _plain(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await self._converse("http", reader, writer)

    async def _secure(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await self._converse("https", reader, writer)

    async def _converse(self, scheme: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while request := await _read(scheme, reader):
                self.received[request.path].append(request)
                answer = self.routes.get(request.path, lambda _: NOT_FOUND)(request)
                writer.write(_written(answer, request.method))
                await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError, ssl.SSLError):
            pass
        finally:
            writer.close()


async def _read(scheme: str, reader: asyncio.StreamReader) -> Received | None:
    head = await reader.readuntil(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").rstrip("\r\n").split("\r\n")
    method, target, _ = first.split(" ", 2)
    pairs = tuple((name.lower(), value.strip()) for name, _, value in (line.partition(":") for line in lines))
    request = Received(method, "", target.partition("?")[0], pairs)
    if length := int(request.get("content-length") or 0):
        await reader.readexactly(length)
    return Received(method, f"{scheme}://{request.get('host')}{target}", request.path, pairs)


def _written(answer: Answer, method: str) -> bytes:
    body = answer.body.encode()
    empty = answer.status in (204, 304)
    lines = [f"HTTP/1.1 {answer.status} {REASON}", *(f"{name}: {value}" for name, value in answer.headers)]
    if not empty:
        lines.append(f"Content-Length: {len(body)}")
    head = "\r\n".join([*lines, "", ""]).encode("latin-1")
    return head if empty or method == "HEAD" else head + body


def _certified(folder: Path) -> ssl.SSLContext:
    """A certificate for this run alone, which the browser is told to accept."""
    key, certificate = folder / "key.pem", folder / "certificate.pem"
    options = "-x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=agreement.test"
    subprocess.run(
        ["openssl", "req", *options.split(), "-keyout", str(key), "-out", str(certificate)],  # noqa: S607
        check=True,
        capture_output=True,
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    return context
