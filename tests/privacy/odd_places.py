"""Still more places: what clouds, frameworks and browsers write into headers, addresses and fields of a HAR."""

from __future__ import annotations

import base64
import json
from functools import partial
from typing import Any
from urllib.parse import quote

from tests.privacy import body_places
from tests.privacy.canaries import Plant, jwt
from tests.privacy.places import PLACES, Spell, body, place
from tests.privacy.shapes_places import ALL as _SHAPES
from tests.privacy.templates import FORM, address, header, register

RECEIVED = {
    "a cookie of odd shape": 'Set-Cookie:   ¤sid¤ = "§" ;Path=/;;HttpOnly',
    "a cookie without a name": "Set-Cookie: §; Path=/",
    "a cookie with JSON": 'Set-Cookie: s=⟨percent:{"¤user¤": "§"}⟩; Secure',
    "several cookies in one line": "Set-Cookie: a=§; Path=/, b=§; Path=/",
    "a signed preload": "Link: <https://c.example/a.js?¤Signature¤=§>; rel=preload",
    "times with a user": 'Server-Timing: db;dur=5, ¤user¤;desc="§@"',
    "network error logging": 'NEL: {"report_to": "x", "¤token¤": "§"}',
    "reporting endpoints": 'Reporting-Endpoints: a="https://r.example/?¤sig¤=§"',
    "a policy's report address": "Content-Security-Policy: img-src *; report-uri https://r.example/?¤sentry_key¤=§",
    "a source map": "X-SourceMap: https://a.example/a.map?¤token¤=§",
    "a tag that is a user": 'ETag: "§@"',
    "a challenge": 'WWW-Authenticate: Digest realm="r", ¤nonce¤="§"',
    "a negotiation": "WWW-Authenticate: Negotiate ⟨base64:§§§⟩",
    "a file of a person": 'Content-Disposition: attachment; filename="§@.pdf"',
    "a redirect of htmx": "HX-Redirect: /cb?¤code¤=§#§",
    "a user of a proxy": "X-Goog-Authenticated-User-Email: accounts.google.com:§@",
    "a principal": 'X-MS-Client-Principal: ⟨base64:{"claims": ["§"]}⟩',
}
SENT = {
    "a signature of AWS": (
        "Authorization: AWS4-HMAC-SHA256 Credential=§/20260101/eu-1/s3/aws4_request, SignedHeaders=host, Signature=§"
    ),
    "a shared key of Azure": "Authorization: SharedKey account:§=",
    "a hash of Google": "Authorization: SAPISIDHASH 1700000000_§",
    "OAuth 1": 'Authorization: OAuth oauth_token="§", oauth_signature="§%3D"',
    "a token without a scheme": "Authorization: §",
    "a scheme of one's own": "Authorization: Acme-Thing id=§:§",
    "a signed message": "Signature: sig1=:⟨base64:§§⟩:",
    "baggage": "Baggage: ¤userId¤=§,¤sessionId¤=§",
    "tags of a trace": "X-Datadog-Tags: usr.id=§",
    "an address of IP 6": "X-Forwarded-For: §6",
    "an address before a proxy": "X-Forwarded-Uri: /x?¤token¤=§",
    "the address of the page": "HX-Current-URL: https://a.example/?¤token¤=§",
    "a certificate": 'X-Forwarded-Client-Cert: By=x;Hash=§;Subject="CN=§"',
    "a session of Parse": "X-Parse-Session-Token: r:§",
    "a secret of Hasura": "X-Hasura-Admin-Secret: §",
    "a name in another language": "X-Passwort: §",
    "a user": "X-User-Id: §",
    "a device": "X-Device-Id: §",
}
S3 = "https://b.s3.amazonaws.com/k"
ADDRESSES = {
    "a shared access signature": "https://x.blob.core.windows.net/c/b?sv=2022-11-02&se=2027-01-01&sp=r&¤sig¤=§%3D",
    "a session of AWS": f"{S3}?X-Amz-Credential=§%2F20260101%2Feu%2Fs3%2Faws4_request&¤X-Amz-Security-Token¤=§",
    "an old signature of AWS": f"{S3}?¤AWSAccessKeyId¤=§&Expires=1700000000&¤Signature¤=§",
    "a signature of Google": "https://storage.googleapis.com/b/o?¤GoogleAccessId¤=§@&¤Signature¤=§",
    "a socket": "wss://§:§@a.example/socket?¤token¤=§",
    "a fragment of OpenID": "https://a.example/cb#¤id_token¤=§&¤access_token¤=§",
    "a fragment that is an address": "https://a.example/#/reset/§?¤token¤=§",
    "a person in the path": "https://a.example/users/§@/edit",
    "a telephone number in the path": "https://a.example/call/+49§d",
    "JSON": 'https://a.example/x?q=⟨percent:{"¤password¤": "§"}⟩',
    "JSON in base64": 'https://a.example/x?q=⟨percent:⟨base64:{"¤password¤": "§"}⟩⟩',
    "GraphQL": 'https://a.example/g?query=x&variables=⟨percent:{"input": {"¤email¤": "§@", "¤password¤": "§"}}⟩',
    "what is shared": "https://a.example/share/§",
    "a webhook": "https://hooks.example/services/hooks/§",
    "a bot": "https://api.example/bot123456789:§§/send",
    "names in other languages": "https://a.example/x?¤passwort¤=§&¤contrasena¤=§&¤mot_de_passe¤=§",
    "JSONP": "https://a.example/x?callback=f&¤apikey¤=§",
    "matrix parameters": "https://a.example/x;¤token¤=§;v=1/y",
    "a query without a name": "https://a.example/verify?§",
    "a blob": "blob:https://a.example/x?¤token¤=§",
}

