"""Every payload in every field, opened in a real browser: nothing runs, and the content policy reports nothing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from urllib.parse import quote

import pytest

playwright = pytest.importorskip("playwright.sync_api")

from playwright.sync_api import Dialog, Page, Request  # noqa: E402

from harinspect.render import as_html  # noqa: E402
from harinspect.store import passphrases  # noqa: E402
from harinspect.store.archive import Archive, open_archive  # noqa: E402
from harinspect.store.clock import utc_now  # noqa: E402
from harinspect.web.access import Access  # noqa: E402
from tests import hostile  # noqa: E402
from tests.page_server import QUIET, SETTINGS, Server  # noqa: E402
from tests.served import PASSWORD  # noqa: E402

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
    if (!node.matches("form[method=post], form[method=dialog], form.search[role=search]")) amiss.push(node.tagName);
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
        page.on("request", lambda asked: seen.did.append(asked.url) if not _is_ours(asked) else None)
        yield seen
        browser.close()


def _is_ours(asked: Request) -> bool:
    """What a page of ours loads; where we go to ourselves, a payload may stand in the address."""
    is_here = asked.url.startswith(("http://127.0.0.1:", "file:///"))
    return is_here and ("pwned" not in asked.url or asked.is_navigation_request())


def _look(watched: Watched, address: str) -> None:
    watched.page.goto(address)
    watched.page.evaluate(OPEN)
    assert watched.page.evaluate(AMISS) == [], address
    assert watched.did == [], address


def test_there_are_enough_of_them_everywhere():
    assert len(set(hostile.PAYLOADS)) >= 80
    assert sum(hostile.RUN in payload for payload in hostile.PAYLOADS) >= 60
    fields = hostile.har("here-it-is").count(b"here-it-is")
    assert fields >= 600


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


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    with open_archive(tmp_path / "data") as archive:
        yield archive


def test_no_payload_runs_where_reports_are_kept(watched, archive):
    """What the owner typed, and the list and the search that show it."""
    kept = []
    for payload in hostile.PAYLOADS:
        kept.append(archive.reports.add(hostile.report(payload)).id)
        bare = payload.replace("\x00", "")
        notes = "\n".join((bare, "here it is"))
        assert archive.reports.annotate(kept[-1], labels=[bare[:40]], ticket=bare[:90], notes=notes)
    with Server(archive=archive) as server:
        for after in range(0, len(kept), 10):
            _look(watched, f"{server.url}/?q=here&after={after}")
        for id in kept:
            _look(watched, f"{server.url}/reports/{id}")
        for payload in hostile.PAYLOADS:
            _look(watched, f"{server.url}/?q={quote(payload, errors='replace')}")


def test_no_payload_runs_for_the_reader_of_a_link(watched, archive):
    made = hostile.report(*hostile.PAYLOADS)
    id, ends = archive.reports.add(made).id, utc_now() + timedelta(days=1)
    links = [archive.links.make(id, expires=ends, passphrase=phrase) for phrase in ("", "sea")]
    open_, guarded = (link.token for link in links if link)
    with Server(archive=archive) as server:
        for way in (f"/s/{open_}", f"/previews/{id}"):
            _look(watched, server.url + way)
            watched.page.wait_for_load_state("networkidle")
            assert watched.page.evaluate(AMISS) == []
            for part, told in (("exchanges", made.exchanges), ("denials", made.denials)):
                for shown in told[:: max(1, len(told) // 12)]:
                    _look(watched, f"{server.url}{way}/{part}/{shown.exchange}")
        _look(watched, f"{server.url}/reports/{id}/links")
        _look(watched, f"{server.url}/s/{guarded}")
        for payload in hostile.PAYLOADS:
            watched.page.goto(f"{server.url}/s/{quote(payload, safe='', errors='replace')}")
            assert watched.page.evaluate(AMISS) == []
    assert [told for told in watched.did if "404" not in told] == []


def test_no_payload_runs_in_the_name_of_an_upload_or_on_the_way_to_the_sign_in(watched):
    with Server() as server:
        for payload in hostile.PAYLOADS:
            name = {"X-Filename": quote(payload, errors="replace")}
            sent = watched.page.request.post(f"{server.url}/reports", data="no recording", headers=name)
            assert sent.status == 202
            upload = sent.text().partition("/uploads/")[2].partition('"')[0]
            _look(watched, f"{server.url}/uploads/{upload}")
        watched.page.goto("about:blank")  # else it asks on when there is no server any more
    with Server(replace(SETTINGS, access=Access(password=passphrases.stretched(PASSWORD)))) as server:
        for payload in hostile.PAYLOADS:
            _look(watched, f"{server.url}/sign-in?to=/{quote(payload, errors='replace')}")
