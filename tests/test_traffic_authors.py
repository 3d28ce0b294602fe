"""Who wrote a refusal, by the fields that programs add."""

from __future__ import annotations

from harinspect.har.model import Exchange
from harinspect.traffic.authors import author
from tests.builders import denial, exchange

HOST = "https://shop.example"
PHP = {"X-Powered-By": "PHP/8.3", "Content-Type": "text/html"}


def good(count: int) -> list[Exchange]:
    return [exchange(n, f"{HOST}/page/{n}", got=PHP) for n in range(1, count + 1)]


def test_a_refusal_with_the_fields_of_every_good_answer_is_the_programs_own() -> None:
    found = author(denial(exchange(9, f"{HOST}/admin", 403, got=PHP), *good(3)))
    assert found is not None
    assert (found.compared, found.shares, found.lacks) == (3, ("x-powered-by",), ())
    assert found.witness.index == 3


def test_a_refusal_without_them_is_not_where_the_programs_errors_have_them() -> None:
    missing = exchange(5, f"{HOST}/gone", 404, got=PHP)
    found = author(denial(exchange(9, f"{HOST}/admin", 403), *good(4), missing))
    assert found is not None
    assert (found.shares, found.lacks) == ((), ("x-powered-by",))


def test_fields_on_good_answers_only_say_nothing() -> None:
    bare = exchange(5, f"{HOST}/gone", 404)
    assert author(denial(exchange(9, f"{HOST}/admin", 403), *good(4), bare)) is None


def test_two_answers_are_too_few() -> None:
    assert author(denial(exchange(9, f"{HOST}/admin", 403, got=PHP), *good(2))) is None


def test_a_field_that_one_good_answer_lacks_says_nothing() -> None:
    static = exchange(4, f"{HOST}/app.js")
    assert author(denial(exchange(9, f"{HOST}/admin", 403, got=PHP), *good(3), static)) is None


def test_what_servers_add_says_nothing() -> None:
    others = [exchange(n, f"{HOST}/{n}", got={"Server": "nginx", "X-Frame-Options": "DENY"}) for n in range(4)]
    assert author(denial(exchange(9, f"{HOST}/admin", 403, got={"Server": "nginx"}), *others)) is None


def test_no_answer_has_no_author() -> None:
    assert author(denial(exchange(9, f"{HOST}/admin", 0, error="net::ERR_FAILED"), *good(4))) is None
