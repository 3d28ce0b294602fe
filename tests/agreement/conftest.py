"""The browser and the servers, started once for each module of agreement tests."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.agreement.lab import Lab, lab


@pytest.fixture(scope="module")
def running(chromium: str) -> Iterator[Lab]:
    with lab(chromium) as started:
        yield started