register("received", RECEIVED, partial(header, "response"))
register("sent", SENT, partial(header, "request"))
register("address", ADDRESSES, address)


@place
def saml_by_redirect(entry: Any, log: Any, plant: Plant, spelt: Spell) -> None:
    form = base64.b64encode(f"<samlp:AuthnRequest>{plant.email()}</samlp:AuthnRequest>".encode()).decode()
    entry["request"]["url"] = (
        f"https://a.example/sso?{spelt('SAMLRequest')}={quote(form, safe='')}&RelayState={plant.secret()}"
    )


@place
def stacks_of_scripts(entry: Any, log: Any, plant: Plant, spelt: Spell) -> None:
    url = f"https://a.example/a.js?{spelt('token')}={plant.secret()}#{plant.secret()}"
    frames = [{"functionName": plant.secret(), "url": url}]
    parent = {"description": f"await {plant.secret()}", "callFrames": frames, "parent": {"callFrames": frames}}
    stack = {"callFrames": frames, "parent": parent}
    entry["_initiator"] = {"type": "script", "stack": stack, "requestId": plant.secret()}


@place
def messages_of_sockets_and_events(entry: Any, log: Any, plant: Plant, spelt: Spell) -> None:
    texts = (
        f'42["auth",{{"{spelt("token")}":"{plant.secret()}"}}]',
        json.dumps(["1", "topic", "phx_join", {"user_token": plant.secret()}]),
        f'a["{{\\"{spelt("password")}\\":\\"{plant.secret()}\\"}}"]',
        f"<auth mechanism='PLAIN'>{base64.b64encode((plant.secret() * 2).encode()).decode()}</auth>",
        f"{spelt('token')}={plant.secret()}&x=1",
    )
    entry["_webSocketMessages"] = [{"type": "send", "time": 1, "opcode": 1, "data": text} for text in texts]
    event = {
        "time": 1,
        "eventName": plant.secret(),
        "eventId": "1",
        "data": f'{{"{spelt("token")}": "{plant.secret()}"}}',
    }
    entry["_eventSourceMessages"] = [event]


@place
def bodies_in_base64_of_odd_exporters(entry: Any, log: Any, plant: Plant, spelt: Spell) -> None:
    form = base64.b64encode(f"a=1&{spelt('password')}={plant.secret()}".encode()).decode()
    entry["request"]["postData"] = {"mimeType": FORM, "text": form, "encoding": "base64", "_encoding": "base64"}
    entry["response"]["content"] = {"mimeType": "text/html; charset=x", "text": form, "encoding": "BASE64"}


@place
def parts_of_a_form(entry: Any, log: Any, plant: Plant, spelt: Spell) -> None:
    file = {"name": "file", "fileName": f"{plant.email()}.txt", "contentType": "text/plain"}
    params = [
        file | {"value": f"{spelt('token')}={plant.secret()}"},
        {"name": spelt("password"), "value": plant.secret(), "comment": plant.secret()},
    ]
    entry["request"]["postData"] = {"mimeType": "multipart/form-data", "params": params}


@place
def an_address_that_is_repeated(entry: Any, log: Any, plant: Plant, spelt: Spell) -> None:
    path = f"/cb?{spelt('id_token')}={jwt({'sub': plant.secret()}, plant.secret())}"
    url = f"https://a.example{path}"
    entry["request"]["url"] = url
    entry["request"]["headers"].append({"name": spelt(":path"), "value": path})
    entry["response"]["headers"].append({"name": spelt("Location"), "value": f"{url}#{plant.secret()}"})
    body(entry, f'<meta http-equiv="refresh" content="0; url={url}"><script>location = "{url}"</script>')


assert body_places.TEXT  # its places are registered, too
ALL = PLACES | _SHAPES
