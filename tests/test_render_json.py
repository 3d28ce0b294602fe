"""The JSON: schema first, an object for one report, an array for several."""

from __future__ import annotations

import json

import pytest

from harinspect.render import as_json
from tests.report_fixtures import full_report, report


def test_one_report_is_an_object_with_the_schema_first() -> None:
    rendered = as_json.render([full_report()])
    assert rendered.startswith(b'{"schema":1,')
    read = json.loads(rendered)
    assert {"source", "summary", "denials", "redirect_chains", "preflights", "cors", "cookies"} <= read.keys()
    assert read["denials"][0]["findings"][0]["fixes"][0]["for"] == "admin"
    assert read["denials"][1]["responder"] is None


def test_several_reports_are_an_array() -> None:
    assert [row["schema"] for row in json.loads(as_json.render([report(), report()]))] == [1, 1]
    assert json.loads(as_json.render([])) == []


def test_one_report_of_several_inputs_is_an_array_if_asked() -> None:
    assert len(json.loads(as_json.render([report()], several=True))) == 1
    assert json.loads(as_json.render([report()], several=False))["denials"] == []


def test_an_object_of_two_reports_is_refused() -> None:
    with pytest.raises(ValueError, match="not 2"):
        as_json.render([report(), report()], several=False)
