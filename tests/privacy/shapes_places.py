"""More places: secrets that show by their shape, what repeats a secret of another place, and what no standard names."""

from __future__ import annotations

import base64
import json
from typing import Any
from urllib.parse import quote

from tests.privacy.canaries import ENCODINGS, Plant, jwt
from tests.privacy.places import PLACES, Place, Spell, body, place


def _repeated(encoding: str) -> Place:
    """A session id that a cookie shows once, and that a body, an address and a comment then repeat."""

    def repeat(entry: Any, log: Any, plant: Plant, spelt: Spell) -> None:
        for where in ("body", "post", "path", "unknown"):
            secret = plant.secret()
            entry["request"]["headers"].append({"name": "Cookie", "value": f"{spelt('session')}={secret}"})
            shown = ENCODINGS[encoding](secret)
            if where == "body":
                body(entry, f"<p>Hello {shown} there</p>")
            elif where == "post":
                entry["request"]["postData"] = {"mimeType": "text/plain", "text": f"see {shown}"}
            elif where == "path" and encoding not in ("entities", "split by markup", "JSON-escaped"):
                entry["request"]["url"] = f"https://a.example/things/{quote(shown, safe='%')}"
            else:
                entry["response"]["_custom"] = {"note": f"was {shown}", f"x {shown}": 1}

    return repeat


for _encoding in ENCODINGS:
    PLACES[f"repeated, {_encoding}"] = _repeated(_encoding)


@place
def json_web_tokens(entry: Any, log: Any, plant: Plant, spelt: Spell) -> None:
    claims = {"exp": 1700000000, "email": plant.email(), "sub": plant.secret(), "name": plant.word()}
    body(entry, f"the {jwt(claims, plant.secret())} there")
    entry["request"]["headers"].append({"name": "X-Anything", "value": jwt(claims, plant.secret())})
    entry["request"]["url"] = f"https://a.example/x/{jwt(claims, plant.secret())}?y={jwt(claims, plant.secret())}"


@place
def keys_of_known_shapes(entry: Any, log: Any, plant: Plant, spelt: Spell) -> None:
    shapes = ("sk_live_{}", "ghp_{}", "xoxb-{}", "glpat-{}", "sk-{}ab", "whsec_{}", "SG.{}.{}", "hf_{}", "ya29.{}")
    text = "\n".join(shape.replace("{}", plant.secret()) for shape in shapes)
    body(entry, text, "text/plain")
    entry["_webSocketMessages"] = [{"type": "receive", "time": 1, "opcode": 1, "data": text}]


@place
def pem_block(entry: Any, log: Any, plant: Plant, spelt: Spell) -> None:
    key = f"-----BEGIN PRIVATE KEY-----\n{plant.secret()}\n{plant.secret()}\n-----END PRIVATE KEY-----"
    body(entry, json.dumps({"x": key}), "application/json")
    entry["request"]["postData"] = {"mimeType": "text/plain", "text": key}


@place
def saml_and_oauth_posts(entry: Any, log: Any, plant: Plant, spelt: Spell) -> None:
    assertion = base64.b64encode(f"<saml:NameID>{plant.word()}</saml:NameID>".encode()).decode()
    form = f"{spelt('SAMLResponse')}={quote(assertion, safe='')}&RelayState={plant.secret()}"
    entry["request"]["postData"] = {"mimeType": "application/x-www-form-urlencoded", "text": form}
    other = f"grant_type=authorization_code&{spelt('code')}={plant.secret()}&{spelt('code_verifier')}={plant.secret()}"
    entry["_copy"] = {"postData": {"mimeType": "application/x-www-form-urlencoded", "text": other}}


@place
def body_in_base64(entry: Any, log: Any, plant: Plant, spelt: Spell) -> None:
    text = base64.b64encode(json.dumps({spelt("token"): plant.secret()}).encode()).decode()
    entry["response"]["content"] = {"mimeType": "application/json", "text": text, "encoding": "base64"}


@place
def image_that_is_none(entry: Any, log: Any, plant: Plant, spelt: Spell) -> None:
    text = base64.b64encode(b"\x89PNG\0\0" + plant.secret().encode()).decode()
    entry["response"]["content"] = {"mimeType": "image/png", "text": text, "encoding": "base64"}


@place
def persons(entry: Any, log: Any, plant: Plant, spelt: Spell) -> None:
    phones = (f"+49 {plant.digits(10)}", f"tel:+1{plant.digits(10)}", f"+44-20-{plant.digits(8)}")
    card, spaced = plant.card(), plant.card(" ")
    body(entry, f"<p>{plant.email()} or {quote(plant.email())}, {', '.join(phones)}. Card {card}, {spaced}</p>")
    entry["request"]["postData"] = {"mimeType": "text/plain", "text": f"{plant.email()} {plant.card()}"}
    entry["request"]["url"] = f"https://a.example/users/{quote(plant.email())}/orders?who={quote(plant.email())}"


@place
def numbers_beside_names(entry: Any, log: Any, plant: Plant, spelt: Spell) -> None:
    fields = {"accountNumber": plant.digits(9), "cvv": plant.digits(8), "cardNumber": plant.card()}
    body(entry, json.dumps({spelt(name): int(value) for name, value in fields.items()}), "application/json")


