"""Links in a real browser: made by the owner, opened in a fresh profile, dead when they are to be."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

playwright = pytest.importorskip("playwright.sync_api")
uvicorn = pytest.importorskip("uvicorn")

from playwright.sync_api import Browser, Page, expect  # noqa: E402

from harinspect.render import as_markdown  # noqa: E402
from harinspect.store.archive import Archive, open_archive  # noqa: E402
from harinspect.web.app import create_app  # noqa: E402
from harinspect.web.kept import Kept  # noqa: E402
from harinspect.web.redactions import TOO_SLOW  # noqa: E402
from harinspect.web.settings import REDACTOR, WORKER  # noqa: E402
from tests.page_client import SETTINGS  # noqa: E402
from tests.page_fixtures import full_report  # noqa: E402
from tests.page_server import QUIET  # noqa: E402
from tests.store_fixtures import Watch  # noqa: E402
from tests.test_page_browser import CONTRAST  # noqa: E402
from tests.test_web_strict import PLANTED as PLANTED_ANYWHERE  # noqa: E402
from tests.test_web_strict import recording  # noqa: E402

pytestmark = [pytest.mark.browser, pytest.mark.filterwarnings("ignore::DeprecationWarning")]


PLANTED = [word for word in PLANTED_ANYWHERE if word != "customer-4711"]  # the name of another recording here


@dataclass(frozen=True)
class Served:
    url: str
    archive: Archive
    watch: Watch
    report: str


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Browser]:
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=chromium, args=list(QUIET))
        yield browser
        browser.close()


@pytest.fixture
def served(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Served]:
    settings = replace(SETTINGS, **getattr(request, "param", {}))
    watch = Watch()
    with open_archive(tmp_path / "data", watch) as archive, socket.create_server(("127.0.0.1", 0)) as listening:
        config = uvicorn.Config(
            create_app(archive.reports, settings, Kept(archive)), log_level="error", timeout_graceful_shutdown=1
        )
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        while not server.started:
            time.sleep(0.02)
        kept = archive.reports.add(full_report())
        archive.reports.annotate(kept.id, labels=["viplabel"], ticket="SUP-4711-X", notes="They owe us.")
        yield Served(f"http://127.0.0.1:{listening.getsockname()[1]}", archive, watch, kept.id)
        server.should_exit = True
        thread.join()


@contextmanager
def profile(browser: Browser, *, script: bool = True) -> Iterator[Page]:
    """A page of a fresh profile. Whatever the content policy forbids fails the test."""
    context = browser.new_context(viewport={"width": 1280, "height": 900}, java_script_enabled=script)
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = context.new_page()
    page.set_default_timeout(8000)
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text) if "Content Security Policy" in message.text else None)
    page.on("pageerror", lambda error: said.append(str(error)))
    yield page
    context.close()
    assert said == []


def make(page: Page, served: Served, passphrase: str = "") -> str:
    """Make a link for an hour as a person does; the address that is shown."""
    page.goto(f"{served.url}/reports/{served.report}")
    page.get_by_role("link", name="Share by link").click()
    page.get_by_label("an hour").check()
    page.get_by_label("Passphrase").fill(passphrase)
    page.get_by_role("button", name="Make the link").click()
    return page.locator("#made code").inner_text()


def test_a_link_opens_in_a_fresh_profile_and_is_dead_when_revoked(browser, served):
    with profile(browser) as owner, profile(browser) as reader:
        link = make(owner, served)
        owner.locator("#made").get_by_role("button", name="Copy").click()
        owner.wait_for_function("async (link) => await navigator.clipboard.readText() === link", arg=link)
        reader.goto(link)
        expect(reader.locator("h1")).to_contain_text("The browser never sent PUT /v1/orders/4711")
        assert reader.locator("text=SUP-4711-X").count() == reader.locator("text=viplabel").count() == 0
        assert reader.locator("a[href^='/']:not([href^='/s/'])").count() == 0
        reader.locator(".actions").get_by_role("button", name="Copy for ticket").click()
        expect(reader.get_by_role("status")).to_have_text("Copied")
        assert reader.evaluate("navigator.clipboard.readText()") == as_markdown.render(full_report())
        reader.locator(".evidence a:visible").first.click()
        reader.locator(".crumbs a").first.click()
        expect(reader.locator("h1")).to_contain_text("The browser never sent")
        owner.goto(f"{served.url}/reports/{served.report}/links")
        expect(owner.locator(".shares")).to_contain_text("opened 1 time")
        owner.get_by_role("button", name="Revoke").click()
        expect(owner.locator(".shares")).to_contain_text("revoked")
        answer = reader.reload()
        assert answer is not None
        assert answer.status == 404
        expect(reader.locator("h1")).to_have_text("This link opens nothing")
        reader.go_back()  # nothing was cached
        expect(reader.locator("h1")).to_have_text("This link opens nothing")


@pytest.mark.parametrize("served", [{"worker": WORKER, "redactor": REDACTOR}], indirect=True)
def test_from_the_upload_to_a_strict_link(browser, served, tmp_path):
    """Nothing stands in for anything here."""
    file = tmp_path / "winterbottom.har"
    file.write_bytes(recording())
    with profile(browser) as owner, profile(browser) as reader:
        owner.goto(served.url)
        owner.locator("input[type=file]").set_input_files(file)
        expect(owner.locator(".eyebrow")).to_contain_text("winterbottom.har")
        owner.locator("#export summary").click()
        expect(owner.locator("#recording")).to_contain_text("Redacted HAR")
        with owner.expect_download() as saving:
            owner.get_by_role("link", name="Redacted HAR").click()
        assert saving.value.suggested_filename == "winterbottom-redacted.har"
        assert len(json.loads(Path(saving.value.path()).read_bytes())["log"]["entries"]) == 4
        owner.get_by_role("link", name="Share by link").click()
        owner.get_by_role("link", name="the strict report").click()
        owner.get_by_role("button", name="Make it and show it").click()
        seen = owner.locator(".preview").inner_text()
        assert [word for word in PLANTED if word in seen] == []
        expect(owner.get_by_label("the strict report")).to_be_checked()
        owner.get_by_role("button", name="Make the link").click()
        reader.goto(owner.locator("#made code").inner_text())
        shown = reader.locator("main").inner_text()
        assert "www.shop.test" in reader.content()
        assert [word for word in PLANTED if word in reader.content()] == []
        assert reader.locator(".verdict").inner_text() in seen
        reader.locator(".evidence a:visible").first.click()
        expect(reader.locator(".exchange").first).to_be_visible()
        assert [word for word in PLANTED if word in reader.content() + shown] == []


@pytest.mark.parametrize("served", [{"analysis_seconds": 2}], indirect=True)
def test_the_page_tells_by_itself_how_the_recording_ended(browser, served):
    with profile(browser) as page:
        page.goto(served.url)
        page.locator("input[type=file]").set_input_files(
            {"name": "a.har", "mimeType": "application/json", "buffer": b'{"log" lasting'}
        )
        page.locator("#export summary").click()
        expect(page.locator("#recording")).to_contain_text("Being prepared.")
        expect(page.locator("#recording")).to_contain_text(TOO_SLOW)


def test_a_link_is_dead_when_it_has_expired(browser, served):
    with profile(browser) as owner, profile(browser) as reader:
        link = make(owner, served)
        served.watch.go_on(minutes=59)
        reader.goto(link)
        expect(reader.locator("h1")).to_contain_text("The browser never sent")
        served.watch.go_on(minutes=1)
        reader.goto(f"{link}/exchanges/20")
        expect(reader.locator("h1")).to_have_text("This link opens nothing")
        owner.reload()
        expect(owner.locator(".shares")).to_contain_text("ended 21 Nov 2026, 13:00 UTC")


def test_a_passphrase_without_script(browser, served):
    with profile(browser) as owner:
        link = make(owner, served, "wide open sea")
    with profile(browser, script=False) as reader:
        reader.goto(link)
        reader.get_by_label("Passphrase").fill("narrow sea")
        reader.get_by_role("button", name="Open the report").click()
        expect(reader.get_by_role("alert")).to_contain_text("That is not the passphrase.")
        served.watch.go_on(seconds=1)
        reader.get_by_label("Passphrase").fill("wide open sea")
        reader.get_by_role("button", name="Open the report").click()
        expect(reader.locator("h1")).to_contain_text("The browser never sent")
        reader.locator(".evidence a:visible").first.click()
        expect(reader.locator(".exchange").first).to_be_visible()
    assert served.archive.links.of(served.report)[0].openings == 1


def test_a_date_chooses_itself_and_makes_room_for_a_span(browser, served):
    with profile(browser) as page:
        page.goto(f"{served.url}/reports/{served.report}/links")
        day = page.get_by_label("The last day, in UTC")
        day.fill("2026-12-24")
        expect(page.get_by_label("on a date")).to_be_checked()
        page.get_by_label("a week").check()
        expect(day).to_have_value("")
        day.fill("2026-12-24")
        page.get_by_role("button", name="Make the link").click()
        expect(page.locator(".shares")).to_contain_text("until 24 Dec 2026, 23:59 UTC")


def test_what_could_not_be_copied_is_said(browser, served):
    with profile(browser) as page:
        page.goto(f"{served.url}/reports/{served.report}")
        page.route("**/*.md", lambda route: route.abort())
        page.locator(".actions").get_by_role("button", name="Copy for ticket").click()
        expect(page.get_by_role("status")).to_have_text("Not copied: the server did not answer")


def test_notes_are_typed_saved_and_searched_for(browser, served):
    with profile(browser) as page:
        page.goto(f"{served.url}/reports/{served.report}#noted")
        page.get_by_label("Notes").fill("Call them on Monday.")
        page.get_by_role("button", name="Save").click()
        expect(page.get_by_role("status")).to_have_text("Saved")
        expect(page.locator("#noted summary")).to_contain_text("Call them on Monday.")
        page.reload()
        expect(page.get_by_role("status")).to_have_text("")
        page.goto(served.url)
        page.get_by_role("searchbox").fill("monday label:viplabel")
        page.get_by_role("searchbox").press("Enter")
        expect(page.locator("#recent-title")).to_have_text("1 report found")
        page.get_by_role("link", name="customer-4711.har").click()
        expect(page.locator(".eyebrow")).to_contain_text("customer-4711.har")


@pytest.mark.parametrize("below", ["/reports/{id}", "/reports/{id}/links", "/?q=label:viplabel", "/s/x", "{guarded}"])
def test_the_new_pages_are_narrow_enough_and_readable(browser, served, below):
    made = served.archive.links.make(served.report, expires=served.watch.time.replace(year=2027), passphrase="sea")
    assert made is not None
    with profile(browser) as page:
        page.set_viewport_size({"width": 360, "height": 800})
        page.goto(served.url + below.format(id=served.report, guarded=f"/s/{made.token}"))
        page.evaluate("for (const fold of document.querySelectorAll('.noted')) fold.open = true")
        assert page.evaluate("document.documentElement.scrollWidth") <= 360
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            assert page.evaluate(CONTRAST) == []
