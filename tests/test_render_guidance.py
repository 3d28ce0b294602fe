"""What the stand-alone page says of meaning, checks, steps and myths."""

from __future__ import annotations

import re
from html import unescape

import pytest

from harinspect.render import as_html
from harinspect.render.words import READ_ON
from tests.report_fixtures import HOSTILE, denial, report, rich_denial


def words(text: str) -> str:
    body = text.partition("</style>")[2]
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", body)).split())


def test_open_and_answered_checks_stand_apart() -> None:
    told = words(as_html.render(report(rich_denial())))
    assert "Checks to make next Repeat it. Quick If this works, it was that." in told
    assert "Checks that the recording answers Look again. #1 looked again. If so, so." in told


def test_steps_say_how_many_the_recording_shows() -> None:
    told = words(as_html.render(report(rich_denial())))
    assert "Step by step At the browser 2 steps, 1 shown by the recording Note it. #2 has it. Ask." in told


def test_a_myth_and_its_rebuttal_are_told() -> None:
    assert "Reloading fixes it. It stays." in words(as_html.render(report(rich_denial())))


@pytest.mark.parametrize("status", READ_ON)
def test_the_meaning_comes_with_who_defines_the_status(status: int) -> None:
    page = as_html.render(report(denial(status=status, meaning="It means something.")))
    assert f"It means something. Read on: {READ_ON[status][0][0]}" in words(page)
    assert all(f'href="{href}"' in page and href.startswith("https://") for _, href in READ_ON[status])


def test_a_status_that_nobody_defines_has_no_links() -> None:
    assert "Read on" not in as_html.render(report(denial(status=419, meaning="It means something.")))


def test_nothing_is_said_where_there_is_nothing() -> None:
    told = words(as_html.render(report(denial())))
    for heading in ("Checks to make next", "Checks that the recording answers", "Step by step", "often believed"):
        assert heading not in told


def test_what_is_said_cannot_leave_its_place() -> None:
    page = as_html.render(report(denial(meaning=HOSTILE)))
    assert "<img" not in page
