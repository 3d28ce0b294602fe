"""One report knows its secrets: equal values have equal marks, and what was seen once is masked everywhere."""

from __future__ import annotations

import base64
import re

import pytest

from harinspect.redaction.marks import MARK
from harinspect.redaction.values import Redactor


@pytest.fixture
def redactor() -> Redactor:
    return Redactor()


def shape(text: str) -> str:
    """The text with every mark as its kind."""
    return MARK.sub(lambda found: f"<{found['kind']}>", text)


def test_a_secret_seen_once_is_masked_wherever_it_occurs(redactor: Redactor) -> None:
    redactor.learn(
        [("Cookie", "PHPSESSID=q8w7e6r5t4; lang=en-US; theme=dark; n=12345; t=1504447823; host=www.shop.example")]
    )
    told = redactor.text(
        "Session q8w7e6r5t4 of www.shop.example is dark, en-US, 12345, 1504447823; xq8w7e6r5t4x stays a word"
    )
    assert (
        shape(told)
        == "Session <cookie> of www.shop.example is dark, en-US, 12345, 1504447823; xq8w7e6r5t4x stays a word"
    )
    assert shape(redactor.url("/x/q8w7e6r5t4/y")) == "/x/<cookie>/y"
    assert shape(redactor.header("x-note", "for q8w7e6r5t4")) == "for <cookie>"


def test_a_long_secret_is_masked_within_a_word_and_in_its_decoded_form(redactor: Redactor) -> None:
    redactor.learn([("cookie", "connect.sid=s%3Aabc123def456ghi; b=aa/bb/cc11dd22")])
    assert (
        shape(redactor.text("<s:abc123def456ghi> xs%3Aabc123def456ghix aa\\/bb\\/cc11dd22"))
        == "<<cookie>> x<cookie>x <cookie>"
    )


def test_a_secret_seen_later_is_masked_in_what_was_asked_before(redactor: Redactor) -> None:
    assert redactor.text("id q8w7e6r5t4") == "id q8w7e6r5t4"
    redactor.learn([("X-Api-Key", "q8w7e6r5t4"), ("Accept", "text/html")])
    assert shape(redactor.text("id q8w7e6r5t4")) == "id <key>"


def test_name_and_password_of_basic_authentication_are_known_elsewhere(redactor: Redactor) -> None:
    redactor.learn([("authorization", "Basic " + base64.b64encode(b"alice77:correct-horse-1").decode())])
    assert shape(redactor.text("alice77 said correct-horse-1")) == "<password> said <password>"


def test_equal_values_have_equal_marks_everywhere(redactor: Redactor) -> None:
    cookie = redactor.header("cookie", "csrftoken=Ab12Cd34Ef56")
    header = redactor.header("x-csrftoken", "Ab12Cd34Ef56")
    form = redactor.text("csrfmiddlewaretoken=Ab12Cd34Ef56&x=1")
    assert len({found["digest"] for text in (cookie, header, form) for found in MARK.finditer(text)}) == 1


def test_one_value_makes_one_mark(redactor: Redactor) -> None:
    mark = redactor.value("cookie", "abcdef")
    assert re.fullmatch("‹cookie:1-7:[0-9a-f]{4}›", mark)
    assert redactor.value("token", mark) == mark
    assert redactor.value("token", "") == ""


def test_reports_share_nothing() -> None:
    assert len({Redactor().value("cookie", "abcdef") for _ in range(8)}) > 1


def test_what_looks_like_a_stand_in_harms_nothing(redactor: Redactor) -> None:
    assert redactor.text("‹~0› ‹~7›") == "‹~0› ‹~7›"


def test_texts_within_addresses_within_texts_end_somewhere(redactor: Redactor) -> None:
    told = redactor.text("https://a.example/?" * 300 + "token=abc123def")
    assert "abc123def" not in told


def test_the_cache_is_bounded(redactor: Redactor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("harinspect.redaction.values._CACHED_AT_MOST", 3)
    shown = [redactor.text(f"token=abc{number}") for number in range(9)]
    assert len(set(shown)) == 9


def test_the_known_secrets_are_bounded(redactor: Redactor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("harinspect.redaction.values._KNOWN_AT_MOST", 1)
    redactor.learn([("x-api-key", "first-key-1"), ("x-api-key", "second-key-2")])
    assert shape(redactor.text("first-key-1 second-key-2")) == "<key> second-key-2"
