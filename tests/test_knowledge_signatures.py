"""How much of an independent collection of signatures is recognised. HARINSPECT_KB names its signatures.yaml.

A record of the collection is recognised where the first answer to its own example has the right cause and, unless the
record is about anybody's words, names the right product.
"""

from __future__ import annotations

import os
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final

import pytest
import yaml
from msgspec import Struct
from msgspec.structs import replace

from harinspect.diagnosis import Diagnosis, diagnose
from harinspect.har.model import Exchange, Request, Response
from harinspect.inspectors import all_inspectors
from harinspect.knowledge import who_answered
from harinspect.traffic.denials import find_denials
from harinspect.wire.headers import Headers
from tests.builders import START, traffic

COLLECTION = Path(os.environ.get("HARINSPECT_KB", "no such file"))
REACHED: Final = 0.95
CHROME: Final = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36"
)

# What a browser sends along with a header that an example gives alone.
ALONG: Mapping[str, Mapping[str, str]] = {
    "access-control-request-method": {"origin": "https://page.example"},
    "sec-fetch-site": {"sec-fetch-dest": "image", "referer": "https://page.example/"},
}


class Told(Struct, frozen=True):
    """`products`: the one that wrote the answer, and those that stand in its path."""

    causes: frozenset[str]
    products: tuple[str, ...]


CSRF = {"csrf.token-missing", "csrf.token-mismatch", "csrf.cookie-missing"}
OURS: Mapping[str, set[str]] = {
    "permission": {"auth.role-denied", "auth.insufficient-scope"},
    "auth.missing": {"auth.missing-credentials", "status.401"},
    "auth.malformed": {"auth.token-malformed", "auth.token-invalid"},  # one row there
    "auth.invalid": {"auth.token-invalid", "auth.token-malformed", "status.401"},
    "auth.step_up": {"auth.step-up"},
    "token.expired": {"auth.token-expired"},
    "token.not_yet_valid": {"auth.token-not-yet-valid"},
    "token.audience": {"auth.token-audience"},
    "token.issuer": {"auth.token-issuer"},
    "token.scope": {"auth.insufficient-scope"},
    "session.expired": {"auth.session-expired", "status.419"},
    "session.cookie_missing": {"auth.missing-credentials"},
    "signed_url.missing": {"auth.missing-credentials"},
    "signed_url.expired": {"auth.signature-expired"},
    "signed_url.invalid": {"auth.signature-mismatch"},
    "object.missing_or_private": {"auth.object-private"},
    "object.state": {"auth.content-policy", "auth.role-denied"},
    "lockout": {"auth.account-locked"},
    "account.disabled": {"auth.account-locked"},
    "site.suspended": {"auth.account-locked"},
    "content.limit": {"auth.content-policy", "server.proxy-denied"},
    "csrf.token_missing": CSRF,
    "csrf.token_invalid": CSRF | {"status.419"},
    "csrf.origin": {"csrf.origin-check", "cors.origin-rejected"},
    "csrf.referer": {"csrf.origin-check", "referer.missing", "referer.foreign"},
    "cookie.rejected": {"csrf.cookie-missing"},
    "cors.origin": {"cors.origin-rejected"},
    "cors.preflight": {"cors.preflight-status"},
    "referer": {"referer.missing", "referer.foreign"},
    "user_agent.blocked": {"ua.blocked"},
    "ip.blocked": {"server.ip-denied"},
    "geo.blocked": {"server.geo-blocked", "status.451"},
    "device.restricted": {"server.device-restricted"},
    "time.restricted": {"server.time-restricted"},
    "tls.required": {"server.tls-required"},
    "tls.client_cert": {"server.tls-client-cert"},
    "tls.sni": {"server.host-denied"},
    "server.host": {"server.host-denied"},
    "isolation.fetch_metadata": {"server.fetch-metadata"},
    "isolation.corp": {"cors.corp-blocked"},
    "proxy": {"server.proxy-denied", "status.407"},
    "dns.block": {"server.proxy-denied"},
    "fs.directory_listing": {"server.directory-listing"},
    "fs.permission": {"server.file-permissions"},
    "fs.execute": {"server.path-denied"},
    "server.deny_rule": {"server.path-denied"},
    "server.module": {"server.path-denied", "auth.content-policy"},
    "method.denied": {"server.method-denied"},
    "url.wrong": {"server.url-typo", "server.host-denied"},
    "waf.rule": {"waf.rule"},
    "bot.block": {"waf.bot-block", "waf.challenge"},
    "bot.challenge": {"waf.challenge", "waf.bot-block"},
    "rate_limit": {"rate.limited", "status.429"},
    "quota": {"rate.quota-exceeded", "rate.limited", "server.proxy-denied"},
    "cache.stale": {"cache.stale-403"},
    "client.extension": {"client.blocked"},
    "private_network": {"cors.local-network-access"},
    "unknown.generic": {"server.unexplained-403"},
}
# The meaning of a label decides where a record's own is wider: this one is about a signed request, not a token.
SIGNED = {"aws.apigw.invalid-signature": "signed_url.invalid"}
# Whose words no product's are: a framework's habit, a standard's, or anybody's.
ANYBODY = re.compile(
    r"Any |Unknown |JWT libraries|Captive portal|Browser |nginx/Apache|Cloudflare Turnstile / reCAPTCHA"
    r"|AWS Signature V4 query|Azure SAS|GCS V4 signed URL|CloudFront signed URL"  # forms of an address
)
# Makers of several products: their name alone tells nothing.
MAKERS = frozenset("aws amazon azure google microsoft apache jira signed url v4".split())
COMMON = frozenset("a the or and of on server apis web website waf firewall proxy http net app cloud rest".split())
ALIASES: Mapping[str, str] = {  # theirs: ours
    "Jira Server/DC": "Atlassian",
    "Jira/Confluence": "Atlassian",
    "Jira Cloud": "Atlassian",
    "Bitbucket Cloud": "Atlassian",
    "AWS ALB": "AWS Application Load Balancer",
    "AWS CloudFront + AWS WAF": "Amazon CloudFront",
    "AWS API Gateway": "Amazon API Gateway",
    "Azure Policy": "Azure Resource Manager",
    "Google Cloud Run": "Google front end",
    "Google Frontend": "Google front end",
    "Google Identity-Aware Proxy": "Google front end",
    "Google anti-abuse": "Google front end",
    "Cloud Firestore": "Firebase",
    "Docker/OCI registry": "Container registry",
    "gorilla/csrf": "Go net/http",
    "Vite dev server": "A development server",
    "webpack-dev-server": "A development server",
    "Dataverse/Dynamics 365": "Microsoft Dataverse",
}

