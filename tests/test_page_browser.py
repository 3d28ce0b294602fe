"""The page in a real browser: dropped files, keys, evidence, copying, themes and the content policy."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

playwright = pytest.importorskip("playwright.sync_api")

from playwright.sync_api import Browser, Page, expect  # noqa: E402

from harinspect.render import as_html  # noqa: E402
from tests.page_fixtures import full_report, many_causes  # noqa: E402
from tests.page_server import LIMIT, QUIET, Server  # noqa: E402

pytestmark = [pytest.mark.browser, pytest.mark.filterwarnings("ignore::DeprecationWarning")]

HAR = {"name": "traffic.har", "mimeType": "application/json", "buffer": b'{"log": {"entries": []}}'}


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with Server() as server:
        yield server


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Browser]:
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=chromium, args=list(QUIET))
        yield browser
        browser.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page that fails the test on any console error, which is where policy violations show."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = context.new_page()
    page.set_default_timeout(8000)
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text) if message.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: said.append(str(error)))
    yield page
    context.close()
    assert said == []


@pytest.fixture
def report(server: Server) -> str:
    return f"{server.url}/reports/{server.store.add(full_report()).id}"


def drop(page: Page, *names: str, content: str = '{"log": 1}') -> None:
    """Let go of files over the page as a pointer would."""
    page.evaluate(
        """([names, content]) => {
            const data = new DataTransfer();
            for (const name of names) data.items.add(new File([content], name));
            document.querySelector("main").dispatchEvent(
                new DragEvent("drop", { dataTransfer: data, bubbles: true, cancelable: true }));
        }""",
        [list(names), content],
    )


def test_a_dropped_file_becomes_a_report(page, server):
    page.goto(server.url)
    drop(page, "dropped.har")
    page.wait_for_url("**/reports/*")
    expect(page.locator("h1")).to_contain_text("The browser never sent PUT /v1/orders/4711")
    expect(page.locator(".eyebrow")).to_contain_text("dropped.har")


def test_several_dropped_files_wait_for_a_choice(page, server):
    page.goto(server.url)
    drop(page, "one.har", "two.har")
    expect(page.locator(".upload .button")).to_have_count(2)
    page.locator(".upload .button").last.click()
    page.wait_for_url("**/reports/*")


def test_a_chosen_file(page, server):
    page.goto(server.url)
    page.set_input_files("#files", HAR)
    page.wait_for_url("**/reports/*")


def test_too_large_is_said_before_it_is_sent(page, server):
    page.goto(server.url)
    page.set_input_files("#files", HAR | {"buffer": b"x" * (LIMIT + 1)})
    expect(page.get_by_role("alert")).to_contain_text("larger than the limit of 100 kB")


def test_not_a_har_is_said(page, server):
    page.goto(server.url)
    page.set_input_files("#files", HAR | {"name": "notes.txt", "buffer": b"hello"})
    expect(page.get_by_role("alert")).to_have_text("This is not a HAR file.")


def test_another_is_served_while_one_is_analysed(page, server):
    page.goto(server.url)
    page.set_input_files("#files", HAR | {"name": "slow.har", "buffer": b"slow"})
    expect(page.locator(".upload-state")).to_contain_text("reading, 40 %")
    other = page.context.new_page()
    other.goto(server.url)
    other.set_input_files("#files", HAR)
    other.wait_for_url("**/reports/*")


def test_without_script_the_form_does_it(browser, server):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(server.url)
    page.set_input_files("#files", HAR)
    page.get_by_role("button", name="Explain").click()
    page.wait_for_url("**/reports/*")
    expect(page.locator("h1")).to_contain_text("The browser never sent")
    context.close()


def test_without_script_what_would_be_fetched_has_a_page(browser, server):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{server.url}/reports/{server.store.add(many_causes(24)).id}")
    page.locator("#denial-1023 > summary").click()
    folded = page.locator("#denial-1023 .loading")
    expect(folded).to_have_text("Show it on a page of its own", use_inner_text=True)
    folded.get_by_role("link").click()
    expect(page.locator(".why").first).to_be_visible()
    context.close()


def test_evidence_lands_on_the_highlighted_header(page, report):
    page.goto(report)
    page.locator(".evidence a", has_text="access-control-allow-headers").first.click()
    page.wait_for_url("**/exchanges/6#response-header-access-control-allow-headers")
    landed = page.locator(":target")
    expect(landed).to_contain_text("content-type")
    expect(landed).to_be_in_viewport()
    assert landed.evaluate("e => getComputedStyle(e).outlineStyle") == "solid"


def test_the_way_back_opens_what_was_being_read(page, report):
    page.goto(f"{report}/exchanges/12")
    page.get_by_role("link", name="The session cookie was kept back by SameSite").click()
    expect(page.locator("#denial-12 .why")).to_be_in_viewport()


def test_a_snippet_is_copied(page, report):
    page.goto(report)
    page.get_by_role("button", name="Copy nginx").first.click()
    expect(page.get_by_role("status")).to_have_text("Copied")
    assert page.evaluate("navigator.clipboard.readText()").startswith("location /v1/ {")


def test_keys_alone_are_enough(page, report):
    page.goto(report)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("j")
    page.keyboard.press("j")
    assert page.evaluate("document.activeElement.parentElement.id") == "denial-12"
    page.keyboard.press("Enter")
    expect(page.locator("#denial-12 .why")).to_be_visible()
    page.keyboard.press("k")
    assert page.evaluate("document.activeElement.parentElement.id") == "denial-5"
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()
    page.keyboard.press("/")
    page.keyboard.type("webp 101")
    expect(page.locator(".group:visible")).to_have_count(1)
    expect(page.locator("#denial-101")).to_be_visible()
    page.keyboard.type("nowhere")
    expect(page.get_by_text("Nothing here matches the filter.")).to_be_visible()


def test_a_follower_is_loaded_when_opened(page, report):
    page.goto(report)
    page.get_by_text("5 more requests").click()
    page.locator("#denial-103 > summary").click()
    expect(page.locator("#denial-103 .why")).to_contain_text("hides its address")


def test_a_late_group_is_loaded_when_opened(page, server):
    page.goto(f"{server.url}/reports/{server.store.add(many_causes(24)).id}")
    page.locator("#denial-1023 > summary").click()
    expect(page.locator("#denial-1023 .why")).to_be_visible()
    page.locator("#denial-1023").get_by_role("button", name="Copy nginx").click()
    expect(page.get_by_role("status")).to_have_text("Copied")


def test_a_report_is_forgotten(page, server):
    kept = server.store.add(full_report(name="forget-me.har"))
    page.goto(server.url)
    with page.expect_event("dialog") as asked:
        page.once("dialog", lambda dialog: dialog.dismiss())
        page.get_by_role("button", name="Forget forget-me.har").click()
    told = "Forget forget-me.har? The report, its redacted recording and its links are deleted for good."
    assert asked.value.message == told
    page.wait_for_timeout(200)
    assert server.store.get(kept.id) is not None
    page.once("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="Forget forget-me.har").click()
    expect(page.get_by_text("forget-me.har")).to_have_count(0)
    assert server.store.get(kept.id) is None


def test_the_theme_is_kept(page, report):
    page.emulate_media(color_scheme="light")
    page.goto(report)
    ground = "getComputedStyle(document.body).backgroundColor"
    light = page.evaluate(ground)
    page.get_by_role("button", name="Theme: auto").click()
    page.get_by_role("button", name="Theme: light").click()
    dark = page.evaluate(ground)
    assert dark != light
    page.reload()
    assert page.evaluate(ground) == dark
    page.get_by_role("button", name="Theme: dark").click()
    page.emulate_media(color_scheme="dark")
    assert page.evaluate(ground) == dark


@pytest.mark.parametrize("path", ["", "/exchanges/20", ".home", ".rules", ".patterns"])
def test_narrow_screens_do_not_scroll_sideways(page, server, report, path):
    page.set_viewport_size({"width": 390, "height": 800})
    page.goto(f"{server.url}/{path[1:].replace('home', '')}" if path.startswith(".") else report + path)
    page.evaluate("for (const fold of document.querySelectorAll('details')) fold.open = true")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_no_word_is_fainter_than_aa(page, report):
    page.goto(report)
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        assert page.evaluate(CONTRAST) == []


def test_the_file_to_share_works_without_a_server(page, tmp_path):
    file = Path(tmp_path) / "report.html"
    file.write_text(as_html.render(full_report()), encoding="utf-8")
    page.goto(file.as_uri())
    page.locator(".evidence a", has_text="access-control-allow-headers").first.click()
    expect(page.locator(":target")).to_be_in_viewport()
    expect(page.locator(":target")).to_contain_text("content-type")


def test_many_refusals_stay_quick(page, server):
    kept = server.store.add(full_report(hotlinks=500))
    page.goto(f"{server.url}/reports/{kept.id}")
    timing = json.loads(page.evaluate("JSON.stringify(performance.getEntriesByType('navigation')[0])"))
    assert timing["domContentLoadedEventEnd"] < 4000


CONTRAST = """() => {
  const paint = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const rgb = (colour) => {
    paint.clearRect(0, 0, 1, 1); paint.fillStyle = colour; paint.fillRect(0, 0, 1, 1);
    return [...paint.getImageData(0, 0, 1, 1).data];
  };
  const light = ([r, g, b]) => [r, g, b].map((v) => v / 255)
    .map((v) => (v <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4))
    .reduce((sum, v, place) => sum + v * [.2126, .7152, .0722][place], 0);
  const ground = (node) => {
    for (; node; node = node.parentElement) {
      const colour = rgb(getComputedStyle(node).backgroundColor);
      if (colour[3] === 255) return colour;
    }
    return [255, 255, 255, 255];
  };
  const faint = new Set();
  for (const node of document.querySelectorAll("main *")) {
    const own = [...node.childNodes].some((child) => child.nodeType === 3 && child.data.trim());
    if (!own || !node.checkVisibility()) continue;
    const [over, under] = [light(rgb(getComputedStyle(node).color)), light(ground(node))];
    const ratio = (Math.max(over, under) + .05) / (Math.min(over, under) + .05);
    if (ratio < 4.5) faint.add(`${node.className || node.tagName} ${ratio.toFixed(2)}`);
  }
  return [...faint];
}"""
