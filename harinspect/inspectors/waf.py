"""Requests that look like an attack to a web application firewall, refused by the server and not by the application."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import unquote_plus

from harinspect.har.model import Exchange
from harinspect.inspecting import Basis, Evidence, Inspector, Part, Verdict, admin, developer, user
from harinspect.traffic.model import Denial, DenialKind
from harinspect.traffic.preflights import is_preflight
from harinspect.wire.regexes import regex
from harinspect.wire.url import Url

inspector = Inspector(__name__)
LIMIT = 64_000  # characters of a body that are looked at
TABLE = r"(?!(?:the|an?|our|your|my|its|their|this|that|these|those|any|all|below|above)\b)[\w.]+"  # not prose
# What the common rule sets look for, each in its plainest form (OWASP Core Rule Set, groups 930 to 944).
SIGNS = tuple(
    (name, regex(pattern, re.IGNORECASE))
    for name, pattern in (
        ("a path that climbs out of its folder", r"(?:^|[=/\\])\.\.[/\\]"),
        ("a system file", r"/etc/(?:passwd|shadow|hosts)\b|\b(?:win|boot)\.ini\b|/proc/self/"),
        (
            "a script tag",
            r"<\s*script\b|javascript\s*:(?=[^\s\"'])|\bon(?:error|load|click|mouseover)\s*=|<\s*(?:iframe|svg|object)\b",
        ),
        ("SQL", r"\bunion\s+(?:all\s+)?select\b|'\s*(?:or|and)\s+['\d][^=]{0,20}=|;\s*(?:drop|truncate)\s+table\b"),
        ("SQL", rf"\bselect\s+(?:\*|[\w.]+(?:\s*,\s*[\w.]+){{1,20}}|\w+\s*\([^()]{{0,80}}\))\s+from\s+{TABLE}"),
        ("SQL", rf"\bselect\s[\w.,\s]{{1,80}}\sfrom\s+{TABLE}\s+(?:where\s+\w+\s*(?:[=<>]|in\b|like\b)|limit\s+\d)"),
        (
            "SQL",
            rf"\binsert\s+into\s+{TABLE}\s*(?:\(|values\b|select\b)|\bdelete\s+from\s+{TABLE}\s*(?:where\b|;|--|$)",
        ),
        ("SQL", r"\bsleep\s*\(\s*\d|\binformation_schema\b"),
        ("a lookup of Log4j", r"\$\{\s*(?:jndi|lower|upper|env|::-)"),
        ("a shell command", r"(?:[;|`&]|\$\()\s*(?:cat|wget|curl|bash|sh|nc|ping)\s+(?:[-/~.$\d]|https?:)"),
        ("a shell command", r"\$\(\s*(?:whoami|id)\s*\)|[;&|]\s*whoami\b|[;&]\s*id\s*$"),
        ("server code", r"<\?php\b|<%\s*=|\{\{\s*\d+\s*\*\s*\d+\s*\}\}|\b(?:eval|system|phpinfo)\((?!s\))"),
    )
)

RULE = inspector.rule(
    "rule",
    cause="waf.rule",
    title="The request holds what a firewall takes for an attack",
    why="The {where} of the request holds {sign} (`{excerpt}`), and the refusal does not look like one of the "
    "application. A web application firewall in front of it would do that. {contrast}",
    responsible="user",
    fixes=(
        user("Leave that text out, and try again.", "easy"),
        developer("If such text is meant to be sent, encode it (for example base64) on the way.", "medium"),
        admin("Look up the rule in the firewall's log, and exempt this field of this address if the text is harmless."),
    ),
    refs=("https://coreruleset.org/docs/",),
)


@inspector.check
def looks_like_an_attack(denial: Denial) -> Iterator[Verdict]:
    exchange, url = denial.exchange, denial.traffic.urls.get(denial.exchange.index)
    if url is None or denial.kind is not DenialKind.FORBIDDEN or is_preflight(exchange) or _is_application(exchange):
        return
    for part, where, text in _inputs(exchange, url):
        for sign, pattern in SIGNS:
            if match := pattern.search(text):
                excerpt = text[max(match.start() - 10, 0) : match.end() + 20]
                yield _found(denial, Evidence(exchange.index, part, where, excerpt, sign), where, sign, excerpt)
                return


def _found(denial: Denial, evidence: Evidence, where: str, sign: str, excerpt: str) -> Verdict:
    """Likely where the application answers here as a rule, or the same path passed with something harmless in it."""
    harmless = next(
        (e for e in denial.allowed_alike if e.method == denial.exchange.method and not _is_odd(denial, e)), None
    )
    usual = next((e for e in denial.allowed_at_host if _is_application(e)), None)
    page = any(hit.layer == "web-server" and hit.basis == "identity" for hit in denial.answer.blocked)
    twin = harmless or (usual if page else None)
    note = "the same place, with nothing of the kind" if harmless else "the application's own way to answer"
    there = (Evidence(twin.index, "response.status", value=str(twin.status), note=note),) if twin else ()
    return RULE.found(
        Basis.CONTRAST if harmless else Basis.SIGNATURE if twin else Basis.CIRCUMSTANCE,
        evidence,
        *there,
        where=where,
        sign=sign,
        excerpt=excerpt,
        contrast="The same place let a request without it pass." if harmless else "",
    )


def _inputs(exchange: Exchange, url: Url) -> Iterator[tuple[Part, str, str]]:
    """What a firewall reads: the path as it was sent, the query and the body, each decoded once and twice."""
    yield "request.url", "path", unquote_plus(url.path)
    yield "request.url", "query", _decoded(url.query)
    post = exchange.request.post_data
    if post is not None:
        text = (post.text or "&".join(f"{name}={value}" for name, value in post.params))[:LIMIT]
        yield "request.body", "body", _decoded(text) if "urlencoded" in post.mime_type else text


def _decoded(text: str) -> str:
    """The pairs one below the other: what parts them is no part of what anybody wrote."""
    return "\n".join(unquote_plus(unquote_plus(pair)) for pair in text.split("&"))


def _is_odd(denial: Denial, exchange: Exchange) -> bool:
    url = denial.traffic.urls[exchange.index]
    return any(pattern.search(text) for _, _, text in _inputs(exchange, url) for _, pattern in SIGNS)


def _is_application(exchange: Exchange) -> bool:
    """Answers in JSON come from programs; servers and firewalls show pages."""
    return "json" in (exchange.response.mime_type or exchange.response.headers.text("content-type"))
