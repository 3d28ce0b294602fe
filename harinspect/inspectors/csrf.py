"""Calls that change something without an anti-forgery token, where the server wants one.

Only as far as the request and its neighbours show it; what frameworks say about it themselves is known elsewhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import parse_qsl

from harinspect.har.model import Exchange
from harinspect.inspecting import Basis, Evidence, Inspector, Verdict, admin, developer, user
from harinspect.knowledge.readings import Reading
from harinspect.traffic.forgery import NAMES, UNSAFE
from harinspect.traffic.model import Denial, DenialKind
from harinspect.traffic.places import template
from harinspect.wire.cookie_parsing import SetCookie, parse_set_cookie
from harinspect.wire.headers import ABSENT
from harinspect.wire.regexes import regex
from harinspect.wire.url import Url

inspector = Inspector(__name__)
OWASP = "https://cheatsheetseries.owasp.org/cheatsheets/Cross-Site_Request_Forgery_Prevention_Cheat_Sheet.html"
USUAL = 2  # calls elsewhere at the host, all with a token
BEACONS = ("ping", "csp-violation-report", "cspviolationreport")  # sent by the browser, which adds no header
OTHER_PARTS = ("csrf.cookie-missing", "csrf.origin-check")
SPOKEN = regex(r"csrf|xsrf|forgery", re.IGNORECASE)
_NAMED = regex(r'name="([^"]{1,60})"|"([^"]{1,60})"\s{0,9}:')
COOKIES = regex(r"csrf|xsrf", re.IGNORECASE)

MISSING = inspector.rule(
    "token-missing",
    cause="csrf.token-missing",
    title="The call carries no anti-forgery token",
    why="{method} `{path}` carries no anti-forgery token, neither in a header nor in its body. {reason}",
    responsible="application",
    fixes=(
        developer("Send the token with this call, in the header or field that the framework reads.", "easy"),
        admin("Let scripts read the token: its cookie must not be `HttpOnly` (the session's should be).", "easy"),
        user("Reload the page, and try again.", "easy"),
    ),
    temporary="maybe",
    refs=(OWASP,),
)
HTTP_ONLY = inspector.rule(
    "token-unreadable",
    cause="csrf.token-missing",
    title="The anti-forgery cookie is hidden from the script that should copy it",
    why="{method} `{path}` carries no anti-forgery token in a header or its body. The cookie `{cookie}` is set "
    "`HttpOnly`, so no script can read it and copy it. {reason}",
    responsible="server-config",
    fixes=(
        admin("Set the cookie `{cookie}` without `HttpOnly`; the session's cookie keeps it.", "easy"),
        developer("Hand the token to the page in another way, for example in a meta element.", "easy"),
    ),
    refs=(OWASP, "https://www.rfc-editor.org/rfc/rfc6265#section-5.2.6"),
)


@inspector.check
def token_was_left_out(denial: Denial) -> Iterator[Verdict]:
    """Certain only where the refusal itself speaks of it; by comparison where neighbours with a token passed."""
    exchange, url = denial.exchange, denial.traffic.urls.get(denial.exchange.index)
    if url is None or not _is_asked(denial) or _token_in(exchange, url) or _names_another_part(denial):
        return
    spoken = any(SPOKEN.search(said.text) for said in Reading(exchange).said)
    post = exchange.request.post_data
    if exchange.request.headers.text("content-length", "0") != "0" and (post is None or not (post.text or post.params)):
        if spoken:
            yield MISSING.undetermined(
                "The refusal speaks of an anti-forgery token, and this file lacks the body.", "The body."
            )
        return
    rows, cookie = _neighbours(denial), _cookie(denial, url)
    twin = next(
        (e for e in rows if template(denial.traffic.urls[e.index].path) == template(url.path)), next(iter(rows), None)
    )
    if not spoken and twin is None and cookie is None:
        return
    same = twin is not None and template(denial.traffic.urls[twin.index].path) == template(url.path)
    by_cookie = exchange.request.headers.get("authorization") is ABSENT  # what scripts add, nobody can forge
    usual = by_cookie and len(rows) >= USUAL
    compared = Basis.CONTRAST if same else Basis.SIGNATURE if twin and usual else Basis.CIRCUMSTANCE
    evidence = [Evidence(exchange.index, "request.body", value="", note="no token in headers, address or body")]
    if twin:
        name = _token_in(twin, denial.traffic.urls[twin.index])
        evidence.append(Evidence(twin.index, "request.header", name, "", "a call that carried a token, and passed"))
    if cookie:
        evidence.append(
            Evidence(cookie[0], "response.cookie", cookie[1].name, "", "HttpOnly" if cookie[1].http_only else "set")
        )
    rule = HTTP_ONLY if cookie and cookie[1].http_only else MISSING
    yield rule.found(
        Basis.STANDARD if spoken else compared,
        *evidence,
        method=exchange.method,
        path=url.path,
        cookie=cookie[1].name if cookie else "",
        reason="The refusal speaks of it." if spoken else "Calls to this host that carry one pass." if twin else "",
    )


def _names_another_part(denial: Denial) -> bool:
    """Does the answer say that the cookie or the origin failed? Checks that get to the token have passed those."""
    record = denial.answer.blocked[0].record if denial.answer.blocked else None
    return record is not None and record.basis == "stated" and record.cause in OTHER_PARTS


def _is_asked(denial: Denial) -> bool:
    kind, exchange = denial.kind, denial.exchange
    return kind is DenialKind.FORBIDDEN and exchange.method in UNSAFE and exchange.resource_type not in BEACONS


def _token_in(exchange: Exchange, url: Url) -> str:
    """The name under which a token goes along, "" for none."""
    names = [name for name, value in exchange.request.headers if value and name.lower() != "cookie"]
    return next(
        (name for name in (*names, *_fields(exchange), *(n for n, _ in url.params())) if NAMES.search(name)), ""
    )


def _fields(exchange: Exchange) -> Iterator[str]:
    """Names of fields in a form, a multipart form or JSON."""
    post = exchange.request.post_data
    if post is None:
        return
    yield from (name for name, _ in post.params)
    text = (post.text or "")[:64_000]
    if "urlencoded" in post.mime_type:
        yield from (name for name, _ in parse_qsl(text, keep_blank_values=True))
    else:
        yield from (found[1] or found[2] for found in _NAMED.finditer(text))


def _neighbours(denial: Denial) -> list[Exchange]:
    """Calls that change something and passed with a token, where none passed without."""
    rows = [e for e in denial.allowed_at_host if e.method in UNSAFE and e.status < 300]
    return rows if all(_token_in(e, denial.traffic.urls[e.index]) for e in rows) else []


def _cookie(denial: Denial, url: Url) -> tuple[int, SetCookie] | None:
    """An anti-forgery cookie that this host has set."""
    for exchange in denial.traffic.cookie_setters.get(url.host, ()):
        for line in exchange.response.headers.all("set-cookie"):
            cookie = parse_set_cookie(line)
            if isinstance(cookie, SetCookie) and COOKIES.search(cookie.name):
                return exchange.index, cookie
    return None
