"""Cut, damaged and hostile files: every entry that is whole comes through, every loss is named."""

from __future__ import annotations

import json
import time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from harinspect.har import entries as walking
from harinspect.har.model import Har, NotHar
from harinspect.har.window import WINDOW
from tests.har_files import document, entry, loaded, numbers


def with_broken(text: str, number: int, broken: str) -> str:
    """The file with one entry's method written over."""
    whole = json.dumps(entry(number))
    assert whole in text
    return text.replace(whole, whole.replace('"GET"', broken, 1), 1)


@pytest.mark.parametrize("indent", [None, 2])
def test_a_file_cut_anywhere_gives_its_whole_entries(indent: int | None) -> None:
    text = document(5, indent)
    begins = text.index("[", text.index('"entries"')) + 1
    for place in range(begins, len(text), 7):
        har = loaded(text[:place])
        assert numbers(har) == list(range(len(har.exchanges)))
        assert har.lost in (0, 1)
        if len(har.exchanges) < 5:
            (problem,) = har.problems
            assert "ask for a new export" in problem.what
            assert problem.where in ("/log/entries", f"/log/entries/{len(har.exchanges)}")


def test_what_a_cut_file_says() -> None:
    text = document(4312)
    har = loaded(text[: text.rindex('"response"')])
    assert (len(har.exchanges), har.lost) == (4311, 1)
    (problem,) = har.problems
    assert problem.where == "/log/entries/4311"
    assert problem.what == (
        "The file ends in the middle of request 4,312: 4,311 requests were recovered; ask for a new export."
    )


