"""The pages: what they are given is what they read, and what they say follows from the report."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import fields
from html.parser import HTMLParser
from pathlib import Path

import msgspec
import pytest
from jinja2 import meta, nodes
from starlette.testclient import TestClient

from harinspect.render.environment import environment
from harinspect.report.model import Report
from harinspect.store import Store
from harinspect.web import contexts
from harinspect.web.samples import read_samples, title_of
from tests.page_client import client_on
from tests.page_fixtures import HOSTILE, clear_report, full_report, many_causes

SHELLS = frozenset({"shell.html", "standalone.html", "reader.html"})


class Page(HTMLParser):
    """Ids, links and the things that a strict policy forbids."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.links: list[str] = []
        self.inline: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.ids += [given["id"] or ""] if "id" in given else []
        self.links += [given["href"] or ""] if tag == "a" else []
        if tag == "style" or (tag == "script" and "src" not in given):
            self.inline.append(tag)
        self.inline += [name for name in given if name == "style" or name.startswith("on")]


def read_by(name: str, seen: set[str]) -> set[str]:
    """The variables that a template and all that it includes or extends ask for."""
    seen.add(name)
    made = environment()
    assert made.loader is not None
    tree = made.parse(made.loader.get_source(made, name)[0])
    asked = meta.find_undeclared_variables(tree) - set(made.globals)
    for other in meta.find_referenced_templates(tree):
        for found in SHELLS if other is None else {other}:
            asked |= read_by(found, seen) if found not in seen else set()
    return asked


def set_by(name: str, seen: set[str]) -> set[str]:
    """The names that a template sets for those that it includes."""
    made = environment()
    assert made.loader is not None
    seen.add(name)
    tree = made.parse(made.loader.get_source(made, name)[0])
    found = {node.name for node in tree.find_all(nodes.Name) if node.ctx == "store"}
    found |= {node.target for node in tree.find_all(nodes.Import)}
    for other in meta.find_referenced_templates(tree):
        found |= set_by(other, seen) if other and other not in seen else set()
    return found


@pytest.mark.parametrize("context", contexts.Context.__subclasses__(), ids=lambda context: context.__name__)
def test_a_context_declares_what_its_template_reads(context):
    declared = {field.name for field in fields(context)}
    asked = read_by(context.template, set())
    assert declared - asked == set(), "declared and never read"
    assert asked - declared - set_by(context.template, set()) == set(), "read and never declared"


@pytest.fixture
def store() -> Store:
    return Store()


@pytest.fixture
def client(store: Store) -> Iterator[TestClient]:
    with client_on(store) as client:
        yield client


@pytest.fixture
def full(store: Store) -> str:
    return store.add(full_report()).id


def test_no_page_has_inline_script_or_style(client, full):
    paths = ("/", "/rules", "/patterns", "/nothing", f"/reports/{full}", f"/reports/{full}/exchanges/6")
    assert {path: Page(client.get(path).text).inline for path in paths} == {path: [] for path in paths}


def test_ids_are_unique(client, full):
    for path in (f"/reports/{full}", f"/reports/{full}/exchanges/6", f"/reports/{full}.html"):
        ids = Page(client.get(path).text).ids
        assert len(ids) == len(set(ids)), path


def test_every_link_of_a_report_leads_somewhere(client, full):
    page = Page(client.get(f"/reports/{full}").text)
    inside = {link for link in page.links if link.startswith("#")}
    assert {link for link in inside if link[1:] not in page.ids} == set()
    exchanges = {link for link in page.links if "/exchanges/" in link}
    assert exchanges
    for link in exchanges:
        address, _, place = link.partition("#")
        answer = client.get(address)
        assert answer.status_code == 200, link
        assert not place or place in Page(answer.text).ids, link


def test_hostile_text_is_never_markup(client, full):
    for path in (f"/reports/{full}", f"/reports/{full}/exchanges/20", f"/reports/{full}.html"):
        text = client.get(path).text
        assert HOSTILE not in text
        assert "&lt;script&gt;" in text


def test_the_verdict_comes_first(client, full):
    text = client.get(f"/reports/{full}").text
    assert text.index("The browser never sent <code>PUT /v1/orders/4711</code>") < text.index("Causes")


def test_alike_denials_are_one_group(client, full):
    text = client.get(f"/reports/{full}").text
    assert "<b>5 more requests</b> refused for the same reason" in text
    assert text.count("No Referer where the server wants one</span>") == 2  # the cause and the group


def test_nothing_refused(client, store):
    text = client.get(f"/reports/{store.add(clear_report()).id}").text
    assert "Nothing in this recording was refused." in text
    assert "What was refused" not in text


def test_a_report_without_a_sentence_still_has_one(client, store):
    report = msgspec.structs.replace(full_report(), summary=msgspec.structs.replace(full_report().summary, sentence=""))
    assert "12 requests were refused." in client.get(f"/reports/{store.add(report).id}").text


