"""Headless Chromium beside the loopback servers, and what it did, sorted by case."""

from __future__ import annotations

import itertools
import re
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import BrowserContext, Page, sync_playwright

from tests.agreement.recording import Flight, Recording
from tests.agreement.server import Answer, Server

FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--ignore-certificate-errors",
    # All frames in one process, so that one protocol session hears of all of them.
    "--disable-site-isolation-trials",
)
EVENTS = ("requestWillBeSent", "requestWillBeSentExtraInfo", "responseReceived", "responseReceivedExtraInfo")
ENDS = ("loadingFinished", "loadingFailed")
QUIET = 0.15  # seconds without an event, after which nothing more is expected
LONG_QUIET = 1.0  # the same for bodies that nobody reads
LONGEST = 20.0  # seconds that a batch may go on after its script has ended
DOCUMENT = "<!doctype html><title>agreement</title><link rel=icon href=data:,>"
_CASE = re.compile(r"case-(\d+)")


def case_of(url: str) -> int | None:
    """The number of the case that an address belongs to: it bears "case-17" in its host or path."""
    found = _CASE.search(url)
    return int(found[1]) if found else None


class Tab:
    """One page and all that its frames load."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self._requests: dict[str, list[Flight]] = {}
        self._extra: dict[tuple[str, str], list[Mapping[str, Any]]] = defaultdict(list)
        self._last = 0.0
        self._session = session = page.context.new_cdp_session(page)
        session.send("Network.enable")
        session.on("Network.requestWillBeSent", self._sent)
        session.on("Network.requestWillBeSentExtraInfo", lambda event: self._keep("sent_extra", event))
        session.on("Network.responseReceived", self._received)
        session.on("Network.responseReceivedExtraInfo", lambda event: self._keep("received_extra", event))
        session.on("Network.loadingFinished", self._ended)
        session.on("Network.loadingFailed", self._ended)

    def run(self, script: str, argument: object = None) -> Any:
        """Evaluate an asynchronous function in the page, and wait until the network is quiet."""
        result = self.page.evaluate(script, argument)
        self.settle()
        return result

    def settle(self) -> None:
        """Events of the network come by another way than results of scripts: wait until none is missing."""
        limit = time.monotonic() + LONGEST
        while time.monotonic() < limit:
            self.page.wait_for_timeout(50)
            if self.is_quiet(QUIET) or self.is_quiet(LONG_QUIET, answers=True):
                return

    def is_quiet(self, seconds: float, *, answers: bool = False) -> bool:
        """Has nothing happened for so long, and is nothing under way? `answers`: bodies may still be.

        The body of an opaque answer, which nobody can read, never ends.
        """
        if time.monotonic() - self._last < seconds:
            return False
        return all(hops[-1].ended or (answers and hops[-1].received) for hops in self._requests.values())

    def go(self, url: str) -> None:
        """As if the user had typed the address; does not wait for the page."""
        self._session.send("Page.navigate", {"url": url})
        self._last = time.monotonic()

    def take(self) -> list[Flight]:
        """All that happened since the last time, in order of its beginning."""
        for (request_id, what), events in self._extra.items():
            for flight, event in zip(self._requests.get(request_id, ()), events, strict=False):
                setattr(flight, what, event)
        flights = sorted(itertools.chain(*self._requests.values()), key=lambda flight: flight.sent["timestamp"])
        self._requests, self._extra = {}, defaultdict(list)
        return flights

    def recordings(self) -> dict[int, Recording]:
        """All that happened since the last time, by the number of its case."""
        found: dict[int, Recording] = defaultdict(Recording)
        for flight in self.take():
            if (number := case_of(flight.url)) is not None:
                found[number].flights.append(flight)
        return found

    def _sent(self, event: Mapping[str, Any]) -> None:
        self._last = time.monotonic()
        hops = self._requests.setdefault(event["requestId"], [])
        if hops and "redirectResponse" in event:
            hops[-1].received, hops[-1].ended = event["redirectResponse"], event["timestamp"]
            event = {**event, "initiator": hops[-1].sent["initiator"]}  # DevTools keeps the first one
        hops.append(Flight(event))

    def _keep(self, what: str, event: Mapping[str, Any]) -> None:
        self._last = time.monotonic()
        self._extra[event["requestId"], what].append(event)

    def _received(self, event: Mapping[str, Any]) -> None:
        self._last = time.monotonic()
        if hops := self._requests.get(event["requestId"]):
            hops[-1].received = event["response"]

    def _ended(self, event: Mapping[str, Any]) -> None:
        self._last = time.monotonic()
        if hops := self._requests.get(event["requestId"]):
            hops[-1].ended = event["timestamp"]
            if "errorText" in event:
                hops[-1].failed = event


class Lab:
    """The servers and the browser of one run. `number()` gives each case an address part of its own."""

    def __init__(self, server: Server, context: BrowserContext) -> None:
        self.server = server
        self.context = context
        self._numbers = itertools.count(1)
        self._given: dict[str, list[str]] = defaultdict(list)
        self._documents: dict[str, tuple[Tab, list[Flight]]] = {}

    def number(self) -> int:
        return next(self._numbers)

    def tab(self) -> Tab:
        """A new, empty page in the one browser context, which shares cookies and caches."""
        return Tab(self.context.new_page())

    def set_cookie(self, url: str, line: str) -> None:
        """Have the browser visit `url` once and be given this cookie."""
        if line not in self._given[url]:
            self._given[url].append(line)
            self.document(url + "set-cookie", (("Set-Cookie", line),))

    def document(self, url: str, headers: tuple[tuple[str, str], ...] = ()) -> tuple[Tab, list[Flight]]:
        """A page that shows an empty document from `url` and stays open for later cases, and how it was loaded."""
        if url not in self._documents:
            path = "/" + url.partition("?")[0].split("/", 3)[3]
            answer = Answer(headers=(("Content-Type", "text/html"), *headers), body=DOCUMENT)
            self.server.routes[path] = lambda _: answer
            tab = self.tab()
            tab.page.goto(url)
            tab.settle()
            self._documents[url] = tab, tab.take()
        return self._documents[url]


@contextmanager
def lab(chromium: str) -> Iterator[Lab]:
    """Every host name leads to loopback: ports 443 and 8443 to TLS, all others to plain HTTP."""
    with (
        tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder,
        Server(Path(folder)) as server,
        sync_playwright() as driver,
    ):
        secure = f"MAP *:443 127.0.0.1:{server.tls},MAP *:8443 127.0.0.1:{server.tls}"
        rules = f"--host-resolver-rules={secure},MAP * 127.0.0.1:{server.plain}"
        # A profile of its own, with the setting of most users: a private window blocks third-party cookies.
        settings = Path(folder) / "profile" / "Default" / "Preferences"
        settings.parent.mkdir(parents=True)
        settings.write_text('{"profile": {"cookie_controls_mode": 0, "block_third_party_cookies": false}}')
        context = driver.chromium.launch_persistent_context(
            Path(folder) / "profile", executable_path=chromium, args=[*FLAGS, rules], ignore_https_errors=True
        )
        yield Lab(server, context)
        context.close()
