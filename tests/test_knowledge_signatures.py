"""How much of an independent collection of signatures is recognised. HARINSPECT_KB names its signatures.yaml."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from harinspect.har.model import Exchange, Request, Response
from harinspect.knowledge import who_answered
from harinspect.wire.headers import Headers

yaml = pytest.importorskip("yaml")
COLLECTION = Path(os.environ.get("HARINSPECT_KB", "no such file"))
REACHED = 0.845  # of the verdicts whose cause our vocabulary has, and whose example is an answer and not a request

CSRF = {"csrf.token-missing", "csrf.token-mismatch", "csrf.cookie-missing"}
OURS: Mapping[str, set[str]] = {
    "permission": {"auth.role-denied", "auth.insufficient-scope"},
    "auth.missing": {"auth.missing-credentials"},
    "auth.malformed": {"auth.token-malformed"},
    "auth.invalid": {"auth.token-invalid"},
    "auth.step_up": {"auth.step-up"},
    "token.expired": {"auth.token-expired"},
    "token.not_yet_valid": {"auth.token-not-yet-valid"},
    "token.audience": {"auth.token-audience"},
    "token.issuer": {"auth.token-issuer"},
    "token.scope": {"auth.insufficient-scope"},
    "session.expired": {"auth.session-expired"},
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
    "csrf.token_invalid": CSRF,
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
    "method.denied": {"server.method-denied"},
    "url.wrong": {"server.url-typo", "server.host-denied"},
    "waf.rule": {"waf.rule"},
    "bot.block": {"waf.bot-block", "waf.challenge"},
    "bot.challenge": {"waf.challenge", "waf.bot-block"},
    "rate_limit": {"rate.limited"},
    "quota": {"rate.quota-exceeded", "rate.limited", "server.proxy-denied"},
    "client.extension": {"client.blocked"},
}


def wanted(cause: str) -> set[str]:
    return OURS.get(cause) or OURS.get(cause.partition(".")[0], set())


def exchange(row: Mapping[str, Any]) -> Exchange:
    example, match = row["example"], row["match"]
    status = example.get("status") or (match.get("status") or [403])[0]
    request = Request("GET", example.get("url") or "https://app.example/thing", "h2", Headers())
    headers = Headers((example.get("headers") or {}).items())
    response = Response(status, example.get("reason_phrase") or "Forbidden", headers, body=example.get("body"))
    return Exchange(0, None, 1.0, request, response, error=example.get("har_error"))


def verdicts() -> Iterator[Mapping[str, Any]]:
    for row in yaml.safe_load(COLLECTION.read_text(encoding="utf-8")):
        said = row["example"].get("body") or row["example"].get("headers") or row["example"].get("har_error")
        if row["kind"] == "verdict" and said and wanted(row["cause"]) and "requires" not in row:
            yield row


@pytest.mark.skipif(not COLLECTION.is_file(), reason="HARINSPECT_KB names no file")
def test_most_known_refusals_are_recognised_by_their_cause() -> None:
    rows = list(verdicts())
    missed = []
    for row in rows:
        found = {one.record.cause for one in who_answered(exchange(row)).blocked if one.record}
        if not found & wanted(row["cause"]):
            missed.append(f"{row['id']} ({row['cause']}): {sorted(found)}")
    assert len(rows) > 300
    assert 1 - len(missed) / len(rows) >= REACHED, "\n".join(missed)
