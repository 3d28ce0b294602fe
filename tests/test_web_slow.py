"""Slow clients at a real server: they are let go of, and others never wait for them."""

from __future__ import annotations

import select
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from dataclasses import replace
from http.client import HTTPConnection
from types import SimpleNamespace

import pytest

from harinspect.store import Store
from harinspect.web import pace, patience, room
from tests.page_client import client_on
from tests.page_server import SETTINGS, Server

HEAD = b"POST /reports HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 90000\r\n\r\n"
WHOLE = b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
HURRY = 0.6  # seconds that stand for all the limits


@pytest.fixture(autouse=True)
def hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    for module, name in ((patience, "HEAD"), (patience, "STALL"), (pace, "GRACE")):
        monkeypatch.setattr(module, name, HURRY)


@pytest.fixture
def server() -> Iterator[Server]:
    with Server(replace(SETTINGS, upload_bytes=10_000_000)) as server:
        yield server


def opened(server: Server) -> socket.socket:
    return socket.create_connection(server.socket.getsockname(), timeout=10)


def quick(server: Server) -> float:
    """Seconds until somebody else has the first page."""
    start = time.monotonic()
    connection = HTTPConnection("127.0.0.1", server.socket.getsockname()[1], timeout=10)
    connection.request("GET", "/rules")
    assert connection.getresponse().status == 200
    connection.close()
    return time.monotonic() - start


def end_of(wire: socket.socket, sends: Callable[[int], bytes] = lambda _: b"") -> tuple[bytes, float]:
    """What came until the server closed, while `sends` goes on; and the seconds that took."""
    told, start = b"", time.monotonic()
    for number in range(1000):
        with suppress(OSError):
            wire.sendall(sends(number))
        if not select.select([wire], [], [], 0.02)[0]:
            assert time.monotonic() - start < 8, "it was never closed"
            continue
        try:
            chunk = wire.recv(65536)
        except OSError:
            break
        if not chunk:
            break
        told += chunk
    return told, time.monotonic() - start


def trickle(text: bytes) -> Callable[[int], bytes]:
    return lambda number: text[number % len(text) :][:1]


@pytest.mark.parametrize("start", [b"", b"GET / HT", WHOLE[:-2] + b"X-A: "])
def test_a_head_that_trickles_or_never_comes_is_ended(server, start):
    with opened(server) as wire:
        wire.sendall(start)
        told, seconds = end_of(wire, trickle(b"a") if start else lambda _: b"")
    assert told == b""
    assert seconds < 6


def test_the_head_of_a_second_request_may_not_trickle_either(server):
    with opened(server) as wire:
        wire.sendall(WHOLE)
        told, seconds = end_of(wire, trickle(b"a"))
    assert told.startswith(b"HTTP/1.1 200 OK")
    assert seconds < 6


def test_a_body_that_nobody_wants_may_not_trickle(server):
    with opened(server) as wire:
        wire.sendall(HEAD.replace(b"/reports", b"/nothing"))
        told, seconds = end_of(wire, trickle(b"a"))
    assert told.startswith(b"HTTP/1.1 404")
    assert seconds < 6


@pytest.mark.parametrize("sends", [lambda _: b"", trickle(b"a")])
def test_a_body_that_trickles_is_ended_in_words(server, sends):
    with opened(server) as wire:
        wire.sendall(HEAD)
        told, seconds = end_of(wire, sends)
    assert told.startswith(b"HTTP/1.1 408 ")
    assert told.endswith(pace.TOO_SLOW.encode())
    assert b"connection: close" in told.lower()
    assert b"content-security-policy" in told
    assert seconds < 6


def test_a_body_that_comes_fast_enough_may_take_long(server):
    with opened(server) as wire:
        wire.sendall(HEAD)
        for _ in range(15):
            wire.sendall(b"x" * 6000)
            time.sleep(0.1)
        assert wire.recv(100).startswith(b"HTTP/1.1 202")


def test_but_not_for_ever(server, monkeypatch):
    monkeypatch.setattr(pace, "LONGEST", 1.0)
    with opened(server) as wire:
        wire.sendall(HEAD.replace(b"90000", b"9000000"))
        told, _ = end_of(wire, lambda _: b"x" * 6000)
    assert told.startswith(b"HTTP/1.1 408 ")


def test_who_never_reads_is_let_go_of(server):
    ended = threading.Event()
    with opened(server) as wire:
        wire.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2000)
        asked = WHOLE.replace(b"GET / ", b"GET /rules ")
        with suppress(OSError):
            for _ in range(300):  # until nothing fits in between
                wire.sendall(asked * 20)
                time.sleep(0.01)
            ended.set()
        assert not ended.is_set()
    assert quick(server) < 4


