"""Chromium and we decide the same made-up CORS exchanges."""

from __future__ import annotations

import pytest

from tests.agreement.cors import Cors
from tests.agreement.engine import Tally, minimised, tally, told, told_wrong
from tests.agreement.lab import Lab

pytestmark = [pytest.mark.browser, pytest.mark.filterwarnings("ignore::DeprecationWarning")]

CASES, SEED = 240, 2


@pytest.fixture(scope="module")
def found(running: Lab) -> Tally:
    return tally(Cors(), running, CASES, SEED)


def test_every_disagreement_is_the_browsers_own(running, found):
    wrong = [told_wrong(minimised(Cors(), running, judged)) for judged in found.disagreements[:5]]
    assert wrong == [], "\n".join([told("cors", found), *wrong])


@pytest.mark.parametrize("view", ["standard", "har", "sanitized"])
def test_deviations_are_few(found, view):
    assert found.rate(view) >= 0.99


@pytest.mark.parametrize("kind", ["preflight refused", "answer refused", "redirect refused"])
def test_agreement_does_not_come_from_easy_passes(found, kind):
    assert found.share(kind) >= 0.2, told("cors", found)
