"""Sessions end, and guessing gets slower and slower."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from harinspect.store.passphrases import LONGEST_FOR_ALL
from harinspect.web import attempts, sessions
from harinspect.web.attempts import Attempts
from harinspect.web.sessions import LASTS, Sessions


@dataclass
class Clock:
    time: float = 1000.0

    def __call__(self) -> float:
        return self.time


@pytest.fixture
def clock() -> Clock:
    return Clock()


def wrong(tried: Attempts, clock: Clock, place: str, times: int = 1) -> None:
    """Each as soon as it is looked at."""
    for _ in range(times):
        clock.time += tried.wait(place)
        assert tried.begin(place) == 0


def test_each_wrong_one_doubles_the_wait(clock):
    tried = Attempts(clock)
    waits = []
    for _ in range(6):
        wrong(tried, clock, "a")
        waits.append(tried.wait("a"))
    assert waits == [1, 2, 4, 8, 16, 32]
    assert tried.wait("b") == 0
    clock.time += 31.5
    assert tried.wait("a") == 1
    clock.time += 1
    assert tried.wait("a") == 0


def test_it_never_waits_longer_than_an_hour_and_is_then_forgiven(clock):
    tried = Attempts(clock)
    wrong(tried, clock, "a", 60)
    assert tried.wait("a") == 3600
    clock.time += 3601
    wrong(tried, clock, "a")
    assert tried.wait("a") == 1


def test_what_comes_too_soon_is_neither_looked_at_nor_counted(clock):
    tried = Attempts(clock)
    assert [tried.begin("a") for _ in range(10)] == [0] + [1] * 9
    clock.time += 1
    assert [tried.begin("a") for _ in range(10)] == [0] + [2] * 9


def test_alone_nobody_waits_for_others(clock):
    tried = Attempts(clock, alone=True)
    for number in range(3 * attempts.MANY):
        wrong(tried, clock, str(number))
    assert tried.wait("new") == 0


def test_the_right_one_ends_it(clock):
    tried = Attempts(clock)
    wrong(tried, clock, "a", 5)
    tried.succeed("a")
    assert tried.wait("a") == 0


def test_many_places_slow_everybody_a_little(clock):
    tried = Attempts(clock)
    for number in range(attempts.MANY):
        wrong(tried, clock, str(number))
    assert tried.wait("new") == 0
    for number in range(20):
        wrong(tried, clock, f"other {number}")
    assert tried.wait("new") == LONGEST_FOR_ALL
    clock.time += LONGEST_FOR_ALL
    assert tried.wait("new") == 0


def test_only_so_many_places_are_remembered(clock, monkeypatch):
    monkeypatch.setattr(attempts, "PLACES", 3)
    tried = Attempts(clock)
    for place in "abcd":
        wrong(tried, clock, place)
    assert [tried.wait(place) for place in "abcd"] == [0, 1, 1, 1]


def test_a_session_ends(clock):
    held = Sessions(clock)
    token = held.open()
    assert held.holds(token)
    assert not held.holds(token + "x")
    clock.time += LASTS - 1
    assert held.holds(token)
    clock.time += 1
    assert not held.holds(token)
    clock.time -= 10
    assert not held.holds(token)


def test_a_session_is_closed(clock):
    held = Sessions(clock)
    first, second = held.open(), held.open()
    held.close(first)
    held.close("unknown")
    assert [held.holds(first), held.holds(second)] == [False, True]


def test_the_token_is_long_and_not_kept():
    held = Sessions()
    token = held.open()
    assert len(token) >= 43
    assert token not in repr(vars(held))


def test_the_oldest_session_makes_room(monkeypatch):
    monkeypatch.setattr(sessions, "MOST", 2)
    held = Sessions()
    tokens = [held.open() for _ in range(3)]
    assert [held.holds(token) for token in tokens] == [False, True, True]
