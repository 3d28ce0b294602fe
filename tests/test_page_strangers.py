"""In a real browser: what a page of another origin can do to ours, which is to link to it."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

import pytest

playwright = pytest.importorskip("playwright.sync_api")
uvicorn = pytest.importorskip("uvicorn")

from playwright.sync_api import Browser, Page  # noqa: E402

from harinspect.store import passphrases  # noqa: E402
from harinspect.web.access import Access  # noqa: E402
from tests.page_fixtures import full_report  # noqa: E402
from tests.page_server import QUIET, SETTINGS, Server  # noqa: E402
from tests.served import PASSWORD  # noqa: E402

pytestmark = [pytest.mark.browser, pytest.mark.filterwarnings("ignore::DeprecationWarning")]

SEEN = "what the stranger may see"
READ = """async ([url, mode]) => {
    try {
        const answer = await fetch(url, { credentials: "include", mode });
        return answer.type === "opaque" ? "opaque" : await answer.text();
    } catch (error) { return error.name; }
}"""
WRITE = """async ([url, method, type]) => {
    try {
        const sent = { method, credentials: "include", mode: type ? "cors" : "no-cors", body: "x" };
        if (type) sent.headers = { "Content-Type": type };
        return (await fetch(url, sent)).type;
    } catch (error) { return error.name; }
}"""
LOAD = """([tag, url]) => new Promise((resolve) => {
    const node = document.createElement(tag);
    node.onload = () => resolve("load");
    node.onerror = () => resolve("error");
    if (tag === "link") { node.rel = "stylesheet"; node.href = url; } else node.src = url;
    document.body.append(node);
})"""
FRAME = """([tag, url]) => {
    const node = document.createElement(tag);
    node.src = url;
    document.body.append(node);
}"""
POST = """([url, enctype]) => {
    const form = document.createElement("form");
    Object.assign(form, { method: "post", action: url, enctype });
    document.body.append(form);
    form.submit();
}"""

NOT_ITS_NAME = "This page answers only to its own host name; whoever runs it can add one with --allow-host.\n"


class Stranger(BaseHTTPRequestHandler):
    """Another site's page."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(f"<!doctype html><title>x</title><p>{SEEN}".encode())

    def log_message(self, *_: object) -> None:
        """Nothing."""


