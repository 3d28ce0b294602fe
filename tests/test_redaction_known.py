"""Which of the secrets that were seen a text has: the answer is that of a search for each of them."""

from __future__ import annotations

import random

import pytest

from harinspect.redaction.known import Known

LETTERS = "ab\u20ac1."


def made_up(seed: int, count: int, least: int, most: int) -> list[str]:
    chance = random.Random(seed)  # noqa: S311
    return ["".join(chance.choices(LETTERS, k=chance.randint(least, most))) for _ in range(count)]


@pytest.mark.parametrize("seed", range(8))
def test_it_finds_what_a_search_for_each_finds(seed: int) -> None:
    known, seen = Known(), dict.fromkeys(made_up(seed, 120, 6, 15))
    for number, secret in enumerate(seen):
        known.add(secret, f"mark {number}")
        for text in (*made_up(seed + number, 3, 0, 400), f"x{secret}y", secret[:-1], f"{secret}{secret}"):
            there = [(place, one) for place, one in enumerate(list(seen)[: number + 1]) if one in text]
            assert known.within(text) == [one for _, one in there]
            for since in (0, 1, number // 2, number, number + 1):
                assert known.within(text, since) == [one for place, one in there if place >= since]
    assert list(known.marks.items()) == [(secret, f"mark {n}") for n, secret in enumerate(seen)]
    assert len(known) == len(seen)


def test_many_secrets_may_begin_alike() -> None:
    known = Known()
    tokens = [f"eyJhbGciOiJIUzI1NiJ9.{number:04}" for number in range(200)]
    for token in tokens:
        known.add(token, token)
    assert known.within(f"{tokens[150]} and {tokens[3]}") == [tokens[3], tokens[150]]
    assert known.within(f"{tokens[150]} and {tokens[3]}", since=4) == [tokens[150]]
    assert known.within("eyJhbGciOiJIUzI1NiJ9.") == []


def test_the_first_mark_stays() -> None:
    known = Known()
    known.add("secret1", "first")
    known.add("secret1", "second")
    assert (known.marks, len(known)) == ({"secret1": "first"}, 1)


def test_half_a_pair_of_surrogates_is_looked_for_like_any_other_character() -> None:
    known = Known()
    for number in range(40):
        known.add(f"\ud83d{number:06}", "mark")
    assert known.within("x \ud83d000007 y") == ["\ud83d000007"]
    assert known.within("x ?000007 y") == []
