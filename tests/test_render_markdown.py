"""The ticket's report: complete, and no value can become Markdown, HTML or a link."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from harinspect.render import as_markdown
from harinspect.report import model
from tests.report_fixtures import HOSTILE, denial, finding, full_report, report, rich_denial, source

MARKDOWN = MarkdownIt("commonmark")


def headings(text: str) -> list[str]:
    tokens = MARKDOWN.parse(text)
    return [after.content for token, after in pairwise(tokens) if token.type == "heading_open"]


def test_the_outline() -> None:
    outline = headings(as_markdown.render(report(denial())))
    assert outline == ["made.har", "Causes", "`#2 GET` 403", "The answer allows another origin", "Recording"]


def test_the_parts_of_a_full_report_are_told() -> None:
    told = as_markdown.render(full_report())
    for part in (
        "- Address: `https://api.example/items/2`",
        "- Refused by Wall (waf); in the path: Edge",
        "- `#2 response header access-control-allow-origin`: `https://www.example` (another host)",
        "**Administrator** (easy): Allow `https://app.example`.",
        "```\nadd_header A b always;\n",
        "Checked by simulation: the CORS check was run again.",
        "Tried by simulation, and left out: it stays.",
        "**Against #1, which passed**\n\n- `request header origin`: here `a`, there none",
        "- `auth.no-7`: It is fine.",
        "- `cookie.samesite`: Removed. Needs: the full export.",
        "\n403: it was understood and refused.\n",
        "- Repeat it. If this works, it was that. (easy)",
        "- Look again. If so, so. (medium) **Answered:** \\#1 looked again.",
        "**Step by step: User**\n\n- [x] Note it. \\#2 has it.\n- [ ] Ask.",
        "- Reloading fixes it. It stays.",
        "**Quality of this 403**\n\n- Good: The body says why.",
        "- To improve: The answer gives a path away. `/srv/'x` Leave it out.",
        "**To pass on to them**\n\n- Only they see the rule.\n\n```text\nHello\n```",
        "```sh\ncurl 'https://api.example/'\n```",
        "**The same holds for 16 more**",
        "No cause could be found in the file.",
        "It goes round in a loop.",
        "- 1 passed",
        "- `byte 17`: cut",
        "- Internal problem in `inspector x`: it raised",
        "**To ask the customer for**\n\n- Ask for it again.",
    ):
        assert part in told


def test_very_many_alike_are_counted() -> None:
    told = as_markdown.render(report(*(denial(index) for index in range(40))))
    assert "- and 19 more" in told


def test_an_empty_report_has_no_causes() -> None:
    assert headings(as_markdown.render(report())) == ["made.har", "Recording"]


@given(st.text(max_size=80) | st.just(HOSTILE) | st.text(alphabet="`\n<>[]()#*_-! a", max_size=60))
def test_no_value_becomes_structure_link_or_html(value: str) -> None:
    evidence = model.Evidence(exchange=1, part="request.header", name=value, value=value, note=value)
    row = denial(url=value, method=value, findings=(finding(why=f"x {value}", evidence=(evidence,)),))
    told = as_markdown.render(report(row, source=source(name=f"n{value}", browser=f"b{value}")))
    tokens = MARKDOWN.parse(told)
    inline = [child for token in tokens for child in token.children or []]
    assert "html_block" not in {token.type for token in tokens}
    assert not {"html_inline", "link_open", "image"} & {token.type for token in inline}
    assert len(headings(told)) == 5


def test_a_rich_denial_alone_is_told_without_others() -> None:
    assert "The same holds" not in as_markdown.render(report(rich_denial()))
