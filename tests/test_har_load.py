"""Reading: where the data lies, how it is written, what is kept and what is read again."""

from __future__ import annotations

import base64
import gc
import io
import json
import subprocess
import sys
from pathlib import Path

import pytest

from harinspect.har import load, load_all
from harinspect.har.bodies import ERROR_HEAD, HTML_LIMIT
from harinspect.har.model import NotHar
from harinspect.har.window import WINDOW
from tests.har_files import document, entry, loaded, numbers


@pytest.mark.parametrize("indent", [None, 0, 2, "\t"])
@pytest.mark.parametrize("count", [0, 1, 2, 3, 50])
def test_every_layout(count: int, indent: int | None) -> None:
    har = loaded(document(count, indent))
    assert numbers(har) == list(range(count))
    assert [exchange.index for exchange in har.exchanges] == list(range(count))
    assert (har.lost, har.problems, har.source.exporter) == (0, (), "firefox")


def test_separators_without_spaces() -> None:
    har = loaded(json.dumps(json.loads(document(7)), separators=(",", ":")))
    assert numbers(har) == list(range(7))


def test_entries_before_and_after_the_rest_of_the_log() -> None:
    entries = json.dumps([entry(0), entry(1)])
    pages = '[{"startedDateTime": "2025-05-05T10:00:00Z", "id": "p", "title": "t", "pageTimings": {"onLoad": 7}}]'
    creator = '{"name": "Charles Proxy", "version": "4"}'
    first = loaded(f'{{"log": {{"entries": {entries}, "pages": {pages}, "creator": {creator}}}}}')
    last = loaded(f'{{"log": {{"creator": {creator}, "pages": {pages}, "entries": {entries}}}}}')
    assert first.exchanges == last.exchanges
    assert first.pages == last.pages
    assert (last.pages[0].id, last.pages[0].on_load, last.pages[0].on_content_load) == ("p", 7.0, -1.0)
    assert first.source.exporter == last.source.exporter == "charles"


def test_entries_of_something_else_are_not_the_entries() -> None:
    decoy = {"entries": [1, 2], "note": 'a string with "entries": [ and "log": {'}
    har = loaded(json.dumps({"_extra": decoy, "log": {"_meta": decoy, "entries": [entry(0)]}}))
    assert numbers(har) == [0]


def test_the_order_of_keys_may_change_from_entry_to_entry() -> None:
    turned = [dict(reversed(entry(n).items())) if n % 3 else entry(n) for n in range(30)]
    assert numbers(loaded(json.dumps({"log": {"entries": turned}}))) == list(range(30))


def test_a_list_in_an_entry_that_looks_like_entries() -> None:
    nested = [{"startedDateTime": "x"}, {"startedDateTime": "y"}]
    entries = [{**entry(n), "_nested": nested} for n in range(9)]
    har = loaded(json.dumps({"log": {"entries": entries}}))
    assert (numbers(har), har.lost) == (list(range(9)), 0)


