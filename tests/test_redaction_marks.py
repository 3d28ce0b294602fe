"""The marks: classes of length, equality within a report and none across, readable fields of a JWT."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harinspect.redaction.marks import MARK, Marker, size_class
from tests.marks import details


@pytest.mark.parametrize(
    ("length", "shown"),
    [(1, "1-7"), (7, "1-7"), (8, "8-15"), (15, "8-15"), (16, "16-31"), (32, "32-63"), (63, "32-63"), (64, "64+")],
)
def test_a_length_is_told_as_a_class(length: int, shown: str) -> None:
    assert size_class(length) == shown


@given(st.text(min_size=1), st.sampled_from(["cookie", "token", "jwt"]))
def test_a_mark_has_its_form(value: str, kind: str) -> None:
    mark = Marker().mark(kind, value)
    found = MARK.fullmatch(mark)
    assert found is not None
    assert (found["kind"], found["size"]) == (kind, size_class(len(value)))


def test_equal_values_have_equal_digests_whatever_their_kind_and_encoding() -> None:
    marker = Marker()
    marks = [marker.mark("cookie", "a%3Db"), marker.mark("token", "a=b"), marker.mark("token", '"a=b"')]
    assert len({mark.rpartition(":")[2] for mark in marks}) == 1


def test_different_values_never_share_a_digest() -> None:
    marker = Marker()
    marks = {marker.mark("cookie", f"value-{number}") for number in range(3000)}
    assert len(marks) == 3000
    assert max(map(len, marks)) > min(map(len, marks)), "a collision of four digits makes a longer digest"
    assert marker.mark("cookie", "value-7") == marker.mark("cookie", "value-7")


def test_two_reports_have_nothing_in_common() -> None:
    marks = {Marker().mark("cookie", "the same secret") for _ in range(8)}
    assert len(marks) > 1


@given(st.text(max_size=30), st.text(max_size=30))
def test_readable_fields_come_back(issuer: str, scope: str) -> None:
    mark = Marker().mark("jwt", "x", (("iss", issuer), ("scope", scope)))
    assert details(mark) == {"iss": issuer, "scope": scope}
    assert details(mark.replace(" ", "%20")) == {"iss": issuer, "scope": scope}


def test_other_text_has_no_readable_fields() -> None:
    assert not MARK.fullmatch("Bearer x")
    assert not MARK.fullmatch("‹jwt:64+:0000 sub=me›")
    assert not MARK.fullmatch("‹jwt:65:0000›")
