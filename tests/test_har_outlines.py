"""Long bodies on lines of their own are passed over, and nothing that is read may tell."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harinspect.har.model import Har
from harinspect.har.outlines import LONG, decode_outlines
from harinspect.har.schema import entries_decoder
from tests.har_files import entry, loaded

LONG_BODIES = (
    "x" * 3 * LONG,
    'say "so" ' * LONG,
    "\\" * 2 * LONG,
    '"' * 2 * LONG,
    "é\n" * 2 * LONG,
    "ends in a \\" * LONG,
)


def recording(entries: list[dict[str, object]], indent: int | None) -> str:
    return json.dumps({"log": {"creator": {"name": "WebInspector", "version": "1"}, "entries": entries}}, indent=indent)


def spans(text: bytes) -> tuple[bytearray, int, int]:
    """The list in `text`, between other bytes."""
    return bytearray(b"?" + text + b"?"), 1, len(text) + 1


def bodies(har: Har) -> list[str | None]:
    return [har.body(exchange.index) for exchange in har.exchanges]


@pytest.mark.parametrize("text", LONG_BODIES)
@pytest.mark.parametrize("status", [200, 403])
def test_a_file_reads_the_same_on_one_line_and_on_many(text: str, status: int) -> None:
    entries = [entry(n, status=status, content={"mimeType": "text/html", "text": text + str(n)}) for n in range(4)]
    entries[2]["request"] |= {"postData": {"mimeType": "text/plain", "text": text}}  # type: ignore[operator]
    narrow, wide = loaded(recording(entries, None)), loaded(recording(entries, 2))
    assert narrow.exchanges == wide.exchanges
    assert bodies(narrow) == bodies(wide) == [text + str(n) for n in range(4)]
    assert wide.exchanges[2].request.post_data is not None
    assert (wide.lost, wide.problems) == (0, ())


@pytest.mark.parametrize("text", LONG_BODIES[:2])
def test_a_long_body_is_a_view_of_the_text(text: str) -> None:
    plain = json.dumps([entry(0), entry(1, content={"size": 7, "text": text, "encoding": "x"}), entry(2)], indent=1)
    entries = decode_outlines(*spans(plain.encode()))
    assert entries == entries_decoder.decode(plain)


def test_without_long_bodies_there_is_no_outline() -> None:
    assert decode_outlines(*spans(json.dumps([entry(0)] * 90, indent=2).encode())) is None
    assert decode_outlines(*spans(json.dumps([entry(0)] * 90).encode())) is None


@pytest.mark.parametrize(
    "line",
    [
        '"text": "%s", "encoding": "base64"',
        '"text": "a", "comment": "%s"',
        r'"text": "a \" b", "comment": "%s"',
        '"comment": "%s"',
        '"text": %s0',
    ],
)
def test_a_long_line_that_is_more_than_a_text_is_parsed(line: str) -> None:
    filled = line % (("1" if line.endswith("0") else "QUJD") * LONG)
    plain = '[\n{\n"response": {\n"content": {\n' + filled + "\n}\n}\n}\n]"
    assert decode_outlines(*spans(plain.encode())) is None
    whole = '{"log": {"entries": ' + plain + "}}"
    assert len(loaded(whole).exchanges) == 1


def test_a_number_that_looks_like_a_mark_stays_a_number() -> None:
    odd = {"text": 0, "mimeType": "text/html"}
    plain = json.dumps([entry(0, content=odd), entry(1, content={"text": "y" * 3 * LONG})], indent=2)
    entries = decode_outlines(*spans(plain.encode()))
    assert entries == entries_decoder.decode(plain)


def test_damage_beside_a_long_body_costs_one_entry() -> None:
    entries = [entry(n, content={"text": "z" * 3 * LONG}) for n in range(5)]
    har = loaded(recording(entries, 2).replace('"https://a.example/2"', '"https://a.example/2', 1))
    assert (len(har.exchanges), har.lost) == (4, 1)
    assert bodies(har)[:2] == ["z" * 3 * LONG] * 2


def test_an_entry_without_messages_has_nothing_to_restore() -> None:
    plain = json.dumps(
        [{"time": 1.0}, {"request": {}, "response": {}}, entry(0, content={"text": "t" * 3 * LONG})], indent=2
    )
    assert decode_outlines(*spans(plain.encode())) == entries_decoder.decode(plain)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.text(max_size=9), st.integers(0, 1500)), max_size=6), st.sampled_from([0, 1, 4]))
def test_any_bodies_come_through(pieces: list[tuple[str, int]], indent: int) -> None:
    entries = [entry(n, content={"text": piece * times}) for n, (piece, times) in enumerate(pieces)]
    plain = json.dumps(entries, indent=indent, ensure_ascii=False)
    data, begin, end = spans(plain.encode())
    found = decode_outlines(data, begin, end)
    assert found is None or found == entries_decoder.decode(plain)
