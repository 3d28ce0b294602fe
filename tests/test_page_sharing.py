"""What leaves the page: texts to copy, files to save, and the page on paper, in a real browser."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

playwright = pytest.importorskip("playwright.sync_api")

from playwright.sync_api import Browser, Page, expect  # noqa: E402

from harinspect.pipeline import analyse  # noqa: E402
from harinspect.render import as_html, as_markdown, shipped_folder  # noqa: E402
from harinspect.report.curl import curl_of  # noqa: E402
from tests.page_fixtures import full_report  # noqa: E402
from tests.page_server import QUIET, Server  # noqa: E402
from tests.sarif_checks import check  # noqa: E402

pytestmark = [pytest.mark.browser, pytest.mark.filterwarnings("ignore::DeprecationWarning")]

SAMPLE = shipped_folder("sample_hars") / "cors-preflight-header-not-allowed.har"
CUT = """() => [...document.querySelectorAll("main *")].filter((node) => {
  const { position, overflowY } = getComputedStyle(node);
  const holds = node.matches("pre, dd, .table-wrap, .headers, .group") && node.checkVisibility();
  return position === "fixed" || position === "sticky"
    || (holds && overflowY !== "visible" && node.scrollHeight > node.clientHeight + 1);
}).map((node) => node.className || node.tagName)"""


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Browser]:
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=chromium, args=list(QUIET))
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with Server() as server:
        yield f"{server.url}/reports/{server.store.add(full_report()).id}"


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1280, "height": 900}, accept_downloads=True)
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = context.new_page()
    page.set_default_timeout(8000)
    yield page
    context.close()


def copied(page: Page) -> str:
    expect(page.get_by_role("status")).to_have_text("Copied")
    return str(page.evaluate("navigator.clipboard.readText()"))


def export(page: Page, name: str) -> None:
    page.locator("#export summary").click()
    page.locator("#export .exports").get_by_role("link", name=name).first.click()


def test_the_report_is_copied_for_the_ticket(page, address):
    page.goto(address)
    page.locator(".actions").get_by_role("button", name="Copy for ticket").click()
    assert copied(page) == as_markdown.render(full_report())


def test_the_message_is_copied_for_whoever_can_act(page, address):
    told = {row.exchange: row.escalation for row in full_report().denials if row.escalation}
    index, message = next(iter(told.items()))
    page.goto(address)
    page.locator(".actions").get_by_role("button", name="Copy for the").click()
    assert copied(page) == message.text
    page.locator(f"#denial-{index} .copies").get_by_role("button", name="Copy for ticket").click()
    page.wait_for_function("async (text) => await navigator.clipboard.readText() === text", arg=message.markdown)


def test_a_request_is_copied_as_curl_with_its_values_masked(page, address):
    told = {row.exchange: row.escalation for row in full_report().denials if row.escalation}
    index, message = next((index, message) for index, message in told.items() if message.curl)
    page.goto(address)
    page.locator(f"#denial-{index} .copies").get_by_role("button", name="Copy as curl").click()
    assert copied(page) == message.curl
    page.goto(f"{address}/exchanges/{index}")
    page.get_by_role("button", name="Copy as curl").click()
    shown = next(exchange for exchange in full_report().exchanges if exchange.exchange == index)
    assert copied(page) == curl_of(shown)


def test_without_script_there_is_text_and_no_button(browser, address):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(address)
    assert page.locator("[data-copy]:visible").count() == 0
    page.get_by_text("Pass it on to").first.click()
    expect(page.locator(".escalation pre").first).to_be_visible()
    context.close()


@pytest.mark.parametrize(
    ("link", "suffix", "start"),
    [("Markdown", "md", "# "), ("JSON", "json", '{"schema"'), ("HTML", "html", "<!"), ("curl", "curl.txt", "# ")],
)
def test_files_are_saved(page, address, link, suffix, start):
    page.goto(address)
    with page.expect_download() as saving:
        export(page, link)
    assert saving.value.suggested_filename == f"customer-4711-harinspect.{suffix}"
    assert Path(saving.value.path()).read_text(encoding="utf-8").startswith(start)


def test_sarif_is_saved(page, address):
    page.goto(address)
    with page.expect_download() as saving:
        export(page, "SARIF")
    check(json.loads(Path(saving.value.path()).read_text(encoding="utf-8")))


def test_on_paper_everything_is_open_and_nothing_is_cut(page, tmp_path):
    file = tmp_path / "report.html"
    file.write_text(as_html.render(*analyse(SAMPLE)), encoding="utf-8")
    page.set_viewport_size({"width": 703, "height": 1000})  # A4 less its margins
    page.goto(file.as_uri())
    page.emulate_media(media="print")
    parts = (".escalation .snippet pre", ".exchange-fold .headers", ".way .checks", ".escalation .reasons")
    heights = [page.locator(part).first.evaluate("(node) => node.getBoundingClientRect().height") for part in parts]
    assert min(heights) > 10
    assert page.locator(".bar:visible, .side:visible, .chevron:visible").count() == 0
    assert page.evaluate("document.documentElement.scrollWidth") <= 703
    assert page.evaluate(CUT) == []
    assert page.pdf(format="A4").startswith(b"%PDF")
