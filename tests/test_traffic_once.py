"""Questions that are worked out once for each denial."""

from __future__ import annotations

from harinspect.traffic.model import Denial
from harinspect.traffic.once import once
from tests.builders import denial, exchange


def test_a_question_is_worked_out_once_for_each_denial() -> None:
    asked = []

    @once
    def status(one: Denial) -> int | None:
        """How it was answered, None for well."""
        asked.append(one)
        return one.exchange.status if one.exchange.status >= 400 else None

    refused, passed = denial(exchange(0, "https://a.example/", 403)), denial(exchange(0, "https://a.example/"))
    assert [status(one) for one in (refused, passed, refused, passed)] == [403, None, 403, None]
    assert asked == [refused, passed]
    assert status.__doc__ == "How it was answered, None for well."
