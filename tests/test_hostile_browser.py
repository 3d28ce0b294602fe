"""Every payload in every field, opened in a real browser: nothing runs, and the content policy reports nothing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest

playwright = pytest.importorskip("playwright.sync_api")

from playwright.sync_api import Dialog, Page  # noqa: E402

from harinspect.render import as_html  # noqa: E402
from tests import hostile  # noqa: E402
from tests.page_server import QUIET, Server  # noqa: E402

pytestmark = [pytest.mark.browser, pytest.mark.filterwarnings("ignore::DeprecationWarning")]

WATCH = """
addEventListener("securitypolicyviolation", (event) => console.error(`policy: ${event.violatedDirective}`), true);
"""
AMISS = """() => {
  const leads = ["href", "src", "action", "formaction", "data", "xlink:href"];
  const amiss = "pwned" in window ? ["it ran"] : [];
  for (const node of document.querySelectorAll("*"))
    for (const { name, value } of node.attributes)
      if (/^(on|hx-on|srcdoc)/i.test(name) || (leads.includes(name) && !/^(#|\\/|https:\\/\\/|\\?)/.test(value)))
        amiss.push(`${node.tagName} ${name}=${value}`);
  for (const node of document.querySelectorAll("iframe, object, embed, base, math, marquee, audio, video, img, form"))
    if (!(node.tagName === "FORM" && ["post", "dialog"].includes(node.method))) amiss.push(node.tagName);
  return amiss;
}"""
OPEN = "for (const fold of document.querySelectorAll('details')) fold.open = true"


@dataclass
class Watched:
    """A page, and everything that it did beyond showing text."""

    page: Page
    did: list[str] = field(default_factory=list)

    def dismiss(self, dialog: Dialog) -> None:
        self.did.append(f"dialog: {dialog.message}")
        dialog.dismiss()


@pytest.fixture
def watched(chromium: str) -> Iterator[Watched]:
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=chromium, args=list(QUIET))
        page = browser.new_page()
        seen = Watched(page)
        page.add_init_script(WATCH)
        page.on("dialog", seen.dismiss)
        page.on("console", lambda said: seen.did.append(said.text) if said.type in ("error", "warning") else None)
        page.on("pageerror", lambda error: seen.did.append(str(error)))
        page.on("popup", lambda popup: seen.did.append(f"popup: {popup.url}"))
        page.on("request", lambda asked: seen.did.append(asked.url) if not _is_ours(asked.url) else None)
        yield seen
        browser.close()


def _is_ours(url: str) -> bool:
    return url.startswith(("http://127.0.0.1:", "file:///")) and "pwned" not in url


def _look(watched: Watched, address: str) -> None:
    watched.page.goto(address)
    watched.page.evaluate(OPEN)
    assert watched.page.evaluate(AMISS) == [], address
    assert watched.did == [], address


def test_the_watch_sees_what_runs(watched, tmp_path):
    (tmp_path / "bad.html").write_text(f"<meta charset=utf-8><img src=https://x.invalid/ onerror={hostile.RUN}>")
    watched.page.goto((tmp_path / "bad.html").as_uri())
    watched.page.wait_for_function("window.pwned === 1")
    told = watched.page.evaluate(AMISS)
    assert told[0] == "it ran"
    assert "IMG" in told
    assert "https://x.invalid/" in watched.did


def test_no_payload_runs(watched, tmp_path):
    made = hostile.report(*hostile.PAYLOADS)
    assert made.source.entries == 7 * len(hostile.PAYLOADS)
    file = tmp_path / "report.html"
    file.write_text(as_html.render(made), encoding="utf-8")
    _look(watched, file.as_uri())
    with Server() as server:
        report = f"{server.url}/reports/{server.store.add(made).id}"
        _look(watched, report)
        watched.page.wait_for_load_state("networkidle")  # what is loaded once it is opened
        assert watched.page.evaluate(AMISS) == []
        for shown in made.exchanges[:: max(1, len(made.exchanges) // 60)]:
            _look(watched, f"{report}/exchanges/{shown.exchange}")
        for denial in made.denials[:: max(1, len(made.denials) // 60)]:
            _look(watched, f"{report}/denials/{denial.exchange}")
        _look(watched, server.url)
    assert watched.did == []