@pytest.fixture(scope="module")
def strange() -> Iterator[int]:
    """The port of a server with the stranger's page."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Stranger) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server.server_port
        server.shutdown()
        thread.join()


@pytest.fixture(scope="module", params=["open", "password"])
def server(request: pytest.FixtureRequest) -> Iterator[Server]:
    access = Access(password=passphrases.stretched(PASSWORD)) if request.param == "password" else Access()
    with Server(replace(SETTINGS, access=access)) as server:
        yield server


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Browser]:
    rules = "--host-resolver-rules=MAP *.example 127.0.0.1"
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=chromium, args=[*QUIET, rules])
        yield browser
        browser.close()


@pytest.fixture
def page(browser: Browser, server: Server) -> Iterator[Page]:
    """A browser whose user has signed in where that is asked for."""
    context = browser.new_context()
    page = context.new_page()
    page.set_default_timeout(8000)
    page.goto(server.url)
    if page.url.startswith(f"{server.url}/sign-in"):
        page.fill("#password", PASSWORD)
        page.get_by_role("button", name="Sign in").click()
        page.wait_for_url(f"{server.url}/")
    yield page
    context.close()


@pytest.fixture(params=["evil.example", "127.0.0.1"], ids=["cross-site", "same-site"])
def stranger(request: pytest.FixtureRequest, page: Page, strange: int) -> Page:
    """The same browser on a page of another site, or of another port of this machine."""
    page.goto(f"http://{request.param}:{strange}/")
    return page


@pytest.fixture
def kept(server: Server) -> str:
    return server.store.add(full_report()).id


PATHS = ("/", "/reports/{}", "/reports/{}.json", "/reports/{}.har", "/sign-in", "/assets/app.css")
EMBEDDED = (("img", "/assets/favicon.svg"), ("script", "/assets/app.js"), ("script", "/reports/{}.json"))
CHANGES = (
    ("POST", "/reports/{}/delete", ""),
    ("POST", "/reports/{}/delete", "application/json"),
    ("DELETE", "/reports/{}", "text/plain"),
    ("POST", "/reports", ""),
    ("POST", "/sign-out", ""),
)


@pytest.mark.parametrize("mode", ["cors", "no-cors"])
def test_it_reads_nothing(stranger, server, kept, mode):
    for path in PATHS:
        assert stranger.evaluate(READ, [server.url + path.format(kept), mode]) in ("TypeError", "opaque"), path


def test_it_embeds_nothing(stranger, server, kept):
    for tag, path in (*EMBEDDED, ("link", "/assets/app.css")):
        assert stranger.evaluate(LOAD, [tag, server.url + path.format(kept)]) == "error", path


@pytest.mark.parametrize("tag", ["iframe", "embed"])
def test_it_frames_nothing(stranger, server, kept, tag):
    with stranger.expect_response("**/reports/*") as asked:
        stranger.evaluate(FRAME, [tag, f"{server.url}/reports/{kept}"])
    assert asked.value.status == 403
    stranger.wait_for_timeout(200)
    inside = [frame for frame in stranger.frames if frame != stranger.main_frame]
    assert inside
    assert not any("never sent" in frame.content() for frame in inside)


def test_its_script_changes_nothing(stranger, server, kept):
    before = server.store.all()
    for method, path, kind in CHANGES:
        stranger.evaluate(WRITE, [server.url + path.format(kept), method, kind])
        assert server.store.all() == before, (method, path)
    still_signed_in(stranger, server)


@pytest.mark.parametrize("path", ["/reports/{}/delete", "/sign-out"])
def test_its_form_changes_nothing(stranger, server, kept, path):
    there = stranger.url
    for enctype in ("application/x-www-form-urlencoded", "multipart/form-data", "text/plain"):
        stranger.goto(there)
        stranger.evaluate(POST, [server.url + path.format(kept), enctype])
        stranger.wait_for_url(f"{server.url}/**")
        assert "Another site may not change anything here." in stranger.content()
    assert server.store.get(kept)
    still_signed_in(stranger, server)


def still_signed_in(page: Page, server: Server) -> None:
    page.goto(server.url)
    assert page.url == f"{server.url}/"


def test_it_opens_a_window_that_it_cannot_look_into(stranger, server, kept):
    with stranger.expect_popup() as opened:
        stranger.evaluate("url => { window.opened = window.open(url); }", f"{server.url}/reports/{kept}")
    opened.value.wait_for_load_state()
    assert stranger.evaluate(
        "window.opened.closed || (() => { try { return window.opened.document === null; } catch { return true; } })()"
    )
    assert opened.value.evaluate("window.opener") is None


def test_a_rebound_name_is_refused(page, server, kept):
    """evil.example resolves to this machine: its page has our port, and with it the same origin as what it asks for."""
    port = urlsplit(server.url).port
    for path in ("/", f"/reports/{kept}", "/assets/app.css", "/sign-in"):
        answer = page.goto(f"http://evil.example:{port}{path}")
        assert answer is not None
        assert (answer.status, answer.text()) == (403, NOT_ITS_NAME)
    told = page.evaluate(READ, [f"http://evil.example:{port}/reports/{kept}", "same-origin"])
    assert told == NOT_ITS_NAME
    page.evaluate(WRITE, [f"http://evil.example:{port}/reports/{kept}", "DELETE", "text/plain"])
    assert server.store.get(kept)


def test_the_page_itself_still_works(page, server, kept):
    page.goto(f"{server.url}/reports/{kept}")
    assert page.evaluate(READ, [f"{server.url}/reports/{kept}.json", "cors"]).startswith("{")
    assert page.evaluate(LOAD, ["img", f"{server.url}/assets/favicon.svg"]) == "load"
    page.goto(server.url)
    page.once("dialog", lambda dialog: dialog.accept())
    page.locator("form[action$='/delete'] button").first.click()
    page.wait_for_timeout(300)
    assert server.store.get(kept) is None


def test_signing_out_with_the_button(page, server, request):
    page.goto(server.url)
    button = page.get_by_role("button", name="Sign out")
    if "password" in request.node.name:
        assert page.evaluate("document.cookie") == ""
        button.click()
        page.wait_for_url("**/sign-in")
        page.goto(server.url)
        assert "/sign-in" in page.url
    else:
        assert button.count() == 0


def test_a_socket_speaks_http_only(server):
    """An upgrade to WebSocket, which other origins may ask for, is not understood."""
    port = urlsplit(server.url).port
    asked = (
        f"GET / HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nOrigin: http://evil.example\r\n\r\n"
    )
    with socket.create_connection(("127.0.0.1", port)) as wire:
        wire.sendall(asked.encode())
        assert b" 101 " not in wire.recv(100)
