"""Payloads in every field of a recording stay text: on the pages, in the file to share, terminal, ticket and JSON."""

from __future__ import annotations

import json
import re
from collections import Counter
from functools import cache
from html.parser import HTMLParser

import jsonschema
import pytest
from markdown_it import MarkdownIt

from harinspect.render import as_html, as_json, as_markdown, as_sarif, as_text, shipped_folder
from harinspect.render.anchors import Served
from harinspect.render.environment import environment, visible
from harinspect.render.views import ReportView
from harinspect.report.model import Report
from tests import hostile
from tests.sarif_checks import check

TEMPLATES = "\n".join(path.read_text(encoding="utf-8") for path in shipped_folder("templates").rglob("*.html"))
OURS = {name.lower() for name in re.findall(r"<([A-Za-z][\w-]*)", TEMPLATES)} | {"code", "p"}
ATTRIBUTES = {name.lower() for name in re.findall(r"[\s}]([a-z][\w:-]*)(?==\"|='|[\s>{])", TEMPLATES)} | {
    "class",
    "hidden",
    "open",
}
FRAME = frozenset("html head body title meta link base style script form input iframe object embed template".split())
UNSEEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff]"
)
STEERS = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff]")
WHOLE = pytest.mark.parametrize("payload", hostile.PAYLOADS, ids=range(len(hostile.PAYLOADS)))


class Elements(HTMLParser):
    """Every element with its attributes."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


@cache
def report(payload: str) -> Report:
    return hostile.report(payload)


def amiss(text: str) -> list[str]:
    """What a page holds that no template of ours wrote."""
    found = Elements(text).found
    told = [tag for tag, _ in found if tag not in OURS]
    for tag, attributes in found:
        told += [f"{tag} {name}" for name in attributes if name.startswith("on") or name not in ATTRIBUTES]
        link = attributes.get("href") or attributes.get("src") or attributes.get("action") or "#"
        told += [f"{tag} to {link}"] * (not link.startswith(("#", "/", "https://")) or "pwned" in link)
    return told + UNSEEN.findall(text)


def frame(text: str) -> Counter[str]:
    """The elements whose number does not hang on what a recording says."""
    return Counter(tag for tag, _ in Elements(text).found if tag in FRAME)


@cache
def served(payload: str) -> list[str]:
    """The report's page, every exchange's and every denial's."""
    view = ReportView(report(payload))
    names = {"view": view, "links": Served("r"), "shell": "shell.html"}
    make = environment().get_template
    return [
        make("report.html").render(names),
        *(make("exchange.html").render(names, shown=view.exchange(index)) for index in view.exchanges),
        *(make("denial.html").render(names, group=group, denial=group.leader) for group in view.groups),
    ]


@cache
def harmless() -> tuple[Counter[str], Counter[str]]:
    """The frames of the file to share and of the report's page where no text is hostile."""
    return frame(as_html.render(report("plain"))), frame(served("plain")[0])


def test_there_are_enough_payloads_and_they_reach_the_report() -> None:
    assert len(set(hostile.PAYLOADS)) >= 60
    told = as_json.render([report(hostile.PAYLOADS[0])]).decode()
    assert told.count("onerror=window.pwned=1") > 40
    assert len(report(hostile.PAYLOADS[0]).denials) >= 5


def test_the_check_itself_sees_what_is_amiss() -> None:
    assert amiss("<blink>") == ["blink"]
    assert frame("<script>1</script><p>") == {"script": 1}
    assert amiss("<b onclick=x>") == ["b onclick"]
    assert amiss("<a href='javascript:1'>") == ["a to javascript:1"]
    assert amiss("<p>a\u202eb") == ["\u202e"]
    assert amiss("<p class='x'>fine</p>") == []


@WHOLE
def test_the_file_to_share(payload: str) -> None:
    page = as_html.render(report(payload))
    assert amiss(page) == []
    assert frame(page) == harmless()[0]


@WHOLE
def test_the_served_pages(payload: str) -> None:
    pages = served(payload)
    assert len(pages) > 8
    assert [amiss(page) for page in pages] == [[] for _ in pages]
    assert frame(pages[0]) == harmless()[1]


@WHOLE
def test_the_terminal(payload: str) -> None:
    told = as_text.render(report(payload), width=80)
    assert STEERS.findall(told) == []
    assert re.sub("\x1b\\[[0-9;]*m", "", as_text.render(report(payload), width=80, color=True)) == told


@WHOLE
def test_the_ticket(payload: str) -> None:
    texts = [as_markdown.render(report(payload))]
    texts += [denial.escalation.markdown for denial in report(payload).denials if denial.escalation]
    for text in texts:
        inline = [child for token in MarkdownIt("commonmark").parse(text) for child in token.children or []]
        assert not {"html_inline", "link_open", "image"} & {token.type for token in inline}
        with_html, without = (
            MarkdownIt("commonmark", {"html": on}).enable("table").render(text) for on in (True, False)
        )
        assert with_html == without
        assert UNSEEN.findall(text) == []


@WHOLE
def test_json(payload: str) -> None:
    told = as_json.render([report(payload)]).decode()
    assert STEERS.findall(told) == []
    assert json.loads(told)["source"]["entries"] == 7


@WHOLE
def test_sarif(payload: str) -> None:
    told = as_sarif.render([report(payload)]).decode()
    assert STEERS.findall(told) == []
    check(json.loads(told))


@WHOLE
def test_what_is_sent_on(payload: str) -> None:
    sent_on = [denial.escalation for denial in report(payload).denials if denial.escalation]
    assert sent_on
    assert [UNSEEN.findall(told.text) for told in sent_on] == [[] for _ in sent_on]


def test_enormous_names_are_cut_where_they_would_drown_the_rest() -> None:
    made = hostile.report("n" * 60_000)
    assert len(as_text.render(made)) < 300_000
    assert len(as_markdown.render(made)) < 600_000
    assert amiss(as_html.render(made)) == []


def test_a_file_name_that_is_no_unicode(tmp_path) -> None:
    from harinspect.pipeline import analyse

    file = tmp_path / b"caf\xe9.har".decode("utf-8", "surrogateescape")
    file.write_bytes(hostile.har("x"))
    (made,) = analyse(file)
    assert made.source.name == "caf?.har"
    assert b"caf%3F.har" in as_sarif.render([made])
    assert json.loads(as_json.render([made]))["source"]["name"] == "caf?.har"


def test_what_a_template_puts_out_is_visible() -> None:
    assert visible("a\x00b\u202ec\ufeff\t\r\n") == "a\ufffdb\ufffdc\ufffd\t\r\n"
    assert visible(7) == 7
    page = environment().from_string("{{ x }}|{{ x|prose }}|{{ y }}").render(x="<\x1b>`\x07`", y="{{ x }}")
    assert page == "&lt;\ufffd&gt;`\ufffd`|&lt;\ufffd&gt;<code>\ufffd</code>|{{ x }}"


def test_schema_errors_are_seen() -> None:
    with pytest.raises(jsonschema.ValidationError):
        check({"version": "2.1.0"})