def test_a_large_file_cut_inside_a_body() -> None:
    entries = [entry(n, content={"mimeType": "x/y", "text": '[{]}\\"' * (WINDOW // 20)}) for n in range(12)]
    text = json.dumps({"log": {"entries": entries}})
    har = loaded(text[: -WINDOW // 8])
    assert (numbers(har), har.lost) == (list(range(11)), 1)


@pytest.mark.parametrize("broken", ['"GET', "GET", '"G"ET"', '{"GET"', '"GET"}', "", "}", '"GET"]}', "\x00"])
@pytest.mark.parametrize("number", [0, 1, 5, 9])
def test_one_damaged_entry_costs_that_entry(broken: str, number: int) -> None:
    har = loaded(with_broken(document(10), number, broken))
    assert numbers(har) == [n for n in range(10) if n != number]
    assert har.lost == 1
    assert [problem.where for problem in har.problems] == [f"/log/entries/{number}"]
    assert [exchange.index for exchange in har.exchanges] == numbers(har)
    assert [har.body(exchange.index) for exchange in har.exchanges] == [f"body {n}" for n in numbers(har)]
    assert har.body(number) is None


@pytest.mark.parametrize("scalar", ["null", "5", '"text"', "true", "[]", "[[1], {}]"])
def test_an_entry_that_is_no_object_is_lost(scalar: str) -> None:
    whole = json.dumps(entry(3))
    har = loaded(document(6).replace(whole, scalar))
    assert (numbers(har), har.lost) == ([0, 1, 2, 4, 5], 1)
    first = loaded(f'{{"log": {{"entries": [{scalar}, {whole}]}}}}')
    assert (numbers(first), first.lost, first.exchanges[0].index) == ([3], 1, 1)


@pytest.mark.parametrize(
    "text",
    ["a\\ud800b", "a\x00b", "a\tb\nc", "\\udc00\\ud800"],
    ids=["surrogate", "nul", "control", "swapped"],
)
def test_text_that_strict_parsers_refuse(text: str) -> None:
    whole = json.dumps(entry(2, status=403))
    har = loaded(document(5).replace(json.dumps(entry(2)), whole.replace("body 2", text)))
    assert (numbers(har), har.lost, har.problems) == ([0, 1, 2, 3, 4], 0, ())
    body = har.exchanges[2].response.body
    assert body is not None
    assert body.encode() == (har.body(2) or "").encode()


def test_bytes_that_are_no_utf8() -> None:
    content = document(5).replace("body 2", "caf\xe9").replace('"text/plain"', '"text/html"').encode("latin-1")
    har = loaded(content)
    assert (numbers(har), har.lost) == ([0, 1, 2, 3, 4], 0)
    assert har.exchanges[2].response.body == "caf\ufffd"


def test_numbers_that_json_does_not_know() -> None:
    whole = json.dumps(entry(1))
    har = loaded(document(3).replace(whole, whole.replace("5.5", "NaN").replace("200", "1e999")))
    assert (numbers(har), har.exchanges[1].duration, har.exchanges[1].status) == ([0, 1, 2], -1.0, 0)


def test_very_deep_json_costs_its_entry() -> None:
    deep = "[" * 200_000 + "]" * 200_000
    whole = json.dumps(entry(1))
    har = loaded(document(3).replace(whole, whole[:-1] + f', "_deep": {deep}}}'))
    assert (numbers(har), har.lost) == ([0, 2], 1)


def test_deep_json_around_the_entries() -> None:
    deep = "[" * 200_000 + "]" * 200_000
    har = loaded(document(2)[:-2] + f', "_deep": {deep}}}}}')
    assert numbers(har) == [0, 1]
    assert [problem.where for problem in har.problems] == ["/log"]


def test_what_follows_the_end() -> None:
    assert loaded(document(2) + ");1\n").problems == ()
    assert [problem.where for problem in loaded(document(2) + " and more").problems] == ["/"]
    assert loaded(document(2)[:-2]).exchanges == loaded(document(2)).exchanges


def test_damage_around_the_entries() -> None:
    text = document(2, pages=[{"id": "p"}]).replace('"id": "p"', '"id": p')
    har = loaded(text)
    assert (numbers(har), har.source.exporter) == ([0, 1], "firefox")
    assert [problem.where for problem in har.problems] == ["/log"]


def test_many_losses_are_summed_up() -> None:
    text = json.dumps({"log": {"entries": [None] * 150 + [entry(150)]}})
    har = loaded(text)
    assert (har.lost, len(har.problems), har.exchanges[0].index) == (150, 101, 150)
    assert har.problems[-1].what == "50 more requests could not be read."


def test_astray_in_an_endless_entry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(walking, "MAX_HELD", WINDOW)
    monkeypatch.setattr(walking, "SCAN_FROM", WINDOW)
    monkeypatch.setattr(walking, "MAX_SCANS", 3)
    whole = json.dumps(entry(1))
    endless = whole[:-1] + ', "_x": "' + "y, z " * WINDOW + "}"
    har = loaded(document(4).replace(whole, endless))
    assert (numbers(har), har.lost) == ([0, 2, 3], 1)
    last = loaded(document(2).replace(json.dumps(entry(1)), endless)[: 4 * WINDOW])
    assert (numbers(last), last.lost) == ([0], 1)


def test_hostile_repetition_is_quick() -> None:
    for piece in ('{"request": {"a": [', '{"a": "', "{", "[", '"', ",", '{"a":1},{"a":'):
        begun = time.perf_counter()
        har = loaded('{"log": {"entries": [{"a": 1}, {"a": 2}, ' + piece * 60_000)
        assert har.problems
        assert time.perf_counter() - begun < 20


def read(content: bytes) -> Har | None:
    try:
        return loaded(content)
    except NotHar:
        return None


def is_sound(har: Har) -> bool:
    """All text can be encoded, all indexes rise, all bodies can be asked for."""
    repr(har).encode()
    indexes = [exchange.index for exchange in har.exchanges]
    for exchange in har.exchanges:
        (har.body(exchange.index) or "").encode()
        assert exchange.ended is None or exchange.started is not None
    return indexes == sorted(set(indexes))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
PAIR = st.fixed_dictionaries({}, optional={"name": st.sampled_from(["Cookie", "host", "a"]) | JSON, "value": JSON})
MESSAGE = st.fixed_dictionaries(
    {},
    optional={
        "method": JSON,
        "url": st.text() | JSON,
        "status": st.integers(-2, 600) | JSON,
        "httpVersion": st.sampled_from(["HTTP/1.1", "h2"]) | JSON,
        "headers": st.lists(PAIR, max_size=3) | JSON,
        "cookies": st.lists(PAIR, max_size=2) | JSON,
        "headersSize": st.integers(-1, 300) | JSON,
        "content": st.fixed_dictionaries({}, optional={"text": JSON, "encoding": st.just("base64") | JSON}) | JSON,
        "postData": st.fixed_dictionaries({}, optional={"text": JSON, "params": st.lists(PAIR) | JSON}) | JSON,
        "_error": JSON,
    },
)
ENTRY = st.fixed_dictionaries(
    {},
    optional={
        "request": MESSAGE | JSON,
        "response": MESSAGE | JSON,
        "startedDateTime": st.datetimes().map(str) | JSON,
        "time": JSON,
        "_initiator": st.fixed_dictionaries({}, optional={"type": JSON, "url": JSON, "stack": JSON}) | JSON,
        "_webSocketMessages": st.lists(st.fixed_dictionaries({}, optional={"type": JSON, "data": JSON})) | JSON,
        "_fromCache": JSON,
    },
)
LOG = st.fixed_dictionaries(
    {"entries": st.lists(ENTRY | JSON, max_size=5)},
    optional={
        "pages": st.lists(st.fixed_dictionaries({}, optional={"id": JSON, "pageTimings": JSON})) | JSON,
        "creator": st.fixed_dictionaries({"name": st.sampled_from(["WebInspector", "Splash"]) | JSON}) | JSON,
        "browser": JSON,
    },
)


@given(st.binary() | st.binary().map(lambda tail: b'{"log":{"entries":[' + tail))
@example(b'\xff\xfe{\x00"\x00')
@example(b"\x1f\x8b")
@example(b"PK\x03\x04")
def test_any_bytes_give_a_har_or_a_sentence(content: bytes) -> None:
    har = read(content)
    assert har is None or is_sound(har)


@given(JSON)
def test_any_json_gives_a_har_or_a_sentence(value: object) -> None:
    har = read(json.dumps(value).encode())
    assert har is None or is_sound(har)


@given(LOG, st.sampled_from([None, 1]))
def test_any_log_is_read_to_its_last_entry(log: dict[str, list[object]], indent: int | None) -> None:
    har = read(json.dumps({"log": log}, indent=indent).encode())
    assert har is not None
    assert len(har.exchanges) + har.lost == len(log["entries"])
    assert har.lost == sum(not isinstance(one, dict) for one in log["entries"])
    assert is_sound(har)


@given(LOG, st.data())
def test_any_log_may_be_cut_or_changed(log: object, data: st.DataObject) -> None:
    content = bytearray(json.dumps({"log": log}).encode())
    for _ in range(data.draw(st.integers(1, 3))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.sampled_from(b'"{}[],:\\\0x\xff'))
    har = read(bytes(content[: data.draw(st.integers(1, len(content)))]))
    assert har is None or is_sound(har)