# The misses, each with the reason. Only what the example truly cannot tell belongs here.
UNTOLD: Mapping[str, str] = {
    "algolia": "the example is about what the key may do, not about an unknown key",
    "aws.cognito": "the answer is the firewall's in front of the user pool; a lockout has another code",
    "aws.waf.challenge": "status 202 is no refusal",
    "azure.apim.ipfilter": "the bare answer gives no reason, and the request had no credential",
    "browser.cors-failed": "the net error alone does not tell which header the browser missed",
    "cloudflare.access": "an application behind Access links to its logout as well",
    "figma": "without the host of Figma anybody may say so",
    "forcepoint.redirect": "a redirect is no refusal; the page that it leads to is told",
    "gitea.csrf": "other products use the same sentence",
    "gitlab.forbidden": "the example says that the account is blocked",
    "google.sorry": "the page speaks of automated queries, which is about a bot and not about a rate",
    "googlemaps.key": "the example says that the API is not enabled for the key; a referrer has another text",
    "json.expired-words": "the example says that the session is over, and none of its words is about a token",
    "json.ua-words": "the example speaks of bots and not of a User-Agent",
    "k8s.forbidden": "the example's caller is system:anonymous: nobody is signed in",
    "kong.bot": "other plugins refuse with the same answer, and the User-Agent is that of a browser",
    "oauth.invalid_token": "the example says that the token has expired",
    "s3.invalidpayer": "the documented text says that all access to the object was switched off",
    "salesforce.csrf": "the example is the event of an ended session",
    "sentry": "the example's reason is a wrong project id, not a quota",
    "symfony.csrf": "other products use the same sentence",
    "tomcat.cors": "an empty answer names no product",
    "traefik.ipallow": "the one word Forbidden is nobody's",
}