def test_beyond_twenty_groups_bodies_are_loaded_when_opened(client, store):
    id = store.add(many_causes(25)).id
    text = client.get(f"/reports/{id}").text
    assert text.count('hx-trigger="toggle once"') == 5
    body = client.get(f"/reports/{id}/denials/1024", headers={"HX-Request": "true"}).text
    assert "What to do" in body
    assert "<html" not in body


def test_a_denial_has_a_page(client, full):
    text = client.get(f"/reports/{full}/denials/103").text
    assert "<html" in text
    assert "No Referer where the server wants one" in text
    assert client.get(f"/reports/{full}/denials/2").status_code == 404


def test_evidence_is_marked_in_the_exchange(client, full):
    text = client.get(f"/reports/{full}/exchanges/20").text
    assert "<mark>Reference #18.2f3a</mark>" in text
    assert "quote this to whoever runs the firewall" in text


def test_a_header_looked_for_in_vain_has_its_place(client, full):
    text = client.get(f"/reports/{full}/exchanges/100").text
    assert 'id="request-header-referer"' in text
    assert "not in the file" in text


@pytest.mark.parametrize(
    "path", ["/reports/unknown", "/reports/{id}/exchanges/7", "/reports/{id}/exchanges/x", "/rules/no.such"]
)
def test_what_is_not_there(client, full, path):
    answer = client.get(path.format(id=full))
    assert answer.status_code == 404
    assert "Back to the start" in answer.text


def test_downloads(client, full):
    as_json = client.get(f"/reports/{full}.json")
    assert msgspec.json.decode(as_json.content, type=Report).source.name == "customer-4711.har"
    assert as_json.headers["content-disposition"] == 'attachment; filename="customer-4711-harinspect.json"'
    as_markdown = client.get(f"/reports/{full}.md")
    assert as_markdown.headers["content-type"].startswith("text/markdown")
    assert as_markdown.headers["content-disposition"].endswith('harinspect.md"')
    as_sarif = client.get(f"/reports/{full}.sarif")
    assert as_sarif.json()["version"] == "2.1.0"
    assert as_sarif.headers["content-disposition"].endswith('harinspect.sarif"')
    assert client.get(f"/reports/{full}.html").headers["content-disposition"].endswith('harinspect.html"')


def test_a_name_without_a_letter_is_no_file_name(client, store):
    id = store.add(full_report(name='"\r\n.har')).id
    assert client.get(f"/reports/{id}.json").headers["content-disposition"].endswith('"report-harinspect.json"')
    id = store.add(full_report(name="../" + "ä/x;" * 200)).id
    disposition = client.get(f"/reports/{id}.sarif").headers["content-disposition"]
    assert re.fullmatch(r'attachment; filename="[A-Za-z0-9-]{1,100}\.sarif"', disposition)


def test_forgetting(client, store, full):
    assert client.delete(f"/reports/{full}").text == ""
    assert store.get(full) is None


def test_the_start_page_lists_own_reports_and_samples(client, store, full, tmp_path, monkeypatch):
    (tmp_path / "cors-null.har").touch()
    (tmp_path / "untold.har").touch()
    (tmp_path / "README.md").write_text(
        "| file | story |\n|---|---|\n| `cors-null.har` | Chrome | It `broke`. |\n| `gone.har` | No. |\n"
    )
    monkeypatch.setattr("harinspect.web.site.shipped_folder", lambda _: tmp_path)
    sample = store.add(full_report(name="cors-null.har"), sample=True)
    text = client.get("/").text
    assert f'<a class="sample-link" href="/reports/{sample.id}">CORS null</a>' in text
    assert "It <code>broke</code>." in text
    assert 'action="/samples/untold.har"' in text
    assert "gone.har" not in text
    assert f'href="/reports/{full}"' in text


def test_samples_without_a_readme(tmp_path):
    (tmp_path / "b.har").touch()
    assert [sample.file for sample in read_samples(tmp_path)] == ["b.har"]
    assert read_samples(tmp_path / "nowhere") == ()
    assert title_of("cookie-samesite-lax.har") == "Cookie SameSite Lax"
    assert title_of("role-missing-sanitized.har") == "Role missing, sanitized"


def test_every_rule_has_a_page(client):
    links = [link for link in Page(client.get("/rules").text).links if link.startswith("/rules/")]
    assert links
    assert {link: client.get(link).status_code for link in links} == dict.fromkeys(links, 200)


def test_patterns_need_a_report(client):
    assert client.get("/patterns").status_code == 404


def test_patterns_show_the_richest_report(client, store, full):
    store.add(clear_report())
    text = client.get("/patterns").text
    assert "It breaks here." in text
    assert "half-way.har" in text


def test_no_template_trusts_text():
    """Escaping is turned off nowhere: only the reviewed `prose` filter and our own style sheet are markup."""
    folder = Path(environment().loader.searchpath[0])  # type: ignore[union-attr]
    templates = list(folder.rglob("*.html"))
    assert len(templates) > 10
    assert [path.name for path in templates if "|safe" in path.read_text() or "autoescape" in path.read_text()] == []
