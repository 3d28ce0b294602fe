"""Header fields: case, repetition, and the difference between absent and withheld."""

from copy import copy

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harinspect.wire.headers import ABSENT, EVERYTHING, WITHHELD, Headers

FIELDS = st.lists(st.tuples(st.text(min_size=1), st.text()))


@pytest.fixture
def headers() -> Headers:
    return Headers([("Accept", "*/*"), ("VIA", "a"), ("via", "b")], withheld={"cookie"})


@pytest.mark.parametrize("name", ["accept", "Accept", "ACCEPT"])
def test_names_are_case_insensitive(headers, name):
    assert headers.get(name) == "*/*"
    assert name in headers


def test_repeated_fields_are_joined_in_order(headers):
    assert headers.get("Via") == "a, b"
    assert headers.all("Via") == ("a", "b")
    assert headers.text("via") == "a, b"


def test_a_field_that_is_not_listed_is_absent(headers):
    assert headers.get("origin") is ABSENT
    assert headers.all("origin") == ()
    assert "origin" not in headers


def test_a_field_that_the_file_keeps_silent_about_is_withheld(headers):
    assert headers.get("Cookie") is WITHHELD
    assert headers.missing("COOKIE") is WITHHELD
    assert "cookie" not in headers


def test_a_listed_field_is_told_even_if_its_name_is_withheld():
    assert Headers([("Cookie", "a=1")], withheld={"cookie"}).get("cookie") == "a=1"


def test_an_empty_value_is_a_value():
    headers = Headers([("Origin", "")])
    assert headers.get("origin") == ""
    assert headers.text("origin", "none") == ""


def test_everything_withheld_leaves_no_name_absent():
    headers = Headers([("Accept", "*/*")], withheld=EVERYTHING)
    assert headers.get("x-anything") is WITHHELD
    assert headers.get("accept") == "*/*"


def test_text_treats_absent_and_withheld_alike(headers):
    assert headers.text("cookie") == headers.text("origin") == ""
    assert headers.text("origin", "none") == "none"


def test_withholding_adds_names_and_leaves_the_original_alone(headers):
    more = headers.withholding({"authorization"})
    assert more.get("authorization") is WITHHELD
    assert more.get("cookie") is WITHHELD
    assert list(more) == list(headers)
    assert headers.get("authorization") is ABSENT


def test_a_name_that_is_no_text_is_not_in_there(headers):
    assert 1 not in headers


def test_it_iterates_and_counts_the_fields_as_they_came(headers):
    assert list(headers) == [("Accept", "*/*"), ("VIA", "a"), ("via", "b")]
    assert len(headers) == 3
    assert headers.names() == {"accept", "via"}


def test_equality_is_by_fields_and_silence():
    one = Headers([("A", "1")])
    assert one == Headers([("A", "1")])
    assert hash(one) == hash(Headers([("A", "1")]))
    assert one != Headers([("A", "1")], withheld={"cookie"})
    assert one != Headers([("a", "1")])
    assert one != [("A", "1")]


def test_it_shows_itself(headers):
    assert repr(headers) == "Headers([('Accept', '*/*'), ('VIA', 'a'), ('via', 'b')], withheld=['cookie'])"


@given(FIELDS)
def test_every_field_that_went_in_can_be_read(pairs):
    headers = Headers(pairs)
    assert sum(len(headers.all(name)) for name in headers.names()) == len(headers) == len(pairs)
    assert all(value in headers.all(name) for name, value in pairs)
    assert all(isinstance(headers.get(name), str) for name in headers.names())


def test_messages_with_the_same_names_keep_their_own_values() -> None:
    one, other = Headers([("Accept", "*/*"), ("Via", "a")]), Headers([("Accept", "text/html"), ("Via", "b")])
    assert (one.text("accept"), other.text("accept")) == ("*/*", "text/html")
    assert (one.all("via"), other.all("via")) == (("a",), ("b",))
    assert copy(one) == one


def test_more_names_than_are_remembered():
    many = Headers([(f"X-Name-{number}", str(number)) for number in range(5000)])
    assert many.get("x-name-4999") == "4999"
    assert many.get("X-NAME-0") == "0"
