"""Where secrets stand in a HAR: each place takes an entry, the log and a plant, and hides one or more canaries there.

`spelt` writes a name in the spelling that is being tried.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from typing import Any
from urllib.parse import quote_plus

from tests.privacy.canaries import Plant

Spell = Callable[[str], str]
Place = Callable[[Any, Any, Plant, Spell], None]
PLACES: dict[str, Place] = {}

SENT = {
    "Cookie": "sid={}; theme=dark",
    "Cookie2": "$Version=1; sid={}",
    "Authorization": "Bearer {}",
    "Proxy-Authorization": "Bearer {}",
    "X-Authorization": "{}",
    "X-Api-Key": "{}",
    "Api-Key": "{}",
    "ApiKey": "{}",
    "X-Goog-Api-Key": "{}",
    "Ocp-Apim-Subscription-Key": "{}",
    "X-Functions-Key": "{}",
    "X-Auth-Token": "{}",
    "X-Access-Token": "{}",
    "X-Refresh-Token": "{}",
    "X-Id-Token": "{}",
    "Private-Token": "{}",
    "X-Vault-Token": "{}",
    "X-Shopify-Access-Token": "{}",
    "X-Amz-Security-Token": "{}",
    "X-CSRF-Token": "{}",
    "X-XSRF-TOKEN": "{}",
    "RequestVerificationToken": "{}",
    "X-WP-Nonce": "{}",
    "X-Session-Id": "{}",
    "X-Client-Secret": "{}",
    "X-Password": "{}",
    "X-Hub-Signature": "sha1={}",
    "DPoP": "{}",
    "Sec-WebSocket-Protocol": "auth, {}",
    "X-Acme-Thing": "{}",
    "Forwarded": "for={};proto=https",
    "X-Forwarded-User": "{}",
    "X-User-Name": "{}",
}
RECEIVED = {
    "Set-Cookie": "sid={}; Path=/; HttpOnly",
    "Set-Cookie2": "sid={}; Version=1",
    "Location": "https://a.example/cb?code={}&x=1",
    "Content-Location": "/file;jsessionid={}",
    "Refresh": "5; url=https://a.example/?token={}",
    "Link": "<https://a.example/?access_token={}>; rel=next",
    "Authentication-Info": 'nextnonce="{}"',
    "X-Amz-Cf-Thing": "token={}",
    "X-Debug": '{{"secret": "{}"}}',
    "Report-To": '{{"endpoints":[{{"url":"https://a.example/r?s={}&token={}"}}]}}',
    "SourceMap": "/app.js.map?sig={}",
}
QUERIES = {
    "token": "/x?{n}={v}",
    "access_token": "/x?a=1&{n}={v}#top",
    "sig": "/blob?sv=2020-01-01&se=2027-01-01T00:00:00Z&{n}={v}",
    "X-Amz-Signature": "/s3?X-Amz-Date=20260101T000000Z&X-Amz-Expires=60&{n}={v}",
    "X-Goog-Signature": "/gs?{n}={v}",
    "Key-Pair-Id": "/cf?Policy=x&{n}={v}",
    "code": "/cb?{n}={v}&state=x",
    "state": "/cb?code=x&{n}={v}",
    "SAMLResponse": "/acs?{n}={v}",
    "email": "/x?{n}={v}",
    "jsessionid": "/x;{n}={v}/y?z=1",
    "user[password]": "/x?{n}={v}",
}
FIELDS = {
    "password": "secret",
    "access_token": "secret",
    "refresh_token": "secret",
    "clientSecret": "secret",
    "apiKey": "secret",
    "sessionId": "secret",
    "csrfToken": "secret",
    "otp": "secret",
    "pin": "secret",
    "name": "person",
    "firstName": "word",
    "last_name": "word",
    "username": "secret",
    "street": "secret",
    "address": "word",
    "birthday": "secret",
    "iban": "secret",
    "ssn": "secret",
    "phoneNumber": "secret",
    "cardNumber": "secret",
    "passportNo": "secret",
    "account_id": "secret",
}  # fmt: skip


def value_of(plant: Plant, field: str) -> str:
    kind = FIELDS[field]
    return f"{plant.word()} {plant.word()}" if kind == "person" else plant.word() if kind == "word" else plant.secret()


def _header(side: str, name: str, form: str) -> Place:
    def place(entry: Any, log: Any, plant: Plant, spelt: Spell) -> None:
        value = form.replace("{}", plant.secret()).replace("{{", "{").replace("}}", "}")
        entry[side]["headers"].append({"name": spelt(name), "value": value})

    return place


def _query(name: str, form: str) -> Place:
    def place(entry: Any, log: Any, plant: Plant, spelt: Spell) -> None:
        entry["request"]["url"] = "https://a.example" + form.format(n=spelt(name), v=plant.secret())
        entry["request"]["queryString"] = [{"name": spelt(name), "value": plant.secret()}]

    return place


def _field(name: str) -> Place:
    def place(entry: Any, log: Any, plant: Plant, spelt: Spell) -> None:
        body = {"page": 1, "user": {spelt(name): value_of(plant, name)}, "list": [{spelt(name): value_of(plant, name)}]}
        entry["response"]["content"] = {"size": 9, "mimeType": "application/json", "text": json.dumps(body, indent=1)}
        entry["request"]["postData"] = {
            "mimeType": "application/x-www-form-urlencoded",
            "text": f"a=1&{spelt(name)}={quote_plus(value_of(plant, name))}&b=2",
            "params": [{"name": spelt(name), "value": value_of(plant, name)}],
        }

    return place


def _as_field(name: str) -> Place:
    """The same names in markup, XML, GraphQL, a multipart form, a script, a WebSocket message and escaped JSON."""

    def place(entry: Any, log: Any, plant: Plant, spelt: Spell) -> None:
        shown, value = spelt(name), lambda: value_of(plant, name)
        entry["response"]["content"] = {
            "mimeType": "text/html",
            "text": f'<form><input type="hidden" name="{shown}" value="{value()}"></form>'
            f"<script>window.__STATE__ = {{'{shown}': '{value()}', x: 1}}; var {shown} = \"{value()}\";</script>"
            f'<script>self.push([1,"{{\\"{shown}\\":\\"{value()}\\"}}"])</script>'
            f"<xml><{shown}>{value()}</{shown}></xml>",
        }
        query = {"query": f'mutation {{ login({shown}: "{value()}") {{ ok }} }}', "variables": {shown: value()}}
        part = f'--b\r\nContent-Disposition: form-data; name="{shown}"\r\n\r\n{value()}\r\n--b--\r\n'
        entry["request"]["postData"] = {"mimeType": "application/json", "text": json.dumps(query) + part}
        entry["_webSocketMessages"] = [{"type": "send", "time": 1.5, "opcode": 1, "data": json.dumps({shown: value()})}]

    return place


for _name, _form in SENT.items():
    PLACES[f"request header {_name}"] = _header("request", _name, _form)
for _name, _form in RECEIVED.items():
    PLACES[f"response header {_name}"] = _header("response", _name, _form)
for _name, _form in QUERIES.items():
    PLACES[f"address, {_name}"] = _query(_name, _form)
for _name in FIELDS:
    PLACES[f"field {_name}"] = _field(_name)
    PLACES[f"field {_name} in other bodies"] = _as_field(_name)


def place(function: Place) -> Place:
    """Register a place by the name of its function."""
    PLACES[function.__name__.replace("_", " ").strip()] = function
    return function


def body(entry: Any, text: str, mime: str = "text/html") -> None:
    entry["response"]["content"] = {"size": len(text), "mimeType": mime, "text": text}


@place
def basic_authorization(entry: Any, log: Any, plant: Plant, spelt: Spell) -> None:
    pair = f"{plant.word()}:{plant.secret()}".encode()
    value = f"{spelt('Basic')} {base64.b64encode(pair).decode()}"
    entry["request"]["headers"].append({"name": spelt("Authorization"), "value": value})


@place
def digest_and_signature_authorization(entry: Any, log: Any, plant: Plant, spelt: Spell) -> None:
    value = f'Digest username="{plant.secret()}", realm="r", nonce="{plant.secret()}", response="{plant.secret()}"'
    entry["request"]["headers"].append({"name": spelt("Authorization"), "value": value})


@place
def referer(entry: Any, log: Any, plant: Plant, spelt: Spell) -> None:
    url = f"https://{plant.secret()}:{plant.secret()}@a.example/x;sid={plant.secret()}?{spelt('token')}={plant.secret()}#{plant.secret()}"
    entry["request"]["headers"].append({"name": spelt("Referer"), "value": url})


@place
def userinfo_and_fragment(entry: Any, log: Any, plant: Plant, spelt: Spell) -> None:
    entry["request"]["url"] = f"https://{plant.secret()}:{plant.secret()}@a.example/x?a=1#{plant.secret()}"


@place
def tokens_in_the_path(entry: Any, log: Any, plant: Plant, spelt: Spell) -> None:
    entry["request"]["url"] = f"https://a.example/{spelt('reset')}/{plant.secret()}/{spelt('token')}/{plant.secret()}"


@place
def links_for_whoever_has_them(entry: Any, log: Any, plant: Plant, spelt: Spell) -> None:
    links = (
        "hooks.slack.com/services/T02AB3CD4/B05EF6GH7/{}",
        "discord.com/api/webhooks/112233445566778899/{}",
        "api.telegram.org/bot123456789:{}/sendMessage",
        "contoso.webhook.office.com/webhookb2/{}@{}/IncomingWebhook/{}/x",
        "maker.ifttt.com/trigger/x/with/key/{}",
        "hooks.zapier.com/hooks/catch/123456/{}/",
        "calendar.example/ical/a/private-{}/basic.ics",
        "a.example/users/password/edit/{}",
        "a.example/accept-invite/{}",
        "a.example/unsubscribe/12345/{}",
        "a.example/token:{}/x",
        "a.example/join/en/{}",
        "a.example/x;auth={}",
    )
    addresses = " ".join(f"https://{link.replace('{}', plant.secret())}" for link in links)
    entry["request"]["headers"].append({"name": "Referer", "value": addresses.partition(" ")[0]})
    body(entry, addresses)


@place
def address_within_an_address(entry: Any, log: Any, plant: Plant, spelt: Spell) -> None:
    url = f"https%3A%2F%2Fb.example%2Fcb%3F{spelt('token')}%3D{plant.secret()}"
    entry["request"]["url"] = f"https://a.example/login?next={url}"


@place
def redirect(entry: Any, log: Any, plant: Plant, spelt: Spell) -> None:
    entry["response"]["redirectURL"] = (
        f"https://a.example/cb?{spelt('code')}={plant.secret()}&{spelt('state')}={plant.secret()}"
    )


@place
def cookies_of_the_list(entry: Any, log: Any, plant: Plant, spelt: Spell) -> None:
    entry["request"]["cookies"] = [{"name": spelt("sid"), "value": plant.secret()}]
    entry["response"]["cookies"] = [
        {"name": spelt("zz"), "value": plant.secret(), "path": "/", "comment": plant.secret()}
    ]