def words(name: str) -> frozenset[str]:
    return frozenset(re.findall(r"[a-z0-9]+", name.lower())) - COMMON


def same_product(theirs: str, ours: str) -> bool:
    """Do two names of products share more than a maker's?"""
    if theirs in ALIASES:
        return ALIASES[theirs] == ours
    shared = words(theirs) & words(ours)
    return bool(shared - MAKERS) or bool(shared and not (words(ours) - MAKERS))


def wanted(cause: str) -> set[str]:
    return OURS.get(cause) or OURS.get(cause.partition(".")[0], set())


def refused_with(row: Mapping[str, Any]) -> int:
    """403 where it may be: that is what this tool explains; or else its first status."""
    statuses = row["match"].get("status") or [403]
    return 403 if 403 in statuses else statuses[0]


def exchange(row: Mapping[str, Any]) -> Exchange:
    example = row["example"]
    status = 0 if example.get("har_error") else refused_with(row)
    url, method = example.get("url") or "https://app.example/thing", example.get("method") or "GET"
    sent = {"user-agent": CHROME} | (example.get("request_headers") or {})
    for header in ALONG.keys() & sent.keys():
        sent = {**ALONG[header], **sent}
    answer = Response(status, example.get("reason") or "", Headers((example.get("headers") or {}).items()))
    body = example.get("body") or ""
    request = Request(method, url, "h2", Headers(sent.items()))
    return Exchange(0, START, 1.0, request, replace(answer, body=body), error=example.get("har_error"))


def told(one: Exchange) -> Told:
    """What leads by the words of the answer alone, what the diagnosis names, hints included, and who is the author."""
    answer = who_answered(one)
    hits = answer.blocked
    by_words = next((hit.record.cause for hit in hits if hit.record and hit.record.cause), "")
    by_diagnosis = [f.rule.cause for d in diagnoses(one) for f in d.findings]
    author = next((hit for hit in hits if not hit.responder.generic), None)
    products = (*([author] if author else []), *answer.present)
    return Told(frozenset({by_words, *by_diagnosis}) - {""}, tuple(hit.responder.name for hit in products))


def diagnoses(one: Exchange) -> Iterator[Diagnosis]:
    for denial in find_denials(traffic(one)):
        yield diagnose(denial, all_inspectors())


def is_told(row: Mapping[str, Any], answer: Told) -> bool:
    whose = ANYBODY.match(row["vendor"]) or any(same_product(row["vendor"], name) for name in answer.products)
    return bool(whose) and bool(answer.causes & wanted(SIGNED.get(row["id"], row["cause"])))


@cache
def verdicts() -> tuple[Mapping[str, Any], ...]:
    rows = yaml.safe_load(COLLECTION.read_text(encoding="utf-8"))
    return tuple(row for row in rows if row["kind"] == "verdict")


def missed() -> list[str]:
    """The records that no answer fits. Where records share an example, the answer to any of them will do."""
    alike: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
    for row in verdicts():
        alike[repr((row["example"], refused_with(row)))].append(row)
    lines = []
    for rows in alike.values():
        answer = told(exchange(rows[0]))
        if not any(is_told(row, answer) for row in rows):
            lines += [
                f"{r['id']} ({r['vendor']}: {r['cause']}): {sorted(answer.causes)}, {answer.products}" for r in rows
            ]
    return lines


@pytest.mark.skipif(not COLLECTION.is_file(), reason="HARINSPECT_KB names no file")
def test_most_known_refusals_are_told_by_cause_and_product() -> None:
    assert len(verdicts()) > 400
    assert 1 - len(missed()) / len(verdicts()) >= REACHED, "\n".join(missed())


@pytest.mark.skipif(not COLLECTION.is_file(), reason="HARINSPECT_KB names no file")
def test_what_is_not_told_is_named_with_the_reason_and_nothing_else_is() -> None:
    untold = {line.partition(" ")[0]: line for line in missed()}
    assert not [line for name, line in untold.items() if name not in UNTOLD]
    assert not UNTOLD.keys() - untold.keys(), "these are told by now"
    assert all(UNTOLD.values())
