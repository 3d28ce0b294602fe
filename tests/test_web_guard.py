"""Who may ask for what, and what a browser is told about the answer."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient

from harinspect.store import Store
from tests.page_client import client_on
from tests.page_fixtures import clear_report


@pytest.fixture
def client() -> Iterator[TestClient]:
    with client_on(Store(), hosts=("desk.example",)) as client:
        yield client


@pytest.mark.parametrize("host", ["127.0.0.1:8403", "localhost", "LOCALHOST:1", "[::1]:8403", "desk.example:8403"])
def test_own_names_are_answered(client, host):
    assert client.get("/", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize(
    "host", ["evil.example", "127.0.0.1.evil.example", "", "[::2]:8403", "localhost.evil.example:80"]
)
def test_foreign_names_are_refused(client, host):
    """DNS rebinding: the browser believes that the attacker's name is this machine."""
    answer = client.get("/", headers={"Host": host})
    assert answer.status_code == 403
    assert "content-security-policy" in answer.headers


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1:9999"},
    ],
)
def test_other_sites_change_nothing(headers):
    store = Store()
    kept = store.add(clear_report())
    with client_on(store) as client:
        assert client.post(f"/reports/{kept.id}/delete", headers=headers).status_code == 403
        assert client.delete(f"/reports/{kept.id}", headers=headers).status_code == 403
    assert store.get(kept.id)


@pytest.mark.parametrize(
    "headers", [{}, {"Sec-Fetch-Site": "same-origin", "Origin": "http://127.0.0.1:8403"}, {"Sec-Fetch-Site": "none"}]
)
def test_the_page_itself_may(headers):
    store = Store()
    kept = store.add(clear_report())
    with client_on(store) as client:
        assert client.post(f"/reports/{kept.id}/delete", headers=headers).status_code == 303
    assert store.get(kept.id) is None


def test_every_answer_is_protected(client):
    for path in ("/", "/nothing", "/reports/unknown", "/assets/app.css"):
        headers = client.get(path).headers
        policy = headers["content-security-policy"]
        assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self'")
        assert "unsafe" not in policy
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "same-origin"


def test_reports_are_not_cached_and_marked_assets_are():
    store = Store()
    kept = store.add(clear_report())
    with client_on(store) as client:
        assert client.get(f"/reports/{kept.id}").headers["cache-control"] == "no-store"
        assert "immutable" in client.get("/assets/app.css?v=1").headers["cache-control"]
        assert client.get("/assets/app.css").headers["cache-control"] == "no-cache"


def test_no_description_of_the_interface_is_served(client):
    assert [client.get(path).status_code for path in ("/docs", "/redoc", "/openapi.json")] == [404, 404, 404]
