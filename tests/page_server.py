"""The page on a free port, and how a browser is started that looks at it."""

from __future__ import annotations

import socket
import threading
import time

import uvicorn

from harinspect.store import Store
from harinspect.store.archive import Archive
from harinspect.web.app import create_app
from harinspect.web.kept import Kept
from harinspect.web.patience import Patient
from harinspect.web.settings import Settings
from tests.page_client import REDACTOR, WORKER

LIMIT = 100_000  # bytes of an upload
SETTINGS = Settings(worker=WORKER, redactor=REDACTOR, upload_bytes=LIMIT, turns=2)
QUIET = ("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking")


class Server:
    """The page on a free port, in a thread; with an archive its reports are kept there."""

    def __init__(self, settings: Settings = SETTINGS, archive: Archive | None = None) -> None:
        self.store = Store()
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.socket.getsockname()[1]}"
        app = create_app(archive.reports, settings, Kept(archive)) if archive else create_app(self.store, settings)
        config = uvicorn.Config(app, log_level="error", timeout_graceful_shutdown=1, http=Patient)
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