def test_files_larger_than_the_window() -> None:
    text = "x" * (WINDOW // 10)
    entries = [entry(n, content={"mimeType": "text/css", "text": f"{n} {text}"}) for n in range(60)]
    entries[30] = entry(30, content={"mimeType": "text/css", "text": "30 " + "y" * (2 * WINDOW)})
    har = loaded(json.dumps({"log": {"entries": entries}}, indent=2))
    assert numbers(har) == list(range(60))
    assert all(exchange.response.body is None for exchange in har.exchanges)
    assert [str(har.body(n)).split(" ")[0] for n in range(60)] == [str(n) for n in range(60)]
    assert len(har.body(30) or "") == 2 * WINDOW + 3


def test_one_entry_larger_than_many_windows() -> None:
    har = loaded(json.dumps({"log": {"entries": [entry(0, content={"text": "z" * (11 * WINDOW)})]}}))
    assert numbers(har) == [0]
    assert len(har.body(0) or "") == 11 * WINDOW


def test_a_head_larger_than_the_window() -> None:
    pages = [{"id": f"p{n}", "title": "t" * 1000} for n in range(2 * WINDOW // 1000)]
    har = loaded(document(3, pages=pages).replace('"entries"', '"entries" ', 1))
    assert numbers(har) == [0, 1, 2]
    assert len(har.pages) == len(pages)


def test_bodies_that_are_kept() -> None:
    html = {"mimeType": "text/html", "text": "<p>"}
    entries = [
        entry(0, status=403, content={"mimeType": "text/plain", "text": "e" * (ERROR_HEAD + 5)}),
        entry(1, content=html),
        entry(2, content={"mimeType": "text/html", "text": "h" * (HTML_LIMIT + 1)}),
        entry(3, content={"mimeType": "application/json", "text": "{}"}, _error="net::ERR_ABORTED"),
        entry(4, content={"mimeType": "application/json", "text": "{}"}),
        entry(5, status=403),
        entry(6, status=500, content={"mimeType": "text/html"}),
    ]
    har = loaded(json.dumps({"log": {"entries": entries}}))
    kept = [exchange.response.body for exchange in har.exchanges]
    assert kept[0] == "e" * ERROR_HEAD
    assert kept[1:] == ["<p>", None, "{}", None, "body 5", None]
    assert har.body(0) == "e" * (ERROR_HEAD + 5)
    assert har.body(2) == "h" * (HTML_LIMIT + 1)
    assert har.body(4) == "{}"
    assert har.body(6) is None
    assert har.body(7) is None
    assert har.body(-1) is None


@pytest.mark.parametrize(
    ("content", "text"),
    [
        ({"encoding": "base64", "text": "PHA+w7w8L3A+", "mimeType": "text/html"}, "<p>ü</p>"),
        ({"encoding": "base64", "text": "/A==", "mimeType": "text/html; charset=iso-8859-1"}, "ü"),
        ({"encoding": "base64", "text": "/A==", "mimeType": "text/html; charset=no-such"}, "ü"),
        ({"encoding": "base64", "text": "", "mimeType": ""}, ""),
        ({"encoding": "base64", "text": "not base64!", "mimeType": "text/html"}, "not base64!"),
        ({"encoding": "base64", "text": base64.b64encode(b"\x89PNG\0\xff").decode(), "mimeType": "image/png"}, None),
        ({"encoding": "base64", "text": base64.b64encode(b"a\0b").decode(), "mimeType": "image/gif"}, None),
        ({"encoding": None, "text": "plain"}, "plain"),
        ({"text": None}, None),
        ({"text": 5}, "5"),
    ],
)
def test_bodies_are_decoded(content: dict[str, object], text: str | None) -> None:
    har = loaded(json.dumps({"log": {"entries": [entry(0, status=403, content=content)]}}))
    assert har.exchanges[0].response.body == text


def test_sources(tmp_path: Path) -> None:
    path = tmp_path / "a.har"
    path.write_text(document(4), encoding="utf-8")
    size = path.stat().st_size
    for source in (path, str(path)):
        har = load(source)
        assert (har.source.name, har.source.bytes, numbers(har)) == ("a.har", size, [0, 1, 2, 3])
    with path.open("rb") as stream:
        har = load(stream)
        assert (har.source.name, har.body(3)) == ("a.har", "body 3")
    assert har.body(3) is None  # the caller closed the stream
    assert load(path, name="shown").source.name == "shown"
    assert loaded(document(1)).source.name == "input"


def test_a_stream_that_cannot_seek() -> None:
    class Pipe(io.BytesIO):
        def seekable(self) -> bool:
            return False

    har = load(Pipe(document(4).encode()))
    assert (numbers(har), har.body(2)) == ([0, 1, 2, 3], "body 2")


def test_a_stream_without_readinto() -> None:
    class Simple:
        def __init__(self, data: bytes) -> None:
            self.inner = io.BytesIO(data)
            self.read, self.seek, self.tell = self.inner.read, self.inner.seek, self.inner.tell

        def seekable(self) -> bool:
            return True

    har = load(Simple(document(4).encode()))  # type: ignore[arg-type]
    assert (numbers(har), har.body(2)) == ([0, 1, 2, 3], "body 2")


def test_a_stream_is_read_from_where_it_stands() -> None:
    stream = io.BytesIO(b"prefix" + document(2).encode())
    stream.seek(6)
    har = load(stream)
    assert (numbers(har), har.body(1)) == ([0, 1], "body 1")


def test_progress_ends_at_the_size(tmp_path: Path) -> None:
    path = tmp_path / "a.har"
    path.write_text(document(9000, indent=2), encoding="utf-8")
    seen: list[tuple[int, int]] = []
    load(path, progress=lambda done, total: seen.append((done, total)))
    size = path.stat().st_size
    assert [done for done, _ in seen] == sorted(done for done, _ in seen)
    assert len(seen) > size // WINDOW
    assert seen[-1] == (size, size)


def test_load_all_closes_behind_itself(tmp_path: Path) -> None:
    path = tmp_path / "a.har"
    path.write_text(document(2), encoding="utf-8")
    hars = load_all(path)
    har = next(hars)
    assert har.body(1) == "body 1"
    assert next(hars, None) is None
    assert har.body(1) is None


def test_the_collector_comes_back() -> None:
    assert gc.isenabled()
    loaded(document(1))
    with pytest.raises(NotHar):
        loaded("{}")
    assert gc.isenabled()
    gc.disable()
    try:
        loaded(document(1))
        assert not gc.isenabled()
    finally:
        gc.enable()


def test_the_import_is_light() -> None:
    check = (
        "import sys, harinspect.har; print(*{'haralyzer', 'hypothesis', 'zipfile', 'json', 'fastapi'} & {*sys.modules})"
    )
    done = subprocess.run([sys.executable, "-c", check], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("", "is empty"),
        ("  \n", "is empty"),
        ("hello", "not JSON"),
        ("[]", "not JSON"),
        ("{}", 'no "log"'),
        ('{"entries": []}', 'no "log"'),
        ('{"log": {}}', "no list of requests"),
        ('{"log": {"entries": null}}', "no list of requests"),
        ('{"log": {"entries": {}}}', "no list of requests"),
        ('{"log": {"pages": [{"entries": [1]}]}}', "no list of requests"),
        ('{"log": {"version": "1.2", "creat', "no list of requests"),
        ('{"har": {"entries": []}}', 'no "log"'),
    ],
)
def test_no_har(content: str, says: str) -> None:
    with pytest.raises(NotHar, match=says) as caught:
        loaded(content)
    assert str(caught.value).endswith(".")
    assert "\n" not in str(caught.value)


def test_no_file(tmp_path: Path) -> None:
    with pytest.raises(NotHar, match="is a folder"):
        load(tmp_path)
    with pytest.raises(NotHar, match="no file"):
        load(tmp_path / "none.har")
    with pytest.raises(NotHar, match="cannot be opened"):
        load("a\0b")
    with pytest.raises(NotHar, match="cannot be opened"):
        load(tmp_path / ("n" * 300))