def test_who_reads_late_gets_all_of_it(server, monkeypatch):
    paused = threading.Event()
    monkeypatch.setattr(patience, "STALL", 60)
    monkeypatch.setattr(patience.Patient, "_look", lambda self: paused.set())
    asked = WHOLE.replace(b"GET / ", b"GET /assets/htmx.min.js ")
    with opened(server) as wire:
        wire.sendall(asked * 199 + asked.replace(b"Host", b"Connection: close\r\nHost"))
        assert paused.wait(8)
        told, _ = end_of(wire)
    assert told.count(b"HTTP/1.1 200 OK") == 200


def test_who_takes_too_little_is_let_go_of():
    calls: list[object] = []
    aborted: list[bool] = []
    loop = SimpleNamespace(call_later=lambda *call: calls.append(call))
    left = iter([90_000, 60_000, 45_000])
    transport = SimpleNamespace(get_write_buffer_size=lambda: next(left), abort=lambda: aborted.append(True))
    connection = SimpleNamespace(loop=loop, transport=transport, _look=None)
    for before in (None, 90_000, 60_000):
        patience.Patient._look(connection, before)  # type: ignore[arg-type]
    assert (len(calls), aborted) == (2, [True])


def test_idle_connections_do_not_keep_others_out(server, monkeypatch):
    monkeypatch.setattr(patience, "HEAD", 60)
    monkeypatch.setattr(patience, "MOST", 20)
    with ExitStack() as stack:
        idle = [stack.enter_context(opened(server)) for _ in range(60)]
        assert quick(server) < 4
        time.sleep(0.2)
        closed = [wire for wire in idle if select.select([wire], [], [], 0)[0]]
        assert len(closed) >= 40
        assert idle[0] in closed
        assert idle[-1] not in closed


def test_slow_uploads_do_not_keep_others_waiting(server, monkeypatch):
    monkeypatch.setattr(pace, "GRACE", 60)
    with ExitStack() as stack:
        for _ in range(room.FROM_ONE_PLACE):
            stack.enter_context(opened(server)).sendall(HEAD + b"x")
        assert max(quick(server) for _ in range(5)) < 4
        with opened(server) as wire:
            wire.sendall(HEAD + b"x")
            assert wire.recv(100).startswith(b"HTTP/1.1 429")


def place(*connections: tuple[str, float, bool]) -> tuple[str, float, bool]:
    made = [SimpleNamespace(place=where, since=since, is_busy=busy) for where, since, busy in connections]
    found = patience.most_patient(made)  # type: ignore[arg-type]
    return found.place, found.since, found.is_busy


def test_whoever_holds_most_loses_the_one_that_waited_longest():
    a, b = ("10.0.0.1", 5.0, False), ("10.0.0.2", 1.0, False)
    assert place(a, b, ("10.0.0.1", 4.0, False), ("10.0.0.1", 3.0, True)) == ("10.0.0.1", 4.0, False)
    assert place(b, ("10.0.0.2", 0.5, True), a) == b
    assert place(("10.0.0.2", 2.0, True), ("10.0.0.2", 0.5, True), a) == ("10.0.0.2", 0.5, True)


def test_a_chunk_that_is_none_is_refused_with_all_headers(server):
    with opened(server) as wire:
        wire.sendall(HEAD.replace(b"Content-Length: 90000", b"Transfer-Encoding: chunked") + b"zz\r\nx\r\n")
        told, _ = end_of(wire)
    assert told.startswith(b"HTTP/1.1 400 ")
    for header in (b"content-security-policy: default-src 'none'", b"nosniff", b"no-store", b"DENY"):
        assert header in told


def test_an_answer_that_has_begun_is_cut_off():
    aborted: list[bool] = []
    transport = SimpleNamespace(abort=lambda: aborted.append(True))
    connection = SimpleNamespace(conn=SimpleNamespace(our_state="SEND_BODY"), transport=transport)
    patience.Patient.send_400_response(connection, "x")  # type: ignore[arg-type]
    assert aborted == [True]


def test_too_many_bytes_at_a_time():
    with client_on(Store(), held_bytes=100) as client:
        answer = client.post("/reports", content=b"x" * 101)
        form = client.post("/reports", files={"files": ("a.har", b"x" * 101)})
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "60")
        assert (form.status_code, form.headers["retry-after"]) == (503, "60")
        assert "take all the room" in answer.text
        client.post("/reports", content=b"slow" + b"x" * 80)
        assert client.post("/reports", content=b"x" * 30).status_code == 503
        assert client.post("/reports", content=b"x" * 10).status_code == 202


@pytest.mark.parametrize(("name", "status"), [("AT_A_TIME", 503), ("FROM_ONE_PLACE", 429), ("IN_LINE", 503)])
def test_too_many_uploads_at_a_time(monkeypatch, name, status):
    with client_on(Store()) as client:
        monkeypatch.setattr(room, name, 0)
        answer = client.post("/reports", content=b"x")
        assert (answer.status_code, "Too many files" in answer.text) == (status, True)
        monkeypatch.undo()
        assert client.post("/reports", content=b"x").status_code == 202
