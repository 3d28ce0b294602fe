"""Anti-forgery checks that compare: the token in header and cookie, and the Origin of a form with the host."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import unquote

from harinspect.inspecting import Basis, Evidence, Inspector, Verdict, admin, developer, user
from harinspect.knowledge.readings import Reading
from harinspect.traffic.forgery import UNSAFE
from harinspect.traffic.model import Denial, DenialKind
from harinspect.wire.cookie_parsing import parse_cookie_header
from harinspect.wire.regexes import regex

inspector = Inspector(__name__)
OWASP = "https://cheatsheetseries.owasp.org/cheatsheets/Cross-Site_Request_Forgery_Prevention_Cheat_Sheet.html"
SPOKEN = regex(r"csrf|xsrf|forgery", re.IGNORECASE)
TWINS = {"xsrf-token": "x-xsrf-token"}  # Angular and axios copy the cookie into the header as it is

MISMATCH = inspector.rule(
    "token-mismatch",
    cause="csrf.token-mismatch",
    title="The anti-forgery token in the header is not the one in the cookie",
    why="{method} `{path}` carries one token in `{header}` and another in the cookie `{cookie}`. They must be the "
    "same.",
    responsible="application",
    fixes=(
        developer("Read the cookie anew for every call: it changes at sign-in.", "easy"),
        user("Reload the page, and close other windows of the same site.", "easy"),
    ),
    temporary="yes",
    refs=(OWASP,),
)
ORIGIN = inspector.rule(
    "origin-check",
    cause="csrf.origin-check",
    title="The form was sent from where the server does not expect it",
    why="The form went to `{host}` with `Origin: {origin}`. Anti-forgery checks compare that with the host, and "
    "refuse.",
    responsible="server-config",
    fixes=(
        admin("Add the origin to those that are trusted, if forms from there are meant to be.", "easy"),
        developer(
            "Do not send forms from pages with `Referrer-Policy: no-referrer`: that makes the Origin `null`.", "easy"
        ),
    ),
    refs=(OWASP, "https://fetch.spec.whatwg.org/#append-a-request-origin-header"),
)


@inspector.check
def token_differs(denial: Denial) -> Iterator[Verdict]:
    """Where the convention has both alike. One of another length is a masked token, which rightly differs."""
    exchange, headers = denial.exchange, denial.exchange.request.headers
    if not _is_asked(denial):
        return
    for name, value in parse_cookie_header(headers.text("cookie")):
        header = TWINS.get(name.lower(), "")
        sent = unquote(headers.text(header)) if header else ""
        mine = unquote(value)
        if sent and sent == mine:
            yield MISMATCH.ruled_out(
                "Header and cookie carry the same token.", Evidence(exchange.index, "request.cookie", name, value)
            )
        elif sent and len(sent) == len(mine):
            yield MISMATCH.found(
                Basis.SIGNATURE,
                Evidence(exchange.index, "request.header", header, headers.text(header), "differs from the cookie"),
                Evidence(exchange.index, "request.cookie", name, value, "differs from the header"),
                method=exchange.method,
                path=denial.traffic.urls[exchange.index].path,
                header=header,
                cookie=name,
            )


@inspector.check
def form_from_elsewhere(denial: Denial) -> Iterator[Verdict]:
    """Forms only: for calls by script the CORS rules speak."""
    exchange, url = denial.exchange, denial.traffic.urls.get(denial.exchange.index)
    headers = exchange.request.headers
    origin = headers.text("origin")
    is_form = headers.text("sec-fetch-mode") == "navigate" or exchange.resource_type == "document"
    if url is None or not _is_asked(denial) or not is_form or origin in ("", url.origin):
        return
    if any(e.request.headers.text("origin") == origin and e.method in UNSAFE for e in denial.allowed_at_host):
        return
    spoken = any(SPOKEN.search(said.text) for said in Reading(exchange).said)
    here = Evidence(exchange.index, "request.header", "origin", origin, f"the host is {url.origin}")
    yield ORIGIN.found(Basis.SIGNATURE if spoken else Basis.CIRCUMSTANCE, here, host=url.host, origin=origin)


def _is_asked(denial: Denial) -> bool:
    return denial.kind is DenialKind.FORBIDDEN and denial.exchange.method in UNSAFE
