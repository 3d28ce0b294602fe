"""Chromium and we send the same Referer and Origin."""

from __future__ import annotations

import pytest

from tests.agreement.engine import Tally, minimised, tally, told, told_wrong
from tests.agreement.lab import Lab
from tests.agreement.referer import Referer

pytestmark = [pytest.mark.browser, pytest.mark.filterwarnings("ignore::DeprecationWarning")]

CASES, SEED = 150, 403


@pytest.fixture(scope="module")
def found(running: Lab) -> Tally:
    return tally(Referer(), running, CASES, SEED)


def test_every_disagreement_is_the_browsers_own(running, found):
    wrong = [told_wrong(minimised(Referer(), running, judged)) for judged in found.disagreements[:5]]
    assert wrong == [], "\n".join([told("referer", found), *wrong])


@pytest.mark.parametrize("view", ["standard", "har"])
def test_deviations_are_few(found, view):
    assert found.rate(view) >= 0.99


@pytest.mark.parametrize("kind", ["none", "origin only", "whole"])
def test_agreement_does_not_come_from_easy_passes(found, kind):
    assert found.share(kind) >= 0.2, told("referer", found)
