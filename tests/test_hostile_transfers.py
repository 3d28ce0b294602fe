"""Forms and transfers that attack the server: refused, in little time and memory, and the server goes on."""

from __future__ import annotations

import socket
import sys
from collections.abc import Iterator
from contextlib import suppress

import pytest

from tests.served import Served

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="ends processes as POSIX does")

MIB = 1 << 20
HAR = b'{"log": {"version": "1.2", "entries": []}}'


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with Served(tmp_path_factory.mktemp("served")) as server:
        yield server


PART = b'--b\r\nContent-Disposition: form-data; name="files"; filename="a.har"\r\n\r\n'
LAST = b"\r\n--b--\r\n"
FORMS = {
    "10,000-files": (PART + b"x\r\n") * 10_000 + LAST,
    "10,000-fields": b'--b\r\nContent-Disposition: form-data; name="f"\r\n\r\nx\r\n' * 10_000 + LAST,
    "truncated": PART + b"x",
    "no-name": b"--b\r\nContent-Disposition: form-data\r\n\r\nx" + LAST,
    "no-disposition": b"--b\r\n\r\nx" + LAST,
    "no-file": b'--b\r\nContent-Disposition: form-data; name="files"\r\n\r\nx' + LAST,
    "a-field-of-20-mb": b'--b\r\nContent-Disposition: form-data; name="f"\r\n\r\n' + b"x" * 20 * MIB + LAST,
    "a-file-name-of-20-mb": PART.replace(b"a.har", b"x" * 20 * MIB) + b"x" + LAST,
    "a-header-name-of-20-mb": b"--b\r\n" + b"x" * 20 * MIB + b": y\r\n\r\nx" + LAST,
    "a-million-headers": b"--b\r\n" + b"X: y\r\n" * 1_000_000 + b"\r\nx" + LAST,
    "another-boundary": PART.replace(b"--b", b"--c") + b"x" + LAST,
}


@pytest.mark.parametrize("kind", FORMS)
def test_a_form_that_attacks_is_refused(server, kind):
    answer = sent_form(server, FORMS[kind])
    assert answer.startswith(b"HTTP/1.1 400 ")
    assert b"content-security-policy" in answer
    assert server.ask("GET", "/").status == 200


@pytest.mark.parametrize("filler", [b"\r", b"\r\n", b"\r\n--", b"-", b"\r\n--c"])
def test_what_looks_like_a_boundary_takes_no_long_time(server, filler):
    content = HAR.replace(b"[", b'["' + filler.replace(b"\r\n", b" ") + b'", ', 1) + filler * (5 * MIB // len(filler))
    assert sent_form(server, PART + content + LAST).startswith(b"HTTP/1.1 303 ")


BROKEN = {
    "longer-than-told": (b"Content-Length: 3\r\n", HAR),
    "no-number": (b"Content-Length: x\r\n", HAR),
    "negative": (b"Content-Length: -1\r\n", HAR),
    "two-lengths": (b"Content-Length: 3\r\nContent-Length: 4\r\n", HAR),
    "endless": (b"Content-Length: 99999999999999999999\r\n", HAR),
    "a-chunk-without-a-size": (b"Transfer-Encoding: chunked\r\n", b"zz\r\nhello\r\n0\r\n\r\n"),
    "a-chunk-of-negative-size": (b"Transfer-Encoding: chunked\r\n", b"-5\r\nhello\r\n0\r\n\r\n"),
    "a-chunk-of-endless-size": (b"Transfer-Encoding: chunked\r\n", b"f" * 40 + b"\r\nhello"),
    "a-chunk-that-is-longer": (b"Transfer-Encoding: chunked\r\n", b"5\r\nhelloXX0\r\n\r\n"),
    "a-chunk-of-many-words": (b"Transfer-Encoding: chunked\r\n", b"5;" + b"a" * MIB),
    "cut": (b"Transfer-Encoding: chunked\r\n", b"5\r\nhel"),
    "packed-on-the-way": (b"Transfer-Encoding: gzip\r\n", HAR),
    "cut-by-its-length": (b"Content-Length: 3000\r\n", HAR),
}


@pytest.mark.parametrize("kind", BROKEN)
def test_a_broken_transfer_leaves_the_server_alone(server, kind):
    length, body = BROKEN[kind]
    answer = sent(server, b"POST /reports HTTP/1.1\r\nHost: localhost\r\n" + length + b"\r\n" + body, ends=True)
    assert answer[9:12] in (b"", b"202", b"400", b"413")
    assert not answer or b"content-security-policy" in answer
    assert server.ask("GET", "/").status == 200
    assert "Error" not in server.log


def sent_form(server: Served, body: bytes) -> bytes:
    head = "POST /reports HTTP/1.1\r\nHost: localhost\r\nContent-Type: multipart/form-data; boundary=b\r\n"
    return sent(server, f"{head}Content-Length: {len(body)}\r\nConnection: close\r\n\r\n".encode() + body)


def sent(server: Served, request: bytes, *, ends: bool = False) -> bytes:
    """What is answered, also to a request that is not read to its end; or the connection `ends` with it."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=30) as wire:
        with suppress(OSError):
            wire.sendall(request)
            if ends:
                wire.shutdown(socket.SHUT_WR)
        answer = b""
        with suppress(OSError):
            while chunk := wire.recv(MIB):
                answer += chunk
        return answer
