"""Where the page may listen, and what the server demands before it does."""

from __future__ import annotations

from ipaddress import ip_address
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from harinspect import cli, web
from harinspect.store import passwords
from harinspect.web.access import Access, NotSafe, Options, access, address, is_loopback
from tests.served import PASSWORD, TLS, free_port

CERT, KEY = TLS / "cert.pem", TLS / "key.pem"


@pytest.fixture
def password(tmp_path: Path) -> Path:
    file = tmp_path / "password"
    passwords.write(file, PASSWORD)
    return file


@pytest.fixture
def served(monkeypatch: pytest.MonkeyPatch) -> list[Access]:
    seen: list[Access] = []
    monkeypatch.setattr(web, "serve", lambda host, port, store, access, **_: seen.append(access))
    return seen


def serve(*options: object, command: str = "serve") -> Result:
    return CliRunner().invoke(cli.app, [command, "--port", str(free_port()), *map(str, options)])


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.8.8", "localhost", "LOCALHOST", "::1", "::ffff:127.0.0.1"])
def test_loopback(host):
    assert is_loopback(host)
    assert access(Options(host)).is_open


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.7", "desk.example", "localhost.evil.example", ""])  # noqa: S104
def test_all_else_is_within_the_reach_of_others(host):
    assert not is_loopback(host)
    with pytest.raises(NotSafe):
        access(Options(host))


def test_it_is_said_before_a_database_is_opened(served, tmp_path):
    told = serve("--host", "0.0.0.0", "--data", tmp_path / "data")  # noqa: S104
    assert (told.exit_code, (tmp_path / "data").exists()) == (2, False)


def test_without_anything_the_server_says_how(served):
    told = serve("--host", "0.0.0.0")  # noqa: S104
    assert (told.exit_code, served) == (2, [])
    for option in ("--password-file", "harinspect password", "--trust-header", "--from", "--certfile", "--keyfile"):
        assert option in told.stderr
    assert told.stderr.count("\n") == 1
    assert "harinspect is on" not in told.stderr


def test_sign_in_alone_is_not_enough(served, password):
    told = serve("--host", "0.0.0.0", "--password-file", password)  # noqa: S104
    assert (told.exit_code, served) == (2, [])
    assert "--certfile" in told.stderr
    assert "--password-file" not in told.stderr


def test_tls_alone_is_not_enough(served):
    told = serve("--host", "0.0.0.0", "--certfile", CERT, "--keyfile", KEY)  # noqa: S104
    assert (told.exit_code, served) == (2, [])
    assert "--password-file" in told.stderr
    assert "--certfile" not in told.stderr


def test_both_are_enough(served, password):
    told = serve("--host", "0.0.0.0", "--password-file", password, "--certfile", CERT, "--keyfile", KEY)  # noqa: S104
    (let_in,) = served
    assert told.exit_code == 0
    assert "https://0.0.0.0:" in told.stderr
    assert "--allow-host NAME adds a name" in told.stderr
    assert let_in.password.startswith("$argon2id$")
    assert (let_in.is_open, let_in.behind_proxy) == (False, False)


@pytest.mark.parametrize("sign_in", ["header", "password"])
def test_a_proxy_is_enough(served, password, sign_in):
    chosen = ("--trust-header", "X-User") if sign_in == "header" else ("--password-file", password)
    told = serve("--host", "0.0.0.0", *chosen, "--from", "10.0.0.5", "--from", "fd00::/64")  # noqa: S104
    (let_in,) = served
    assert told.exit_code == 0
    assert let_in.behind_proxy
    assert [let_in.is_proxy(ip_address(one)) for one in ("10.0.0.5", "fd00::9", "10.0.0.6")] == [True, True, False]
    assert not let_in.is_proxy(None)


def test_the_demo_is_for_this_machine(served):
    told = serve("--host", "0.0.0.0", command="demo")  # noqa: S104
    assert (told.exit_code, served) == (2, [])
    assert "for this machine alone" in told.stderr


@pytest.mark.parametrize(
    ("options", "why"),
    [
        (Options(certfile=CERT), "go together"),
        (Options(keyfile=KEY), "go together"),
        (Options(password_file=CERT, trust_header="X-User"), "one way to sign in"),
        (Options(trust_header="X-User"), "needs --from"),
        (Options(proxies=["10.0.0.5"]), "nobody would have to sign in"),
        (Options(trust_header="X User", proxies=["10.0.0.5"]), "no name of a header"),
        (Options(trust_header="X-User", proxies=["proxy"]), "no IP address"),
        (Options(trust_header="X-User", proxies=["0.0.0.0/0"]), "everybody"),
        (Options(trust_header="X-User", proxies=["::/0"]), "everybody"),
        (Options(certfile=CERT, keyfile=TLS / "nothing.pem"), "is not there"),
        (Options(certfile=CERT, keyfile=CERT), "cannot be used"),
    ],
)
def test_what_does_not_go_together_is_said(options, why):
    with pytest.raises(NotSafe, match=why):
        access(options)


def test_a_password_file_that_others_may_read_stops_the_server(served, password):
    password.chmod(0o644)
    told = serve("--password-file", password)
    assert (told.exit_code, served) == (2, [])
    assert f"chmod 600 {password}" in told.stderr


def test_a_proxy_in_the_clothes_of_the_newer_protocol_is_the_same():
    let_in = access(Options(trust_header="X-User", proxies=["::ffff:10.0.0.5", "::ffff:10.1.0.0/112"]))
    assert [let_in.is_proxy(ip_address(one)) for one in ("10.0.0.5", "10.1.2.3", "10.2.0.1")] == [True, True, False]


@pytest.mark.parametrize(
    ("text", "found"),
    [("10.0.0.5", "10.0.0.5"), ("::ffff:10.0.0.5", "10.0.0.5"), ("fe80::1%eth0", "fe80::1"), ("x", None)],
)
def test_an_address_is_read(text, found):
    assert address(text) == (found and ip_address(found))
