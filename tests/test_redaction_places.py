"""What is a secret by its place in a path, a table, a command or a label; and what stays, as a diagnosis needs it."""

from __future__ import annotations

import json
from io import BytesIO

import pytest

from harinspect.redaction.document import redact
from harinspect.redaction.sharing import SharedRedactor
from tests.har_files import entry

SECRET = "leak3me81"


def is_hidden(shown: str) -> bool:
    return SECRET not in shown and "‹" in shown


@pytest.mark.parametrize(
    "path",
    [
        "reset/{}",
        "invitations/{}",
        "users/password/edit/{}",
        "hooks/catch/123456/{}/",
        "api/webhooks/112233445566778899/{}",
        "bot123456789:{}/sendMessage",
        "ical/x/private-{}/basic.ics",
        "x;auth={}/y",
        "token:{}",
    ],
)
def test_what_a_link_gives_away_is_hidden(path: str) -> None:
    assert is_hidden(SharedRedactor().url("https://a.example/" + path.format(SECRET)))


@pytest.mark.parametrize("host", ["hooks.slack.com", "contoso.webhook.office.com", "maker.ifttt.com"])
def test_hosts_of_hooks_have_secrets_in_their_paths(host: str) -> None:
    assert is_hidden(SharedRedactor().url(f"https://{host}/services/T0/{SECRET}"))


@pytest.mark.parametrize(
    "path",
    [
        "reset/password",
        "auth/v1/token/refresh",
        "auth/realms/company1-prod/account",
        "share/app-4f3a2b1c.js",
        "sso/saml2/login",
        "login/oauth2",
        "items/order-2024-118",
        "cdn-cgi/challenge-platform/h/b/orchestrate",
        "users?user=:userId",
        "users?user=%5Bobject%20Object%5D",
        "session=undefined/x",
    ],
)
def test_ordinary_paths_stay(path: str) -> None:
    assert SharedRedactor().url(f"https://a.example/{path}") == f"https://a.example/{path}"


@pytest.mark.parametrize(
    "text",
    [
        "id,password\n1,{}\n",
        '"id";"token"\r\n"a\nb";"{}"\r\n',
        "| id | secret |\n|----|----|\n| 1 | {} |",
        "curl -u bob:{} https://a.example/",
        "x --password '{}'",
        "<td>Password</td><td>{}</td>",
        "Your password is <b>{}</b>",
        "token: |\n  {}\n",
        "next=%2Fx%3Ftoken%3D{}",
        "<textarea name=token>{}</textarea>",
        '[{{"value": "{}", "name": "token"}}]',
    ],
)
def test_secrets_in_tables_commands_and_labels_are_hidden(text: str) -> None:
    assert is_hidden(SharedRedactor().text(text.format(SECRET)))


@pytest.mark.parametrize(
    "text",
    [
        "id,password",
        "id,color\n1,red1\n",
        "id,password\nno row of that kind\n",
        "Dear reader,\nyour password, it is said\n",
        "id,password\n1,\n",
        "The session is no longer valid.",
        "<td>Session</td><td>expired</td>",
        "sudo -u www-data true",
        "a -- password reset",
        '[{"value": "x1", "name": "color"}]',
        '{"name": "token"}',
    ],
)
def test_other_text_stays(text: str) -> None:
    assert SharedRedactor().text(text) == text


def test_what_a_body_gave_away_is_hidden_elsewhere_in_the_strict_mode() -> None:
    made = entry(0)
    made["request"]["postData"] = {"mimeType": "text/plain", "text": f"a=1&password={SECRET}"}  # type: ignore[index]
    made["response"]["statusText"] = f"No {SECRET}"  # type: ignore[index]
    out = BytesIO()
    redact(BytesIO(json.dumps({"log": {"entries": [made]}}).encode()), out, strict=True)
    assert SECRET.encode() not in out.getvalue()
