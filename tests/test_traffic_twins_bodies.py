"""The bodies of a refused call and of its twin."""

from __future__ import annotations

import json

import pytest
from msgspec.structs import replace

from harinspect.har.model import Exchange, PostData
from harinspect.traffic.contrast import contrast
from harinspect.traffic.request_parts import LARGEST
from harinspect.wire.headers import ABSENT, Missing
from tests.builders import denial, exchange

URL = "https://api.example/users/1337"
Row = tuple[str, str, str | Missing, str | Missing]


def refused() -> Exchange:
    return exchange(10, URL, 403)


def rows(about: Exchange, *others: Exchange) -> list[Row]:
    found = contrast(denial(about, *others))
    assert found is not None
    return [(d.part, d.name, d.here, d.there) for d in found.differences]


def posting(about: Exchange, text: str | None, mime_type: str = "application/json", **more: object) -> Exchange:
    post = PostData(mime_type, text, **more)  # type: ignore[arg-type]
    return replace(about, request=replace(about.request, method="POST", post_data=post))


@pytest.mark.parametrize(
    ("here", "there", "mime_type", "row"),
    [
        ('{"a":1,"b":2}', '{"a":1,"c":2}', "application/json", ("fields", "b", "c")),
        ("a=1&b=2", "a=1", "application/x-www-form-urlencoded", ("fields", "b", ABSENT)),
        ('name="a"', 'name="a" name="b"', "multipart/form-data", ("fields", ABSENT, "b")),
        ('{"a":1}', '{"a":22}', "application/json", ("content", "7 characters", "8 characters")),
        ("plain", "[1]", "text/plain", ("content", "5 characters", "3 characters")),
        ('{"broken', '{"a":1}', "application/json", ("fields", ABSENT, "a")),
        (
            '{"operationName":"Save","q":"1"}',
            '{"operationName":"Load","q":"1"}',
            "application/json",
            ("operation", "Save", "Load"),
        ),
        (
            '{"jsonrpc":"2.0","method":"a.b"}',
            '{"jsonrpc":"2.0","method":"a.c"}',
            "application/json",
            ("operation", "a.b", "a.c"),
        ),
    ],
)
def test_bodies_differ_in_their_fields_and_in_how_much_they_hold(
    here: str, there: str, mime_type: str, row: tuple[str, str | Missing, str | Missing]
) -> None:
    found = rows(posting(refused(), here, mime_type), posting(exchange(9, URL), there, mime_type))
    assert found[0] == ("request.body", *row)


def test_a_token_in_the_body_differs_by_its_field() -> None:
    form = "application/x-www-form-urlencoded"
    here, there = posting(refused(), "a=1&_token=x", form), posting(exchange(9, URL), "a=1&_token=y", form)
    assert rows(here, there)[0] == ("request.body", "_token", "x", "y")


def test_fields_that_an_exporter_lists_count_too() -> None:
    here = posting(refused(), None, "multipart/form-data", params=(("a", "1"), ("csrf", "x")))
    there = posting(exchange(9, URL), None, "multipart/form-data", params=(("a", "1"),))
    assert {row[1]: row[2] for row in rows(here, there)} == {"csrf": "x", "fields": "csrf"}


def test_the_marks_between_the_parts_of_a_form_are_no_difference() -> None:
    pair = [
        posting(e, f'--{b}\nname="a"\n--{b}--', f"multipart/form-data; boundary={b}")
        for e, b in ((refused(), "one"), (exchange(9, URL), "another"))
    ]
    assert rows(*pair) == []


def test_the_fields_of_a_large_body_are_not_read() -> None:
    text = json.dumps({"a": "x" * LARGEST})
    found = rows(posting(refused(), text), posting(exchange(9, URL), text.replace('"a"', '"b"')))
    assert [row[1] for row in found] == ["content"]
