"""Chromium and we store, send and keep back the same cookies."""

from __future__ import annotations

import pytest

from tests.agreement.cookies import Cookies
from tests.agreement.engine import Tally, minimised, tally, told, told_wrong
from tests.agreement.lab import Lab

pytestmark = [pytest.mark.browser, pytest.mark.filterwarnings("ignore::DeprecationWarning")]

CASES, SEED = 150, 405


@pytest.fixture(scope="module")
def found(running: Lab) -> Tally:
    return tally(Cookies(), running, CASES, SEED)


def test_every_disagreement_is_the_browsers_own(running, found):
    wrong = [told_wrong(minimised(Cookies(), running, judged)) for judged in found.disagreements[:5]]
    assert wrong == [], "\n".join([told("cookies", found), *wrong])


@pytest.mark.parametrize("view", ["standard", "har"])
def test_deviations_are_few(found, view):
    assert found.rate(view) >= 0.99


@pytest.mark.parametrize("kind", ["refused: line", "refused: context", "kept back: SameSite", "kept back: place"])
def test_agreement_does_not_come_from_easy_passes(found, kind):
    assert found.share(kind) >= 0.2, told("cookies", found)
