"""What the real server writes: no query, token, cookie, header or body; and TLS as a client sees it."""

from __future__ import annotations

import json
import socket
import sqlite3
import ssl
import sys
import time
from collections.abc import Iterator
from contextlib import closing

import pytest

from harinspect.store import passwords
from harinspect.store.folder import DATABASE
from tests.served import PASSWORD, TLS, Served, form

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="ends processes as POSIX does")

ENTRY = {"request": {"method": "GET", "url": "https://a.example/canary"}, "response": {"status": 403}}
HAR = json.dumps({"log": {"version": "1.2", "entries": [ENTRY]}}).encode()
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def canary(place: str) -> str:
    return f"canary-{place}-7f3a"


def everywhere(method: str, path: str) -> tuple[str, str, bytes, dict[str, str]]:
    """A request with a canary in each of its parts."""
    headers = {name: canary(name) for name in ("Cookie", "Authorization", "X-Filename", "Referer", "User-Agent")}
    headers |= {"Cookie": f"harinspect={canary('Cookie')}", "Origin": f"https://{canary('origin')}.example"}
    return method, f"{path}{canary('path')}?token={canary('query')}", canary("body").encode(), headers


def malformed() -> Iterator[bytes]:
    """What the server itself refuses, a form that is cut or none, and a transfer that ends too soon."""
    told = canary("raw")
    yield f"GET /{told} HTTP/9\r\n{told}\r\n\r\n".encode()
    yield f"GET /s/{told}?{told} HTTP/1.1\r\nHost: {told}\r\nHost: {told}\r\n\r\n".encode()
    yield f"GET / HTTP/1.1\r\nHost: localhost\r\nX: {told * 10_000}\r\n\r\n".encode()
    yield f"GET /{told} HTTP/1.1\r\nHost: localhost\r\nUpgrade: {told}\r\nConnection: Upgrade\r\n\r\n".encode()
    yield b"\x16\x03\x01" + told.encode()
    start = f"POST /sign-in?{told} HTTP/1.1\r\nHost: localhost\r\nOrigin: http://[{told}\r\n"
    yield f"{start}Content-Length: 0\r\n\r\n".encode()
    start = f"POST /sign-in?{told} HTTP/1.1\r\nHost: localhost\r\nCookie: {told}\r\n"
    yield f"{start}Content-Length: 999\r\n\r\n{told}".encode()
    yield f"{start}Transfer-Encoding: chunked\r\n\r\n{told}\r\n{told}".encode()


def test_the_log_holds_nothing_that_was_sent(tmp_path):
    file = tmp_path / "password"
    passwords.write(file, PASSWORD)
    with Served(tmp_path, "--password-file", file) as server:
        for method in ("GET", "POST", "DELETE", "PUT", canary("method")):
            for path in ("/", "/reports/", "/s/", "/assets/", "/sign-in?"):
                server.ask(*everywhere(method, path))
        server.ask("POST", f"/sign-in?to={canary('query')}", form(password=canary("password")), FORM)
        server.ask("POST", "/sign-in", form(password=canary("password")), FORM | {"X-A": canary("header")})
        for sent in malformed():
            raw(server, sent)
        token = signed_in(server)
        upload = server.ask("POST", "/reports", canary("har").encode(), {"Cookie": token, "X-Filename": canary("name")})
        assert upload.status == 202
        kept = server.end_of(server.upload(HAR, cookie=token), cookie=token).partition("/reports/")[2].partition('"')[0]
        shared = share(server, kept, token)
        assert server.ask("GET", shared).status == 200
        for below in ("/../", "%2f..", "/exchanges/x", "/denials/9999999999999999999"):
            assert server.ask("GET", shared + below).status in (307, 404)
        damage(server)
        broken = [
            server.ask("GET", path, headers={"Cookie": token}).status for path in (f"/reports/{kept}", "/?q=canary")
        ]
        assert broken == [500, 500]
        assert server.ask("GET", shared).status in (404, 500)
        ugly = b"--b\r\nContent-Disposition: form-data; name=files; filename=a\r\n\r\nx\r\n--bcanary"
        headers = {"Cookie": token, "Content-Type": "multipart/form-data; boundary=b"}
        server.ask("POST", "/reports", ugly, headers)
        server.ask("POST", "/reports", b"canary", headers)
    assert "harinspect is on http://127.0.0.1:" in server.log
    assert "canary" not in server.log
    assert token.partition("=")[2] not in server.log
    assert shared not in server.log
    assert kept not in server.log
    assert "boundary" not in server.log
    assert PASSWORD not in server.log


def share(server: Served, report: str, cookie: str) -> str:
    """The path of a new link."""
    made = server.ask("POST", f"/reports/{report}/links", form(expires="1d"), FORM | {"Cookie": cookie})
    shown = server.ask("GET", made.headers["location"], headers={"Cookie": cookie}).text
    return "/s/" + shown.partition("/s/")[2].partition("<")[0]


def damage(server: Served) -> None:
    """From now on each question to the database fails."""
    with closing(sqlite3.connect(server.data / DATABASE)) as connection:
        connection.executescript("ALTER TABLE reports RENAME TO gone; ALTER TABLE links RENAME TO lost")


def signed_in(server: Served) -> str:
    """The cookie, as soon as the wait after the wrong ones is over."""
    for _ in range(10):
        answer = server.ask("POST", "/sign-in", form(password=PASSWORD), FORM)
        if answer.status == 303:
            return answer.headers["set-cookie"].partition(";")[0]
        time.sleep(int(answer.headers["retry-after"]))
    raise AssertionError("never let in")


def raw(server: Served, sent: bytes) -> None:
    with socket.create_connection(("127.0.0.1", server.port)) as wire:
        wire.sendall(sent)
        wire.shutdown(socket.SHUT_WR)
        wire.recv(1000)


def test_over_tls(tmp_path):
    file = tmp_path / "password"
    passwords.write(file, PASSWORD)
    tls = ("--certfile", TLS / "cert.pem", "--keyfile", TLS / "key.pem")
    options = ("--host", "0.0.0.0", "--password-file", file, *tls)  # noqa: S104
    with Served(tmp_path, *options, is_tls=True) as server:
        assert server.ask("GET", "/").status == 401
        assert server.ask("GET", "/sign-in", headers={"Host": "evil.example"}).status == 403
        answer = server.ask("POST", "/sign-in", form(password=PASSWORD), FORM)
        cookie = answer.headers["set-cookie"]
        assert server.ask("GET", "/", headers={"Cookie": cookie.partition(";")[0]}).status == 200
        assert cookie.startswith("__Host-harinspect=")
        old = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        old.load_verify_locations(TLS / "cert.pem")
        old.maximum_version = ssl.TLSVersion.TLSv1_2
        with (
            socket.create_connection(("127.0.0.1", server.port)) as plain,
            old.wrap_socket(plain, server_hostname="localhost") as wire,
        ):
            assert wire.version() == "TLSv1.2"


def test_the_proxys_word_about_the_peer_does_not_make_one_a_proxy(tmp_path):
    with Served(tmp_path, "--trust-header", "X-User", "--from", "10.0.0.5") as server:
        sent = {"X-User": "ada", "X-Forwarded-For": "10.0.0.5", "Forwarded": "for=10.0.0.5"}
        assert server.ask("GET", "/", headers=sent).status == 401


def test_a_proxy_on_this_machine(tmp_path):
    with Served(tmp_path, "--trust-header", "X-User", "--from", "127.0.0.1") as server:
        assert [server.ask("GET", "/", headers=sent).status for sent in ({}, {"X-User": "ada"})] == [401, 200]
