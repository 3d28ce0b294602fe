"""The terminal's report: order, width, grouping, and nothing from the traffic that steers the terminal."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harinspect.render import as_text
from harinspect.report import model
from tests.report_fixtures import HOSTILE, denial, finding, full_report, report, rich_denial, source

ANSI = re.compile(r"\x1b\[[0-9;]*m")


def test_what_was_refused_comes_first_then_causes_then_requests() -> None:
    told = as_text.render(full_report())
    places = [
        told.index(part) for part in ("were answered 403", "CAUSES", "REFUSED REQUESTS", "REDIRECTS", "RECORDING")
    ]
    assert places == sorted(places)
    assert told.startswith("made.har: 20 requests were answered 403")
    assert told.rstrip().endswith("harinspect serve")


def test_evidence_names_exchange_part_name_and_value() -> None:
    told = as_text.render(report(denial()))
    assert "| #2 response header access-control-allow-origin: https://www.example" in told
    assert "(another host)" in told
    assert "| #2 server ip\n" in told


def test_a_finding_tells_confidence_who_acts_and_fixes_by_reader() -> None:
    told = " ".join(as_text.render(report(denial())).split())
    assert "certain (the standards leave no other reading); acts: whoever configures the server;" in told
    assert "Administrator (easy): Allow `https://app.example`. nginx: add_header A b always;" in told
    assert "User (hard): Wait for the change." in told


def test_the_parts_of_a_full_denial_are_told() -> None:
    told = " ".join(as_text.render(report(rich_denial())).split())
    for part in (
        "refused by Wall (waf); in the path: Edge; 2026-11-21T03:08:53.123Z",
        "Checked by simulation: the CORS check was run again.",
        "Tried by simulation, and left out: it stays.",
        "Against #1, which passed: request header origin: here a, there (none)",
        "Ruled out: - auth.no-0: It is fine.",
        "and 2 more",
        "Cannot tell: - cookie.samesite: Removed. Needs: the full export.",
        "403: it was understood and refused.",
        "Next checks: 1. Repeat it. If this works, it was that. 2. [answered] Look again. #1 looked again.",
        "Often believed: Reloading fixes it. It stays.",
        "For the server's owner: The answer gives a path away.",
    ):
        assert part in told


def test_snippets_are_shown_for_the_first_finding_only() -> None:
    assert as_text.render(report(rich_denial())).count("add_header A b always;") == 1


def test_code_for_more_than_two_stacks_is_named_only() -> None:
    code = tuple(model.Snippet(stack=f"stack{n}", code=f"code of {n}") for n in range(4))
    fix = model.Fix(audience="admin", effort="easy", text="Change it.", snippets=code)
    told = as_text.render(report(denial(findings=(finding(fixes=(fix,)),))))
    assert "code of 1" in told
    assert "code of 2" not in told
    assert "Also for stack2, stack3: in the other formats." in told


def test_code_is_not_folded() -> None:
    long = '    add_header Access-Control-Allow-Origin "https://a.rather.long.name.shop.example" always;'
    code = (model.Snippet(stack="nginx", code=f"server {{\n{long}\n}}"),)
    fix = model.Fix(audience="admin", effort="easy", text="Change it.", snippets=code)
    told = as_text.render(report(denial(findings=(finding(fixes=(fix,)),))), width=60)
    assert f"        server {{\n        {long}\n        }}" in told


def test_the_same_answer_over_many_requests_is_told_once() -> None:
    told = as_text.render(report(*(denial(index) for index in range(1, 31))))
    assert told.count("> The answer allows another origin") == 1
    assert "The same holds for 29 more:" in told
    assert "#2 403 GET https://api.example/items/2" in told
    assert "#30" in told


def test_a_preflight_and_its_request_with_one_answer_are_one() -> None:
    pair = [denial(1, kind="blocked", status=0), denial(2, kind="blocked", status=400)]
    told = as_text.render(report(*pair, denial(3, findings=()), denial(4, findings=(), status=401)))
    assert told.count("> The answer allows another origin") == 1
    assert told.count("No cause could be found") == 2


def test_a_refused_preflight_and_the_request_that_it_stopped_are_one_story() -> None:
    told = (finding(rule="preflight.status", cause="cors.preflight-status", title="The preflight failed"),)
    pair = [denial(1, kind="blocked", status=0, layer="browser", findings=told), denial(2, findings=told)]
    assert as_text.render(report(*pair)).count("> The preflight failed") == 1


def test_a_denial_without_findings_says_so() -> None:
    told = as_text.render(report(denial(findings=(), kind="blocked", status=0, layer="browser")))
    assert "No cause could be found in the file." in told
    assert "#2 blocked, no answer GET" in told


def test_an_empty_report_is_short_and_clear() -> None:
    told = as_text.render(report(source=source(advice=("Ask again.",))))
    assert told.startswith("made.har: nothing was refused.\n")
    assert "CAUSES" not in told
    assert "1. Ask again." in told


def test_a_chain_that_ends_and_preflights_that_all_failed() -> None:
    full = full_report()
    chain = model.RedirectChain(hops=full.redirect_chains[0].hops, loop=False)
    told = as_text.render(report(redirect_chains=(chain,), preflights=full.preflights[:1]))
    assert "loop" not in told
    assert "passed." not in told


def test_few_others_are_all_listed() -> None:
    told = as_text.render(report(denial(1), denial(2)))
    assert "The same holds for 1 more:\n    #2 403 GET https://api.example/items/2\n" in told


def test_without_a_sentence_the_refused_are_counted() -> None:
    assert as_text.render(report(denial(findings=()))).startswith("made.har: 1 refused requests.")


def test_failed_preflights_and_chains_are_compact() -> None:
    told = " ".join(as_text.render(full_report()).split())
    assert "#0 307 internal http://app.example/ [loses referer] -> #1 no answer https://app.example/" in told
    assert "goes round in a loop" in told
    assert "#5 for #4: PreflightMissingAllowOriginHeader; asked PUT with x-a, x-b; granted nothing" in told
    assert "1 passed." in told


@pytest.mark.parametrize("width", [40, 60, 80, 120])
def test_no_line_is_wider_than_asked(width: int) -> None:
    long = "https://api.example/" + "x" * 300
    told = as_text.render(report(denial(url=long, findings=(finding(why="word " * 80),)), rich_denial()), width=width)
    assert max(map(len, told.splitlines())) <= width
    assert told == "".join(line.rstrip() + "\n" for line in told.splitlines())


def test_without_colour_there_is_no_escape_and_with_it_the_words_are_the_same() -> None:
    plain, coloured = (as_text.render(full_report(), color=color) for color in (False, True))
    assert "\x1b" not in plain
    assert ANSI.search(coloured)
    assert ANSI.sub("", coloured).split() == plain.split()


@given(st.text(max_size=80) | st.just(HOSTILE))
def test_values_never_steer_the_terminal(value: str) -> None:
    row = denial(url=value, method=value, findings=(finding(title=value, why=value),))
    told = as_text.render(report(row, source=source(name=value, browser=value)), color=True)
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e]", ANSI.sub("", told))
    assert "\x1b[31m" not in told


def test_markup_in_values_stays_text() -> None:
    assert "[bold]markup[/bold]" in as_text.render(report(denial(url=HOSTILE)), width=200)
