"""Paths that are nearly the same."""

from __future__ import annotations

import pytest

from harinspect.traffic.near_misses import SPELLING, likeness, may_be_near

SLASH = "They differ in the slash at the end."
FRONT = "They differ in what stands in front, such as a stage or version."
LETTERS = "They differ in a letter or two."


@pytest.mark.parametrize(
    ("path", "other", "how"),
    [
        ("/V1//Users", "/v1/users", SPELLING),
        ("/a%2Fb", "/a/b", SPELLING),
        ("/my+file", "/my%20file", SPELLING),
        ("/my%2520file", "/my%20file", SPELLING),
        ("/d/AbCdEfGh1", "/d/aBcDeFgH1", ""),
        ("/users/", "/users", SLASH),
        ("/orders", "/prod/v1/orders", FRONT),
        ("/api/orders", "/orders", FRONT),
        ("/admin/orders", "/orders", ""),
        ("/api/", "/", ""),
        ("/flight", "/flights", LETTERS),
        ("/items/7", "/items/8", ""),
        ("/cats", "/cars", ""),
    ],
)
def test_how_two_paths_are_alike(path: str, other: str, how: str) -> None:
    assert likeness(path, other, is_same_kind=True) == how
    assert likeness(other, path, is_same_kind=True) == how
    assert how in ("", SPELLING) or may_be_near(path)(other)


def test_a_page_and_a_call_differ_in_more_than_what_stands_in_front() -> None:
    assert likeness("/api/orders", "/orders", is_same_kind=False) == ""


def test_what_is_much_longer_is_not_looked_at() -> None:
    assert not may_be_near("/orders")("/orders/7/items")
    assert may_be_near("/orders")("/prod/orders")
    assert may_be_near("/a")("/a%2Fb%2Fc")
