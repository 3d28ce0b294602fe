"""Secrets in the bodies that applications, frameworks and languages write beside plain JSON, forms and markup."""

from __future__ import annotations

from functools import partial

from tests.privacy.templates import FORM, both_bodies, register

JSON = {
    "a list of pairs": '[{"key": "¤password¤", "value": "§"}, {"name": "¤token¤", "value": "§"}]',
    "values in objects and lists": '{"¤token¤": {"value": "§"}, "¤password¤": ["§", "§"]}',
    "JSON:API": '{"data": {"attributes": {"¤first-name¤": "§w", "¤e-mail¤": "§@", "¤phone-number¤": "§"}}}',
    "claims of OpenID": '{"sub": "§", "¤given_name¤": "§w", "¤preferred_username¤": "§", "¤nickname¤": "§w"}',
    "a value before its name": '[{"value": "§", "name": "¤password¤"}, {"id": "¤token¤", "val": "§"}]',
    "an object with what it is now": '{"¤secret¤": {"current": "§"}}',
    "codes": '{"¤verification_code¤": "§", "¤security-answer¤": "§", "¤connection_string¤": "§", "¤salt¤": "§"}',
    "keys": '{"¤signingKey¤": "§", "¤license_key¤": "§", "¤masterkey¤": "§", "¤passwordConfirmation¤": "§"}',
    "devices": '{"¤device_id¤": "§", "¤mac¤": "§", "¤mac_address¤": "§", "¤imei¤": "§"}',
    "a key set": '{"kty": "RSA", "d": "§§§", "p": "§§", "k": "§§"}',
    "an error with a trace": '{"trace": "at login(¤password¤=§, ¤token¤: §)\\n at x"}',
    "behind a guard": ')]}\',\n{"¤token¤": "§"}',
    "lines": '{"¤token¤": "§"}\n{"¤token¤": "§"}',
    "German": '{"¤passwort¤": "§", "¤kennwort¤": "§"}',
    "Spanish and Portuguese": '{"¤contrasena¤": "§", "¤senha¤": "§"}',
    "French, Dutch, Polish, Italian": '{"¤mot_de_passe¤": "§", "¤wachtwoord¤": "§", "¤haslo¤": "§", "¤parola¤": "§"}',
    "persons": '{"¤vorname¤": "§w", "¤nachname¤": "§w", "¤apellido¤": "§w", "¤prenom¤": "§w", "¤cognome¤": "§w"}',
    "where they live": '{"¤strasse¤": "§w", "¤telefon¤": "§"}',
}
XML = {
    "attributes": "<user ¤password¤=\"§\" ¤token¤='§'/>",
    "a prefix": "<wsse:¤Password¤ Type='x'>§</wsse:¤Password¤>",
    "CDATA": "<¤token¤><![CDATA[§]]></¤token¤>",
    "a setting": '<add key="¤password¤" value="§"/><property name="¤token¤" value="§"/>',
    "entities": "<r>&lt;¤password¤&gt;§&lt;/¤password¤&gt;</r>",
    "a property list": "<key>¤password¤</key>\n  <string>§</string>",
    "a call": "<member><name>¤password¤</name><value><string>§</string></value></member>",
}
HTML = {
    "a state of ASP.NET": '<input type="hidden" name="__VIEWSTATE" id="__VIEWSTATE" value="⟨base64:§§§⟩" />',
    "a field of Django": '<input name="csrfmiddlewaretoken" type="hidden" value="§">',
    "a field of Rails": '<input name="authenticity_token" value="§"><meta name="csrf-token" content="§">',
    "a field of Laravel": '<input name="_token" value="§"><input value="§" name="_csrf">',
    "a field of WordPress": '<input name="_wpnonce" value="§">',
    "attributes of data": '<div data-¤token¤="§" data-¤email¤="§@"></div>',
    "addresses": '<a href="/x?a=1&amp;¤token¤=§">x</a><img src="//c.example/?¤sig¤=§">',
    "JSON in an attribute": '<div data-x="{&quot;¤token¤&quot;:&quot;§&quot;,&#34;¤password¤&#34; : &#34;§&#34;}">',
    "a text area": '<textarea name="¤token¤" rows="2">§</textarea><TEXTAREA name=¤password¤>§</TEXTAREA>',
    "cells": "<tr><td>¤Password¤</td>\n<td class='x'>§</td></tr><dt>¤Token¤:</dt><dd><code>§</code></dd>",
    "labels": "<b>¤Token¤:</b> <code>§</code><p>Your ¤password¤ is <strong>§</strong>. The ¤token¤ was: '§'.",
    "an image of text": '<img src="data:text/plain;base64,⟨base64:§§⟩">',
    "a post of SAML": '<input name="¤SAMLResponse¤" value="⟨base64:<saml:NameID>§</saml:NameID>⟩"/>',
}
SCRIPT = {
    "calls": "localStorage.setItem('¤token¤', '§'); setCookie(\"¤sid¤\", \"§\")",
    "members": "window.¤apiKey¤ = '§'; x['¤token¤'] = \"§\"",
    "a cookie": 'document.cookie = "¤sid¤=§; path=/"',
    "JSONP": '/**/f({"¤token¤": "§", "¤email¤": "§@"});',
}
TEXT = {
    "protocol buffers": 'login { ¤password¤: "§" ¤token¤: "§" }',
    "gRPC-Web": "⟨base64:\0\0\0\0\x20\n\x14§⟩",
    "YAML": "db:\n  ¤password¤: §\n  ¤token¤: '§'\n",
    "a block of YAML": "a: 1\n¤token¤: |\n  §\n  §\n¤password¤: >-\n  §\nb: 2\n",
    "a list of YAML": "¤tokens¤:\n  - §\n  - §\nb: 2\n",
    "CSV": "id,¤password¤,e-mail\r\n1,§,a\r\n2,§,b\r\n",
    "CSV in quotation marks": '"id";"¤token¤";"¤name¤"\n"1";"§";"b"\n"2\n3";"§,§";"c"\n',
    "a table": "| id | ¤token¤ |\n|----|----|\n| 1 | § |\n",
    "columns": "id\t¤password¤\n1\t§\n",
    "commands": "curl -u bob:§ --proxy-user 'bob:§ §' https://a.example; curl --oauth2-bearer §",
    "options": "x --¤token¤ § --¤password¤ '§'",
    "a form within a form": "next=%2Fx%3F¤token¤%3D§%26b%3D1&u=%252Fx%253F¤password¤%253D§",
    "parts without quotation marks": "--b\r\nContent-Disposition: form-data; name=¤password¤\r\n\r\n§\r\n--b--",
    "an INI file": "[x]\n¤password¤ = §\n¤token¤=§\n",
    "serialized PHP": 'a:1:{s:8:"¤password¤";s:20:"§";}',
    "an array of PHP": "Array ( ['¤password¤'] => '§' [¤token¤] => § )",
    "a hash of Ruby": '{"¤password¤"=>"§", :¤token¤=>"§"}',
    "a dictionary of Python": "{'¤password¤': '§', u'¤token¤': u'§'}",
    "events": 'event: x\ndata: {"¤token¤": "§"}\nid: 5\n\n',
    "a JWE": 'x ⟨base64url:{"alg":"dir","enc":"A256GCM"}⟩..§.§.§ y',
    "a PASETO": "x v4.local.§§ y v2.public.⟨base64:§§§⟩.§",
    "a cookie of Rails": "x ⟨base64:§§§⟩--§§ y",
    "a request": "GET /x HTTP/1.1\r\n¤Cookie¤: a=§; b=§\r\n¤Authorization¤: Bearer §\r\n¤X-Api-Key¤: §\r\n\r\n",
    "addresses of databases": "postgres://§:§@db/x mongodb+srv://u:§@c.example redis://:§@r:6379",
    "a connection string": "Server=db;¤Password¤=§;x AccountName=x;¤AccountKey¤=§==;¤SharedAccessKey¤=§",
    "numbers": "IBAN §iban, §IBAN; your IP is §6; phone §+",
}
FORMS = {
    "JSON": 'payload=⟨percent:{"¤token¤": "§", "¤email¤": "§@"}⟩',
    "JSON in JSON": 'payload=⟨percent:{"b": ⟨string:{"¤token¤": "§"}⟩}⟩',
    "GraphQL": 'query=x&variables=⟨percent:{"input": {"¤password¤": "§"}}⟩',
}
FILE = (
    '--b\r\nContent-Disposition: form-data; name="file"; filename=".env"\r\nContent-Type: text/plain\r\n\r\n'
    "¤DB_PASSWORD¤=§\n¤SECRET_KEY¤='§'\nexport ¤API_KEY¤=§\r\n--b--\r\n"
)

for _title, _mime, _rows in (
    ("JSON", "application/json", JSON),
    ("XML", "text/xml", XML),
    ("HTML", "text/html", HTML),
    ("script", "text/javascript", SCRIPT),
    ("text", "text/plain", TEXT),
    ("form", FORM, FORMS),
    ("form", "multipart/form-data; boundary=b", {"a file": FILE}),
):
    register(_title, _rows, partial(both_bodies, mime=_mime))
