"""The command that repeats a request: complete, masked, and safe to paste into a shell."""

from __future__ import annotations

import shlex

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harinspect.redaction.reports import ReportRedactor
from harinspect.report.curl import curl
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
