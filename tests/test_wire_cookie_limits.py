"""What goes where a site has set too many cookies; the numbers and the order are Chromium's."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from harinspect.wire.cookies import Jar, Stored

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
SHOP = "https://www.shop.example/"


def flooded(attributes: dict[int, str], number: int) -> tuple[Jar, list[int]]:
    """A jar after that many cookies of one site, and the numbers of those that were thrown out, in their order."""
    jar, gone = Jar(), []
    for count in range(number):
        line = f"n{count}=1" + next((more for every, more in attributes.items() if count % every == 1 % every), "")
        result = jar.store(line, SHOP, NOON + timedelta(seconds=count))
        assert isinstance(result, Stored)
        gone += [int(cookie.name[1:]) for cookie in result.evicted]
    return jar, gone


def kept(jar: Jar, at: datetime = NOON) -> int:
    return len(jar.select(SHOP, at))


def test_as_many_as_there_is_room_for_all_stay() -> None:
    jar, gone = flooded({}, 180)
    assert gone == []
    assert kept(jar) == 180


def test_one_more_and_the_oldest_go() -> None:
    jar, gone = flooded({}, 181)
    assert gone == list(range(31))
    assert kept(jar) == 150
    assert flooded({}, 182)[1] == gone


def test_those_with_secure_stay_longer() -> None:
    _, gone = flooded({2: "; Secure"}, 181)
    assert gone == list(range(0, 62, 2))


def test_of_one_priority_the_latest_stay() -> None:
    """90 of each: 60 of low priority may go, and 31 do."""
    assert flooded({2: "; Priority=Low"}, 181)[1] == list(range(1, 63, 2))


def test_a_few_of_low_priority_are_safe() -> None:
    """18 are fewer than 30."""
    gone = flooded({10: "; Priority=Low"}, 181)[1]
    assert len(gone) == 31
    assert not [number for number in gone if number % 10 == 1]


def test_where_all_have_secure_it_makes_no_difference() -> None:
    assert flooded({1: "; Secure"}, 181)[1] == list(range(31))


def test_what_has_expired_goes_first() -> None:
    jar = Jar()
    for count in range(180):
        jar.store(f"n{count}=1; Max-Age=5", SHOP, NOON)
    result = jar.store("a=1", SHOP, NOON + timedelta(seconds=9))
    assert isinstance(result, Stored)
    assert result.evicted == ()
    assert jar.header(SHOP, NOON + timedelta(seconds=9)) == "a=1"


def test_a_partition_lets_go_of_one_at_a_time() -> None:
    jar = Jar()
    for count in range(181):
        result = jar.store(f"n{count}=1; Secure; Partitioned", SHOP, NOON)
    assert isinstance(result, Stored)
    assert [cookie.name for cookie in result.evicted] == ["n0"]
    assert kept(jar) == 180


@pytest.mark.parametrize("line", ["n7=2", "n7=1"])
def test_a_cookie_that_is_replaced_pushes_nothing_out(line: str) -> None:
    jar, _ = flooded({}, 180)
    result = jar.store(line, SHOP, NOON + timedelta(minutes=5))
    assert isinstance(result, Stored)
    assert result.evicted == ()


def test_other_sites_have_room_of_their_own() -> None:
    jar, _ = flooded({}, 180)
    result = jar.store("a=1", "https://www.other.example/", NOON)
    assert isinstance(result, Stored)
    assert result.evicted == ()
    assert kept(jar) == 180
