"""Signing in: by the password, or at a proxy; what stays open; and what cookies and redirects give away."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from ipaddress import ip_network
from threading import BoundedSemaphore

import pytest
from starlette.testclient import TestClient

from harinspect.store import Store, passphrases
from harinspect.web.access import Access
from harinspect.web.app import create_app
from harinspect.web.sessions import LASTS
from harinspect.web.signin import own_path
from tests.page_client import SETTINGS
from tests.page_fixtures import clear_report
from tests.served import PASSWORD

PROXY = "10.0.0.5"
BEHIND = Access(proxies=(ip_network(PROXY),), behind_proxy=True, hosts=("desk.example",))
HTML = {"Accept": "text/html,*/*;q=0.8"}


@pytest.fixture(scope="module")
def by_password() -> Access:
    return Access(password=passphrases.stretched(PASSWORD))


@contextmanager
def visiting(access: Access, peer: str = "127.0.0.1", base: str = "http://127.0.0.1:8403") -> Iterator[TestClient]:
    app = create_app(Store(), replace(SETTINGS, access=access))
    with TestClient(app, base_url=base, follow_redirects=False, client=(peer, 4711)) as client:
        yield client


@pytest.fixture
def client(by_password: Access) -> Iterator[TestClient]:
    with visiting(by_password) as client:
        yield client


def sign_in(client: TestClient, password: str = PASSWORD, to: str = "/", **headers: str):
    return client.post("/sign-in", data={"password": password, "to": to}, headers=headers)


def kept_in(client: TestClient) -> str:
    return str(client.app.state.site.store.add(clear_report()).id)  # type: ignore[attr-defined]


CLOSED = (
    ("GET", "/"),
    ("GET", "/rules"),
    ("GET", "/patterns"),
    ("GET", "/reports/x"),
    ("GET", "/reports/x.json"),
    ("GET", "/uploads/x"),
    ("POST", "/reports"),
    ("POST", "/reports/x/delete"),
    ("DELETE", "/reports/x"),
    ("POST", "/samples/x"),
    ("POST", "/sign-out"),
    ("GET", "/nothing"),
    ("GET", "/s"),
    ("GET", "/sign-in/"),
    ("GET", "/sign-in/../rules"),
    ("GET", "/S/x"),
    ("OPTIONS", "/"),
)


@pytest.mark.parametrize(("method", "path"), CLOSED)
def test_nothing_is_told_before_the_sign_in(client, method, path):
    answer = client.request(method, path)
    assert (answer.status_code, answer.text) == (401, "Sign in first.\n")
    assert "www-authenticate" in answer.headers
    assert answer.headers["cache-control"] == "no-store"
    assert "content-security-policy" in answer.headers


def test_a_browser_is_led_to_the_form_and_back(client):
    path = f"/reports/{kept_in(client)}"
    led = client.get(path, headers=HTML)
    assert (led.status_code, led.headers["location"]) == (303, f"/sign-in?to={path}")
    form = client.get(led.headers["location"])
    assert f'name="to" value="{path}"' in form.text
    assert "Sign out" not in form.text
    answer = sign_in(client, to=path)
    assert (answer.status_code, answer.headers["location"]) == (303, path)
    shown = client.get(path)
    assert shown.status_code == 200
    assert "Sign out" in shown.text
    assert client.get("/sign-in?to=/rules").headers["location"] == "/rules"


def test_a_script_of_the_page_is_led_to_the_form(client):
    answer = client.get("/uploads/x", headers=HTML | {"HX-Request": "true"})
    assert (answer.status_code, answer.headers["hx-redirect"]) == (401, "/sign-in")


@pytest.mark.parametrize("path", ["/s/token", "/assets/app.css", "/sign-in"])
def test_share_links_assets_and_the_form_stay_open(client, path):
    assert client.get(path).status_code in (200, 404)


def test_the_cookie_is_for_this_site_alone(client):
    cookie = sign_in(client).headers["set-cookie"]
    assert cookie.startswith("harinspect=")
    assert {"HttpOnly", "SameSite=strict", "Path=/", f"Max-Age={LASTS}"} <= set(cookie.split("; "))
    assert "Domain" not in cookie


def test_over_https_the_cookie_is_bound_to_the_host(by_password):
    with visiting(by_password, base="https://127.0.0.1:8403") as client:
        cookie = sign_in(client).headers["set-cookie"]
        assert client.get("/").status_code == 200
    assert cookie.startswith("__Host-harinspect=")
    assert {"Secure", "HttpOnly", "SameSite=strict", "Path=/"} <= set(cookie.split("; "))


@pytest.mark.parametrize(("told", "name"), [({}, "__Host-"), ({"X-Forwarded-Proto": "http"}, "harinspect")])
def test_behind_a_proxy_with_tls_too(by_password, told, name):
    with visiting(replace(BEHIND, password=by_password.password), PROXY, "http://desk.example") as client:
        assert sign_in(client, **told).headers["set-cookie"].startswith(name)


def test_a_cookie_of_another_name_or_value_does_not_count(client):
    token = sign_in(client).cookies["harinspect"]
    client.cookies.clear()
    for cookie in (f"__Host-harinspect={token}", f"harinspect={token}x", f"harinspect={token[:-1]}", "harinspect="):
        assert client.get("/", headers={"Cookie": cookie}).status_code == 401
    assert client.get("/", headers={"Cookie": f"harinspect={token}"}).status_code == 200


def test_signing_out_ends_the_session(client):
    token = sign_in(client).cookies["harinspect"]
    answer = client.post("/sign-out")
    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in")
    assert "Max-Age=0" in answer.headers["set-cookie"]
    assert client.get("/", headers={"Cookie": f"harinspect={token}"}).status_code == 401


def test_signing_in_again_ends_the_session_before(client):
    first = sign_in(client).cookies["harinspect"]
    assert sign_in(client).cookies["harinspect"] != first
    client.cookies.clear()
    assert client.get("/", headers={"Cookie": f"harinspect={first}"}).status_code == 401


def test_a_wrong_password_is_said_and_then_there_is_a_wait(client):
    wrong = sign_in(client, "wrong", to="/rules")
    assert wrong.status_code == 403
    assert "This is not the password." in wrong.text
    assert 'value="/rules"' in wrong.text
    assert "set-cookie" not in wrong.headers
    later = sign_in(client)
    assert (later.status_code, later.headers["retry-after"]) == (429, "1")
    assert "Try again in 1 second." in later.text


def test_a_wait_is_the_guessers_own(by_password):
    with visiting(by_password) as client:
        client.app.state.door.attempts.begin("10.1.1.1")  # type: ignore[attr-defined]
        assert sign_in(client).status_code == 303


def test_behind_a_proxy_the_guesser_is_who_the_proxy_says(by_password):
    with visiting(replace(BEHIND, password=by_password.password), PROXY, "http://desk.example") as client:
        assert sign_in(client, "wrong", **{"X-Forwarded-For": "9.9.9.9, 1.2.3.4"}).status_code == 403
        assert sign_in(client, "wrong", **{"X-Forwarded-For": "8.8.8.8, 1.2.3.4"}).status_code == 429
        assert sign_in(client, "wrong", **{"X-Forwarded-For": "2001:db8::1"}).status_code == 403
        assert sign_in(client, "wrong", **{"X-Forwarded-For": "2001:db8::2"}).status_code == 429
        assert sign_in(client, "wrong").status_code == 403


def test_where_many_are_looked_at_another_one_comes_later(client, monkeypatch):
    monkeypatch.setattr(passphrases, "_line", BoundedSemaphore(1))
    with passphrases.line():
        answer = sign_in(client)
        assert (answer.status_code, answer.headers["retry-after"]) == (429, "1")
        with pytest.raises(passphrases.Busy), passphrases.line():
            pass


@pytest.mark.parametrize(("body", "status"), [(b"x" * 9000, 413), (b"a=1&" * 20, 400), (b"\xff\x00", 403), (b"", 403)])
def test_a_form_that_is_none(client, body, status):
    answer = client.post("/sign-in", content=body)
    assert answer.status_code == status


def test_another_site_cannot_sign_somebody_in(client):
    for headers in ({"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}):
        assert sign_in(client, **headers).status_code == 403


@pytest.mark.parametrize(
    ("to", "path"),
    [
        ("/reports/x", "/reports/x"),
        ("//evil.example", "/"),
        ("/\\evil.example", "/"),
        ("https://evil.example", "/"),
        ("javascript:alert(1)", "/"),
        ("/\r\nSet-Cookie: a=b", "/"),
        ("", "/"),
        ("/" + "x" * 500, "/"),
        ("/é", "/"),
    ],
)
def test_the_way_back_stays_on_this_site(to, path):
    assert own_path(to) == path


def test_where_nobody_has_to_sign_in_there_is_no_form():
    with visiting(Access()) as client:
        assert client.get("/sign-in").status_code == 404
        assert sign_in(client).status_code == 404
        assert client.post("/sign-out").headers["location"] == "/"
        assert "Sign out" not in client.get("/").text


USER = {"X-User": "ada"}


@pytest.mark.parametrize("headers", [{}, {"X-User": ""}, {"X-User": " "}, {"X-Users": "ada"}, {"X_User": "ada"}])
def test_a_proxy_that_names_nobody(headers):
    with visiting(replace(BEHIND, header="x-user"), PROXY, "http://desk.example") as client:
        assert client.get("/", headers=headers).status_code == 401
        assert client.get("/s/token", headers=headers).status_code == 404
        assert client.get("/sign-in", headers=headers).status_code == 404


def test_a_proxy_that_names_somebody():
    with visiting(replace(BEHIND, header="x-user"), PROXY, "http://desk.example") as client:
        shown = client.get("/", headers=USER)
        assert shown.status_code == 200
        assert "Sign out" not in shown.text
        assert client.get("/", headers=[("X-User", "ada"), ("X-User", "eve")]).status_code == 401


@pytest.mark.parametrize("peer", ["10.0.0.6", "127.0.0.1", "testclient"])
@pytest.mark.parametrize("path", ["/", "/s/token", "/assets/app.css"])
def test_the_header_counts_from_the_proxy_alone(peer, path):
    with visiting(replace(BEHIND, header="x-user"), peer, "http://desk.example") as client:
        assert client.get(path, headers=USER | {"X-Forwarded-For": PROXY}).status_code == 401


def test_on_loopback_the_header_counts_from_the_proxy_alone():
    with visiting(Access(header="x-user", proxies=(ip_network("10.0.0.9"),))) as client:
        assert client.get("/", headers=USER).status_code == 401


def test_nobody_passes_by_the_proxy_that_speaks_tls(by_password):
    with visiting(replace(BEHIND, password=by_password.password), "10.0.0.6", "http://desk.example") as client:
        assert [client.get(path).status_code for path in ("/", "/sign-in", "/s/token")] == [403, 403, 403]
        assert sign_in(client).status_code == 403
