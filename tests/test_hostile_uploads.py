"""Uploads that attack the server: a clear refusal or a bounded result, and the page answers all the while."""

from __future__ import annotations

import gzip
import io
import os
import signal
import struct
import sys
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from itertools import chain, repeat
from pathlib import Path

import pytest

from tests.served import Served, wait_until

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")

MIB = 1 << 20
PEAK = 1500  # MiB that an analysis of any of these may take
HEAD = b'{"log": {"version": "1.2", "creator": {"name": "x", "version": "1"}, "entries": ['
REQUEST = b'{"request": {"method": "GET", "url": "https://a.example/", "headers": []}, '
REFUSED = REQUEST + b'"response": {"status": 403, "headers": [], "content": {"mimeType": "text/html", "text": "'
TAIL = b'"}}}]}}'
HAR = HEAD + REFUSED + TAIL
SPACES = b" " * MIB


def packed(*parts: Iterable[bytes]) -> bytes:
    made = zlib.compressobj(1, zlib.DEFLATED, 31)
    return b"".join(made.compress(chunk) for part in parts for chunk in part) + made.flush()


def archive(members: Iterable[tuple[str, bytes]]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as made:
        for name, content in members:
            made.writestr(name, content)
    return out.getvalue()


def overlapping(times: int) -> bytes:
    """A zip whose list of contents points to the same bytes again and again."""
    once = archive([("a.har", HEAD + SPACES * 100)])
    end = once.rfind(b"PK\x05\x06")
    start = struct.unpack_from("<I", once, end + 16)[0]
    listed = once[start:end] * times
    return once[:start] + listed + struct.pack("<4s4H2IH", b"PK\x05\x06", 0, 0, times, times, len(listed), start, 0)


def nested(times: int, content: bytes = HAR) -> bytes:
    for _ in range(times):
        content = gzip.compress(content)
    return content


def zipped_again(times: int, content: bytes) -> bytes:
    for depth in range(times):
        content = archive((f"{depth}-{copy}.zip", content) for copy in range(10))
    return content


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with Served(tmp_path_factory.mktemp("served")) as server:
        yield server


TOO_MUCH = "unpacks to far more than a HAR would"
REFUSALS = {
    "gzip-bomb": (lambda: packed([HEAD], repeat(SPACES, 260)), TOO_MUCH),
    "many-bombs": (
        lambda: archive(zip(("a.har.gz", "b.har.gz", "c.har.gz"), repeat(packed([HEAD], repeat(SPACES, 200))))),
        TOO_MUCH,
    ),
    "overlapping-members": (lambda: overlapping(400), TOO_MUCH),
    "zips-of-zips": (lambda: zipped_again(2, archive([("a.har", HEAD + SPACES * 20)])), TOO_MUCH),
    "packed-over-and-over": (lambda: nested(30), "packed over and over again"),
    "many-members": (lambda: archive((f"{i}.har", b"{}") for i in range(20_000)), "The zip file holds 20,000 files"),
    "a-list-of-contents-that-lies": (lambda: overlapping(1)[:-9] + b"\xff" * 9, "list of contents cannot be read"),
    "deep-objects": (lambda: packed(repeat(b'{"a":' * 100_000, 20)), "is not a HAR"),
    "no-json": (lambda: packed(repeat(b"no json " * 100_000, 20)), "is not a HAR"),
}


@pytest.mark.parametrize("kind", REFUSALS)
def test_it_is_refused_in_words(server, kind):
    make, why = REFUSALS[kind]
    told = server.end_of(server.upload(make()))
    assert why in told
    assert "/reports/" not in told
    assert server.ask("GET", "/").status == 200


def with_names(*names: str) -> bytes:
    return archive((name, HAR) for name in names)


BOUNDED = {
    "a-string-of-300-mb": lambda: chain([HEAD, REFUSED], repeat(b"x" * MIB, 300), [TAIL]),
    "deep-arrays": lambda: packed([HEAD, b'{"_x":'], repeat(b"[" * 100_000, 20)),
    "deep-arrays-that-end": lambda: packed([HEAD, b'{"_x":', b"[" * 1_000_000, b"]" * 1_000_000, b"}]}}"]),
    "a-deep-body": lambda: packed([HEAD, REFUSED, b"[" * 2_000_000, TAIL]),
    "a-million-entries": lambda: packed([HEAD], repeat(b"{}," * 10_000, 100), [b"{}]}}"]),
    "a-quarter-of-a-million-headers": lambda: packed(
        [HEAD, REQUEST.replace(b"[]}, ", b"[")],
        repeat(b'{"name": "x", "value": "y"}, ' * 1000, 250),
        [b'{}]}, "response": {"status": 403}}]}}'],
    ),
    "names-that-climb": lambda: with_names("../../../../tmp/a.har", "/etc/passwd.har", "..\\..\\b.har", "C:\\c.har"),
}


@pytest.mark.parametrize("kind", BOUNDED)
def test_its_result_is_bounded(server, kind):
    upload = server.upload(BOUNDED[kind]())
    peaks: list[int] = [0]

    def is_read() -> bool:
        peaks.extend(map(peak, server.children()))
        assert server.ask("GET", "/sign-in").status == 404  # it answers
        return 'role="alert"' in state(server, upload) or "/reports/" in state(server, upload)

    wait_until(is_read, 90)
    assert "/reports/" in state(server, upload)
    assert max(peaks) < PEAK
    assert server.ask("GET", "/").status == 200


def state(server: Served, upload: str) -> str:
    return server.ask("GET", upload, headers={"HX-Request": "true"}).text


def peak(process: int) -> int:
    """The most memory that it ever had, in MiB."""
    try:
        told = Path(f"/proc/{process}/status").read_text()
    except OSError:
        return 0
    return int(told.partition("VmHWM:")[2].split()[0]) // 1024 if "VmHWM:" in told else 0


def test_the_server_itself_stays_small(server):
    assert 0 < peak(server.process.pid) < 400


def test_the_name_of_an_upload_leads_nowhere(server):
    told = server.end_of(server.upload(HAR, "..%2F..%2Fetc%2Fpasswd%00%1b%5B31m.har"))
    assert "/reports/" in told
    assert ".." not in told
    assert "\x1b" not in told


SECRET = b"canary-of-the-original"


@pytest.mark.parametrize("way", ["raw", "form"])
def test_killed_in_an_upload_it_leaves_nothing(tmp_path, way):
    with Served(tmp_path) as server:
        head, kind = b"", "application/octet-stream"
        if way == "form":
            head = b'--b\r\nContent-Disposition: form-data; name="files"; filename="a.har"\r\n\r\n'
            kind = "multipart/form-data; boundary=b"
        connection = server.connect()
        connection.putrequest("POST", "/reports")
        connection.putheader("Content-Type", kind)
        connection.putheader("Content-Length", str(50 * MIB))
        connection.endheaders(head + SECRET * 200_000)
        wait_until(lambda: holds_deleted(server.process.pid))
        assert names_in(server.temporary) == []
        server.process.kill()
        server.process.wait()
        assert not any(SECRET in path.read_bytes() for path in server.data.iterdir())
        connection.close()
    assert names_in(server.temporary) == []


def test_killed_in_an_analysis_it_leaves_nothing(tmp_path):
    with Served(tmp_path) as server:
        content = packed([HEAD], repeat(REFUSED + SECRET + b'"}}}, ', 200_000), [b"{}]}}"])
        server.upload(content)
        wait_until(lambda: any(map(holds_deleted, server.children())))
        workers = server.children()
        assert workers
        assert names_in(server.temporary) == []
        server.process.kill()
        server.process.wait()
        assert not any(SECRET in path.read_bytes() for path in server.data.iterdir())
        wait_until(lambda: not any(map(runs, workers)))
    assert names_in(server.temporary) == []


def test_a_killed_analysis_leaves_nothing_and_is_said(tmp_path):
    with Served(tmp_path) as server:
        upload = server.upload(packed([HEAD], repeat(REFUSED + SECRET + b'"}}}, ', 200_000), [b"{}]}}"]))
        wait_until(lambda: any(map(holds_deleted, server.children())))
        for worker in server.children():
            os.kill(worker, signal.SIGKILL)
        assert "The analysis ended without an answer" in server.end_of(upload)
        assert not holds_deleted(server.process.pid)
        assert names_in(server.temporary) == []
        assert not any(SECRET in path.read_bytes() for path in server.data.iterdir())
        assert "/reports/" in server.end_of(server.upload(HAR))


def names_in(folder: Path) -> list[Path]:
    return list(folder.rglob("*"))


def holds_deleted(process: int) -> bool:
    """Whether it has a file open that has no name any more, and bytes in it."""
    for found in Path(f"/proc/{process}/fd").glob("*"):
        try:
            if "(deleted)" in str(found.readlink()) and found.stat().st_size:
                return True
        except OSError:
            continue
    return False


def runs(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False
