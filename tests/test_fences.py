"""Values that try to break out of a line, a code span, a code block or a terminal."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from harinspect.report.fences import code_block, code_span, escaped, one_line, printable, prose

MARKDOWN = MarkdownIt("commonmark")
NASTY = st.text(alphabet=st.sampled_from("ab `*_[]()<>&#\\!|~-+=1.\n\r\t\x1b\x07;:/@{}"), max_size=60) | st.text(
    max_size=60
)


@pytest.mark.parametrize(
    ("hostile", "left"),
    [
        ("\x1b[31mred\x1b[0m", "red"),
        ("\x1b]0;owned\x07safe", "safe"),
        ("\x1b]8;;https://evil.example\x1b\\link\x1b]8;;\x1b\\", "link"),
        ("\x9b31mred", "red"),
        ("a\x08b\x7fc\x00", "abc"),
        ("a\u202eb\u2066c\ufeff", "abc"),
        ("tab\tand\nline", "tab\tand\nline"),
        ("\x1b", ""),
        ("two\nlines", "two\nlines"),
        ("two\n\x1b[31mlines\n", "two\nlines\n"),
    ],
)
def test_terminal_sequences_and_controls_are_taken_out(hostile: str, left: str) -> None:
    assert printable(hostile) == left


def test_one_line_folds_white_space_and_cuts() -> None:
    assert one_line(" a \r\n\t b\u2028c ") == "a bc"
    assert one_line("abcdef", 4) == "abc…"
    assert one_line("abcd", 4) == "abcd"


@given(NASTY)
def test_a_code_span_holds_its_text_and_nothing_else(text: str) -> None:
    shown = code_span(text)
    tokens = MARKDOWN.parseInline(f"x {shown} y")[0].children or []
    line = one_line(text)
    if not line:
        assert shown == ""
        return
    assert [token.content for token in tokens if token.type == "code_inline"] == [line]
    assert {token.type for token in tokens} == {"text", "code_inline"}


@given(NASTY)
def test_a_code_block_holds_its_text_and_nothing_else(text: str) -> None:
    tokens = MARKDOWN.parse(f"before\n\n{code_block(text, 'sh')}\n\nafter\n")
    assert [token.type for token in tokens].count("fence") == 1
    assert [token.content for token in tokens if token.type == "inline"] == ["before", "after"]


@given(NASTY)
def test_escaped_text_is_only_text(text: str) -> None:
    tokens = MARKDOWN.parse(escaped(text))
    inline = [child for token in tokens for child in token.children or []]
    assert {token.type for token in tokens} <= {"paragraph_open", "inline", "paragraph_close"}
    assert {token.type for token in inline} <= {"text", "text_special"}
    assert "".join(token.content for token in inline) == one_line(text).strip()


@given(NASTY)
def test_prose_has_code_spans_and_text_only(text: str) -> None:
    tokens = MARKDOWN.parse(f"x{prose(text)}")
    inline = [child for token in tokens for child in token.children or []]
    assert {token.type for token in inline} <= {"text", "text_special", "code_inline"}


@pytest.mark.parametrize("text", ["1) a", "12. b", "- c", "# d", "=", "+ e"])
def test_escaped_text_begins_no_list_or_heading(text: str) -> None:
    assert [token.type for token in MARKDOWN.parse(escaped(text))] == ["paragraph_open", "inline", "paragraph_close"]


def test_prose_keeps_the_code_spans_of_a_rule() -> None:
    assert prose("Send `Vary: Origin` with *it*.") == "Send `Vary: Origin` with \\*it\\*."
