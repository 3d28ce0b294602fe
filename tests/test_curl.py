"""The command that repeats a request: complete, masked, and safe to paste into a shell."""

from __future__ import annotations

import shlex

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from harinspect.redaction.reports import ReportRedactor
from harinspect.render import as_curl
from harinspect.report.curl import curl, curl_of
from harinspect.report.exchanges import exchange_part
from harinspect.report.model import Exchange, Report
from tests.page_fixtures import clear_report, full_report
from tests.report_fixtures import HOSTILE, exchange

CANARY = "q8W7e6R5t4Z3u2"


def arguments(command: str) -> list[str]:
    return shlex.split(command)


def test_curl_repeats_the_request() -> None:
    sent = exchange(
        3,
        f"https://api.example/x?token={CANARY}&y=1",
        method="POST",
        sent=(
            ("Host", "api.example"),
            (":path", "/x"),
            ("Cookie", f"sid={CANARY}"),
            ("Authorization", f"Bearer {CANARY}"),
            ("X-Empty", ""),
            ("sec-ch-ua", "x"),
        ),
        posted=f"password={CANARY}&it's=1",
    )
    assert CANARY not in curl(sent, ReportRedactor())
    words = arguments(curl(sent, ReportRedactor()))
    assert words[:4] == ["curl", "--include", "--request", "POST"]
    assert words[4].startswith("https://api.example/x?token=‹token:")
    headers = [words[n + 1] for n, word in enumerate(words) if word == "--header"]
    assert [header.partition(":")[0] for header in headers] == ["Cookie", "Authorization", "X-Empty;"]
    assert words[-2] == "--data-raw"
    assert words[-1].endswith("&it's=1")


@pytest.mark.parametrize(
    ("method", "words"),
    [("GET", []), ("HEAD", ["--head"]), ("PUT", ["--request", "PUT"]), ("B AD", []), ("", [])],
)
def test_the_method_is_told_where_it_must_be(method: str, words: list[str]) -> None:
    assert arguments(curl(exchange(method=method), ReportRedactor())) == [
        "curl",
        "--include",
        *words,
        "https://app.example/",
    ]


def test_brackets_in_an_address_are_not_for_curl_to_expand() -> None:
    assert "--globoff" in arguments(curl(exchange(url="https://a.example/?x[]=1"), ReportRedactor()))


@given(st.text(max_size=60) | st.just(HOSTILE), st.text(max_size=20))
def test_whatever_the_traffic_says_it_stays_one_word_of_the_shell(value: str, name: str) -> None:
    hostile = exchange(
        url=f"https://a.example/{value}", method=value, sent=((name, value),), posted=f"{value}'; rm -rf /"
    )
    words = arguments(curl(hostile, ReportRedactor()))
    assert words[:2] == ["curl", "--include"]
    options = {word for word in words[2:] if word.startswith("-")}
    assert options <= {"--globoff", "--request", "--head", "--header", "--data-raw"} | {
        value,
        words[-1],
        *_values(words),
    }
    assert not any(word.startswith("@") for word in _values(words))


def _values(words: list[str]) -> list[str]:
    return [words[n + 1] for n, word in enumerate(words[:-1]) if word in ("--header", "--request")]


def test_what_the_report_shows_gives_the_same_command() -> None:
    sent = exchange(
        3, f"https://api.example/x?token={CANARY}", method="PUT", sent=(("X-Empty", ""),), posted=f"key={CANARY}"
    )
    redactor = ReportRedactor()
    assert curl_of(exchange_part(sent, redactor)) == curl(sent, redactor)
    assert curl_of(exchange_part(exchange(url="about:blank"), redactor)) == ""


def test_all_commands_of_a_report_in_one_file() -> None:
    report = full_report()
    first, *rest = as_curl.render(report).split("\n\n")
    assert first.startswith("# customer-4711.har: the refused requests.")
    assert len(rest) == sum(1 for denial in report.denials if curl_of(_shown(report, denial.exchange)))
    for text in rest:
        comment, _, command = text.partition("\n")
        assert comment.startswith("# ")
        assert arguments(command)[0] == "curl"


def test_no_title_or_name_leaves_its_comment() -> None:
    report = clear_report()
    named = msgspec.structs.replace(report, source=msgspec.structs.replace(report.source, name="a\nrm -rf b\r\u2028c"))
    assert [line for line in as_curl.render(named).splitlines() if line and not line.startswith("# ")] == []


def _shown(report: Report, index: int) -> Exchange:
    return next(shown for shown in report.exchanges if shown.exchange == index)
