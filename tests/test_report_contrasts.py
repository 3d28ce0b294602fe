"""A refusal beside what passed, as the report shows it: short, in order, and without any secret."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec
import pytest
from msgspec.structs import replace

from harinspect.diagnosis import Diagnosis
from harinspect.har.model import Exchange, PostData
from harinspect.inspecting import Basis, Rule
from harinspect.redaction.reports import ReportRedactor
from harinspect.render import as_markdown, as_text, contrasts
from harinspect.report import model
from harinspect.report.build import build
from harinspect.report.contrasts import LONGEST, ROWS, contrast_part
from harinspect.report.denials import denial_part
from harinspect.traffic.contrast import contrast
from tests.builders import denial, exchange, traffic
from tests.report_fixtures import denial as made
from tests.report_fixtures import report

URL = "https://api.example/items"
CANARY = "Zx81CanaryQ7dR5kT2mB9"
ELSE = "Wy52OtherbirdH3nV8pL4s"


def shown(here: Exchange, there: Exchange) -> model.Contrast | None:
    return contrast_part(contrast(denial(here, there)), ReportRedactor())


def rows(sent: Mapping[str, str], others: Mapping[str, str], query: str = "", its: str = "") -> list[tuple[str, ...]]:
    found = shown(exchange(10, URL + query, 403, sent=sent), exchange(9, URL + its, sent=others))
    assert found is not None
    return [(row.part, row.name, row.here, row.there) for row in found.differences]


def test_absent_is_empty_and_empty_is_told() -> None:
    found = rows({"X-Tenant": ""}, {"Origin": "https://api.example"})
    assert found[0] == ("request.header", "origin", "", "https://api.example")
    assert found[1] == ("request.header", "x-tenant", "(empty)", "")


@pytest.mark.parametrize(
    ("at", "told"),
    [
        (9.5, "500 ms earlier"),
        (0, "10 s earlier"),
        (12.5, "2.5 s later"),
        (-170, "3 min earlier"),
        (7210, "2 h later"),
        (86_410, "1 day later"),
    ],
)
def test_the_time_comes_last(at: float, told: str) -> None:
    found = shown(exchange(10, URL, 403), exchange(9, URL, at=at, sent={"X-A": "1"}))
    assert found is not None
    assert found.differences[-1] == model.Difference(
        part="timing", name="", here="2026-03-02T09:00:10.000Z", there=told
    )


@pytest.mark.parametrize(("index", "told"), [(9, "0 ms earlier"), (11, "0 ms later")])
def test_at_the_same_moment_the_place_in_the_file_decides(index: int, told: str) -> None:
    found = shown(exchange(10, URL, 403), exchange(index, URL, at=10))
    assert found is not None
    assert found.differences[-1].there == told


def test_undated_requests_have_no_time() -> None:
    there = replace(exchange(9, URL, sent={"X-A": "1"}), started=None)
    found = shown(exchange(10, URL, 403), there)
    assert found is not None
    assert [row.name for row in found.differences] == ["x-a"]
    assert shown(exchange(10, URL, 403), replace(exchange(9, URL), started=None)) is None


def test_that_only_the_time_differs_is_said_where_nothing_is_withheld() -> None:
    here, there = exchange(10, URL, 403), exchange(9, URL)
    found = shown(here, there)
    assert found is not None
    assert [row.part for row in found.differences] == ["timing"]
    silent = replace(here.request, headers=here.request.headers.withholding({"cookie"}))
    assert shown(replace(here, request=silent), there) is None


def test_there_is_none_where_nothing_passed() -> None:
    assert contrast_part(None, ReportRedactor()) is None


def test_rows_and_values_are_bounded() -> None:
    many = {f"X-{n}": "y z " * LONGEST for n in range(20)}
    found = rows({}, many)
    assert len(found) == ROWS
    assert {len(row[3]) for row in found[:-1]} == {LONGEST + 1}


def test_another_record_is_shown_by_its_address() -> None:
    found = shown(exchange(10, URL + "/12?a=1", 403), exchange(9, URL + "/11?a=1"))
    assert found is not None
    assert found.differences[0] == model.Difference(part="request.url", name="", here=URL + "/12", there=URL + "/11")


def test_a_parameter_may_hold_anything() -> None:
    found = rows({}, {}, "?next=%2Fa%3Fb%3Dc%26d", "?next=x%20y")
    assert found[0] == ("request.url", "next", "/a%3Fb%3Dc%26d", "x y")


SECRET_PLACES = [
    ({"Authorization": f"Bearer {CANARY}"}, {"Authorization": f"Bearer {ELSE}"}, "", ""),
    ({"Cookie": f"sid={CANARY}"}, {"Cookie": f"sid={ELSE}"}, "", ""),
    ({"X-Api-Key": CANARY}, {"X-Api-Key": ELSE}, "", ""),
    ({"X-CSRF-Token": CANARY}, {"X-CSRF-Token": ELSE}, "", ""),
    ({"Referer": f"https://a.example/?token={CANARY}"}, {"Referer": f"https://b.example/?token={ELSE}"}, "", ""),
    ({}, {}, f"?access_token={CANARY}", f"?access_token={ELSE}"),
    ({}, {}, f"?next=https://a.example/?code%3D{CANARY}", f"?next=https://a.example/?code%3D{ELSE}"),
    ({}, {}, f"/reset/{CANARY}", f"/reset/{ELSE}"),
]


@pytest.mark.parametrize(("here", "there", "query", "its"), SECRET_PLACES)
def test_no_secret_is_in_it(here: dict[str, str], there: dict[str, str], query: str, its: str) -> None:
    found = rows(here, there, query, its)
    told = str(found)
    assert (CANARY in told, ELSE in told) == (False, False)
    assert len(found) > 1
    assert found[0][2] != found[0][3], "different values have different marks"


@pytest.mark.parametrize("mime_type", ["application/json", "application/x-www-form-urlencoded"])
def test_no_secret_of_a_body_is_in_it(mime_type: str) -> None:
    def posting(about: Exchange, token: str) -> Exchange:
        text = f'{{"csrf_token":"{token}","{token}":1}}' if "json" in mime_type else f"csrf_token={token}&{token}=1"
        post = PostData(mime_type, text)
        return replace(about, request=replace(about.request, method="POST", post_data=post))

    found = shown(posting(exchange(10, URL, 403), CANARY), posting(exchange(9, URL), ELSE))
    told = msgspec.json.encode(found).decode()
    assert (CANARY in told, ELSE in told) == (False, False)
    assert {row.name for row in found.differences if row.part == "request.body"} >= {"csrf_token"} if found else False


def test_the_report_shows_the_request_that_passed() -> None:
    here, there = exchange(10, URL, 403), exchange(9, URL, sent={"Authorization": f"Bearer {CANARY}"})
    about = denial(here, there)
    told = build(traffic(here, there), [Diagnosis(about, (), contrast=contrast(about))], "0")
    assert told.denials[0].contrast is not None
    assert told.denials[0].contrast.exchange == 9
    assert [e.exchange for e in told.exchanges] == [9, 10]
    assert CANARY not in msgspec.json.encode(told).decode()


def against(*differences: tuple[str, str, str, str]) -> model.Contrast:
    names = ("part", "name", "here", "there")
    return model.Contrast(
        exchange=1, differences=tuple(model.Difference(**dict(zip(names, row, strict=True))) for row in differences)
    )


PAGE = ("request.url", "page", "1", "2")
TIME = ("timing", "", "2026-03-02T09:00:10.000Z", "2 s earlier")


@pytest.mark.parametrize(
    ("cause", "basis", "is_shown"),
    [
        ("auth.role-denied", Basis.STATED, False),
        ("auth.role-denied", Basis.CIRCUMSTANCE, True),
        ("server.method-denied", Basis.STATED, True),
    ],
)
def test_another_method_shows_nothing_more_where_the_cause_is_certain(cause: str, basis: Basis, is_shown: bool) -> None:
    about = denial(exchange(10, URL, 403, method="PUT"), exchange(9, URL))
    told = Rule("made.up", cause, "A title", "A reason.", "unknown", ())
    diagnosis = Diagnosis(about, (told.found(basis),), contrast=contrast(about))
    assert (denial_part(diagnosis, ReportRedactor()).contrast is not None) == is_shown


def test_text_and_markdown_tell_when_it_passed_and_what_differs() -> None:
    told = report(made(contrast=against(("request.cookie", "sid", "", "a"), ("server_ip", "", "b", "c"), PAGE, TIME)))
    text = as_text.render(told, width=200)
    assert (
        "Against #1, which passed 2 s earlier:\n    cookie sid: here (none), there a\n"
        "    server address: here b, there c\n"
        "    parameter page: here 1, there 2\n" in text
    )
    assert "**Against #1, which passed 2 s earlier**\n\n- `cookie sid`: here none, there `a`\n" in as_markdown.render(
        told
    )


def test_text_and_markdown_tell_that_only_the_time_differs() -> None:
    told = report(made(contrast=against(TIME)))
    said = f"Against #1, which passed 2 s earlier: {contrasts.ONLY_TIME}"
    assert f"{said}.\n" in as_text.render(told, width=200)
    assert f"**{said}**\n" in as_markdown.render(told)
