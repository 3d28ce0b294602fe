"""The page on a free port, and how a browser is started that looks at it."""

from __future__ import annotations

import socket
import threading
import time

import uvicorn

from harinspect.store import Store
from harinspect.web.app import create_app
from harinspect.web.settings import Settings
from tests.page_client import REDACTOR, WORKER

LIMIT = 100_000  # bytes of an upload
SETTINGS = Settings(worker=WORKER, redactor=REDACTOR, upload_bytes=LIMIT, turns=2)
QUIET = ("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking")


class Server:
    """The page on a free port, in a thread."""

    def __init__(self, settings: Settings = SETTINGS) -> None:
        self.store = Store()
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.socket.getsockname()[1]}"
        config = uvicorn.Config(create_app(self.store, settings), log_level="error", timeout_graceful_shutdown=1)
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run, kwargs={"sockets": [self.socket]})

    def __enter__(self) -> Server:
        self._thread.start()
        while not self._server.started:
            time.sleep(0.02)
        return self

    def __exit__(self, *_: object) -> None:
        self._server.should_exit = True
        self._thread.join()
        self.socket.close()
