"""Who made the request and from where: told as marks, and only where the file says so."""

from __future__ import annotations

import base64

import pytest

from tests.messages import passed_on, refused, text_of, token
from tests.report_fixtures import denied

NAME = "erin.q8W7e6R5"


@pytest.mark.parametrize(
    ("sent", "place"),
    [
        ((("Authorization", f"Bearer {token(sub='s1', email=f'{NAME}@mail.example')}"),), "the claim email"),
        ((("Authorization", f"Bearer {token(sub=NAME)}"),), "the claim sub of the token in Authorization"),
        ((("Remote-User", NAME),), "Remote-User of the request"),
        ((("Authorization", "Basic " + base64.b64encode(f"{NAME}:pw".encode()).decode()),), "the user name in"),
        ((("X-Api-Key", NAME),), "the key in X-Api-Key"),
        ((("Cookie", f"theme=dark; app_session={NAME}"),), "the cookie app_session"),
    ],
)
def test_the_account_is_told_as_a_mark(sent: tuple[tuple[str, str], ...], place: str) -> None:
    told = passed_on(denied(refused(sent=sent, posted=None, query="y=1")))
    line = next(line for line in told.text.splitlines() if line.startswith("User: "))
    assert line.startswith("User: ‹")
    assert place in line
    assert NAME not in told.text + told.markdown + told.curl
    assert "equal values have equal marks" in told.text


@pytest.mark.parametrize(
    "sent",
    [
        (("Authorization", "Bearer undefined"),),
        (("Authorization", "Basic !!!"),),
        (("Authorization", "Basic " + base64.b64encode(b":pw").decode()),),
        (("Cookie", "theme=dark; sid="),),
    ],
)
def test_what_names_nobody_is_no_account(sent: tuple[tuple[str, str], ...]) -> None:
    line = [
        row for row in text_of(refused(sent=sent, posted=None, query="y=1")).splitlines() if row.startswith("User:")
    ]
    assert not line or line[0].startswith("User: ‹token:")


def test_it_is_told_where_no_credential_went_along() -> None:
    assert "User: none: the request bore no cookie and no Authorization" in text_of(refused(sent=(), query="y=1"))


@pytest.mark.parametrize(
    ("body", "answered", "found"),
    [
        ("Your IP address is 203.0.113.77.", (), True),
        ('{"client_ip": "2001:db8::77", "ip": "203.0.113.77"}', (), True),
        ('<span id="footer-ip">203.0.113.77</span>', (), True),
        ("", (("X-Client-IP", "203.0.113.77"),), True),
        ("the ship is 12 years old; zip: 1234567", (), False),
        ("Server IP: 192.0.2.9", (), False),
        ("ip: 999.999.999.999", (("X-Forwarded-For", "unknown"),), False),
    ],
)
def test_the_address_that_the_server_saw_is_told_as_a_mark(
    body: str, answered: tuple[tuple[str, str], ...], found: bool
) -> None:
    told = passed_on(denied(refused(body=body, answered=answered)))
    assert ("Client address: ‹ip:" in told.text) is found
    assert "203.0.113.77" not in told.text + told.markdown
