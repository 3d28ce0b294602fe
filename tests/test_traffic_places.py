"""Exchanges by place: found as if every one of them had been sorted."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from harinspect.traffic.places import Places, place
from harinspect.wire.url import Url
from tests.builders import exchange as made
from tests.builders import traffic

SEGMENTS = st.sampled_from(["", "v1", "users", "7", "1337", "edit", "8c5fa0e7-22d1-4c61", "a=b.c"])
ADDRESSES = st.builds(
    lambda origin, segments: f"{origin}/{'/'.join(segments)}",
    st.sampled_from(["https://a.example", "https://a.example:8443", "http://a.example", "https://b.example"]),
    st.lists(SEGMENTS, max_size=4),
)


@given(st.lists(ADDRESSES, min_size=1, max_size=12))
def test_those_of_a_place_are_found_in_their_order(addresses: list[str]) -> None:
    built = traffic(*(made(number, address) for number, address in enumerate(addresses)))
    places = Places(built.in_time, built.urls)
    for url in built.urls.values():
        alike = tuple(e for e in built.in_time if place(built.urls[e.index]) == place(url))
        assert places.at(url) == alike
        assert places.at(url) == alike


def test_nothing_is_at_a_place_where_nobody_went() -> None:
    url = Url.parse("https://a.example/x")
    assert url
    assert Places((), {}).at(url) == ()
