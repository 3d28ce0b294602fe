"""Bodies that are read again, and bodies that are no proper text."""

from __future__ import annotations

import json
from io import BytesIO

from harinspect.har import load
from tests.har_files import document, entry, loaded


def test_bodies_are_found_where_entries_are_set_apart_unevenly() -> None:
    entries = [json.dumps(entry(n)) for n in range(6)]
    text = ", ".join(entries[:3]) + " ,\n " + ",".join(entries[3:])
    har = loaded('{"log": {"entries": [' + text + "]}}")
    assert [har.body(n) for n in range(6)] == [f"body {n}" for n in range(6)]


def test_a_file_that_was_written_over_has_no_bodies() -> None:
    content = document(6).encode()
    file = BytesIO(content)
    har = load(file)
    file.seek(0)
    file.write(b"{" * len(content))
    assert [har.body(n) for n in range(5)] == [None] * 5
    assert har.body(6) is None


def test_a_body_with_half_a_character_is_read_leniently() -> None:
    text = json.dumps({"log": {"entries": [entry(0, status=500, content={"text": "*"})]}})
    har = loaded(text.replace('"*"', r'"half \ud800."'))
    assert har.exchanges[0].response.body == "half \ufffd."


def test_a_body_that_is_no_string_is_shown_as_it_is_written() -> None:
    har = loaded(json.dumps({"log": {"entries": [entry(0, status=500, content={"text": {"code": 7}})]}}))
    assert har.exchanges[0].response.body == '{"code": 7}'


def test_an_error_mark_that_cannot_be_read_is_none() -> None:
    text = json.dumps({"log": {"entries": [entry(0, _error="*"), entry(1, _error={"message": "net::ERR_FAILED"})]}})
    har = loaded(text.replace('"*"', r'"\ud800"'))
    assert har.exchanges[0].error in (None, "\ufffd")
    assert har.exchanges[1].error == "net::ERR_FAILED"