@place
def web_socket_messages(entry: Any, log: Any, plant: Plant, spelt: Spell) -> None:
    entry["_webSocketMessages"] = [
        {
            "type": "send",
            "time": 1.5,
            "opcode": 1,
            "data": json.dumps({"type": "auth", spelt("token"): plant.secret()}),
        },
        {"type": "send", "time": 1.6, "opcode": 1, "data": f"CONNECT\n{spelt('passcode')}:{plant.secret()}\n\n"},
        {"type": "receive", "time": 2, "opcode": 2, "data": base64.b64encode(plant.secret().encode()).decode()},
    ]


@place
def initiator(entry: Any, log: Any, plant: Plant, spelt: Spell) -> None:
    url = f"https://a.example/app.js?{spelt('token')}={plant.secret()}"
    frames = [{"functionName": "go", "url": url, "lineNumber": 1, "columnNumber": 2, "scriptId": "77"}]
    entry["_initiator"] = {
        "type": "script",
        "url": f"https://a.example/?{spelt('sid')}={plant.secret()}",
        "stack": {"callFrames": frames, "parent": {"callFrames": [dict(frames[0], url=url + plant.secret())]}},
    }


@place
def page_title(entry: Any, log: Any, plant: Plant, spelt: Spell) -> None:
    pages = log.setdefault("pages", [])
    made = {"startedDateTime": "2026-01-01T00:00:00Z", "pageTimings": {}}
    pages.append(made | {"id": f"page {plant.secret()}", "title": f"{plant.word()} {plant.word()} - {plant.email()}"})
    pages.append(made | {"id": "p2", "title": f"https://a.example/?{spelt('token')}={plant.secret()}"})
    entry["pageref"] = pages[-2]["id"]


@place
def status_text(entry: Any, log: Any, plant: Plant, spelt: Spell) -> None:
    entry["response"]["statusText"] = f"Denied for {plant.secret()}, {spelt('token')}={plant.secret()}"


@place
def comments(entry: Any, log: Any, plant: Plant, spelt: Spell) -> None:
    for part in (entry, entry["request"], entry["response"], log):
        part["comment"] = part.get("comment", "") + f" {plant.word()} said {plant.secret()}"
    entry["request"]["headers"].append({"name": "X-A", "value": "1", "comment": plant.secret()})


@place
def unknown_fields(entry: Any, log: Any, plant: Plant, spelt: Spell) -> None:
    for part in (entry, entry["request"], entry["response"], log):
        part[f"_{spelt('extra')}"] = {"note": plant.secret(), plant.secret(): [plant.secret(), {"x": plant.word()}]}
        part[f"_{plant.secret()}"] = 5
        part["unknown"] = part.get("unknown", "") + plant.secret()


@place
def addresses(entry: Any, log: Any, plant: Plant, spelt: Spell) -> None:
    entry["serverIPAddress"] = plant.address()
    entry["_remoteAddress"] = f"{plant.address()}:443"
    entry["_clientAddress"] = plant.address()
    for name in ("X-Forwarded-For", "X-Real-IP", "CF-Connecting-IP", "True-Client-IP"):
        entry["request"]["headers"].append({"name": spelt(name), "value": plant.address()})
    seen = plant.address()
    entry["response"]["headers"].append({"name": spelt("X-Client-IP"), "value": seen})
    body(
        entry,
        f"<p>Your IP: <b>{plant.address()}</b></p> <p>blocked: {seen}</p>" + json.dumps({"clientIp": plant.address()}),
    )


@place
def header_names(entry: Any, log: Any, plant: Plant, spelt: Spell) -> None:
    secret = plant.secret()
    entry["request"]["headers"] += [{"name": "Cookie", "value": f"s={secret}"}, {"name": f"X-{secret}", "value": "1"}]
    entry["request"]["headers"].append({"name": f"{plant.secret()}{plant.secret()}", "value": "1"})


@place
def odd_types(entry: Any, log: Any, plant: Plant, spelt: Spell) -> None:
    entry["request"]["headers"].append({"name": spelt("X-Api-Key"), "value": [plant.secret(), {"x": plant.secret()}]})
    entry["request"]["queryString"] = {spelt("token"): plant.secret()}
    entry["request"]["cookies"] = [plant.secret()]
    entry["response"]["cookies"] = {"sid": plant.secret()}
    entry["response"]["content"] = {"mimeType": f"text/plain; x={plant.secret()}", "text": {"token": plant.secret()}}
    entry["request"]["method"] = f"GET {plant.secret()}"
    entry["request"]["httpVersion"] = plant.secret()
    entry["cache"] = {"beforeRequest": {"eTag": plant.secret(), "comment": plant.secret()}}
    entry["connection"] = plant.secret()
    entry["startedDateTime"] = f"2026-01-01T00:00:00Z {plant.secret()}"


@place
def error_texts(entry: Any, log: Any, plant: Plant, spelt: Spell) -> None:
    entry["response"]["_error"] = f"net::ERR_FAILED {spelt('token')}={plant.secret()}"
    entry["_failureText"] = f"lost https://a.example/?{spelt('sid')}={plant.secret()}"


@place
def browser_and_creator(entry: Any, log: Any, plant: Plant, spelt: Spell) -> None:
    log.setdefault("browser", {"name": "Firefox", "version": "150"})
    for part in (log["browser"], log["creator"]):
        part[f"comment{len(part)}"] = plant.secret()
        part[f"_{spelt('profile')}"] = plant.secret()


ALL = dict(PLACES)
