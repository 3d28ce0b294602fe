"""A client on a page of its own, for the web tests."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from starlette.testclient import TestClient

from harinspect.store import Store
from harinspect.web.app import create_app
from harinspect.web.settings import Settings

HOST = "http://127.0.0.1:8403"
WORKER = (sys.executable, "-m", "tests.page_worker")
REDACTOR = (sys.executable, "-m", "tests.page_redactor")
SETTINGS = Settings(worker=WORKER, redactor=REDACTOR, turns=2)


@contextmanager
def client_on(store: Store, **settings: object) -> Iterator[TestClient]:
    app = create_app(store, replace(SETTINGS, **settings))  # type: ignore[arg-type]
    with TestClient(app, base_url=HOST, follow_redirects=False) as client:
        yield client


def wait_for(client: TestClient, address: str, *texts: str) -> str:
    """The fragment at that address as soon as it holds one of the texts; an AssertionError after ten seconds."""
    for _ in range(200):
        shown = client.get(address, headers={"HX-Request": "true"}).text
        if any(text in shown for text in texts):
            return shown
        time.sleep(0.05)
    raise AssertionError(f"{address} never showed {texts}")
