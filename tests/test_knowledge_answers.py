"""Who answered: what is told apart, in which order, from whose files, and at what cost."""

from __future__ import annotations

import re
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from harinspect.har.model import Exchange, Request, Response
from harinspect.knowledge import Clue, KnowledgeError, load, presence, reference, who_answered
from harinspect.knowledge.answers import Memory
from harinspect.knowledge.compiled import FOLDER
from harinspect.knowledge.records import NO_SPECIMEN, read_responder
from harinspect.wire.headers import Headers

NGINX_PAGE = "<center><h1>403 Forbidden</h1></center>\r\n<hr><center>nginx/1.24.0</center>"
JSON = (("content-type", "application/json"),)


def exchange(
    body: str | None = "",
    headers: tuple[tuple[str, str], ...] = (),
    status: int = 403,
    reason: str = "Forbidden",
    error: str | None = None,
) -> Exchange:
    request = Request("GET", "https://app.example/thing", "h2", Headers())
    return Exchange(0, None, 10.0, request, Response(status, reason, Headers(headers), body=body), error=error)


def causes_of(found: Exchange) -> list[str]:
    return [one.record.cause for one in who_answered(found).blocked if one.record]


def test_presence_is_no_refusal() -> None:
    headers = (("Server", "cloudflare"), ("CF-Ray", "8a1b2c3d4e5f6071-AMS"), ("x-powered-by", "Express"))
    answer = who_answered(exchange('{"error":"forbidden"}', headers))
    assert [one.responder.id for one in answer.present] == ["cloudflare", "express"]
    assert all(one.record is None and one.basis == "identity" for one in answer.present)
    assert answer.blocked == ()


@pytest.mark.parametrize("one", [pytest.param(one, id=one.id) for one in load().responders.values()])
def test_no_mark_of_presence_alone_blocks(one) -> None:
    for row in one.present:
        sample = re.sub(r"[\\^$()?:]|\|.*", "", row.value.source) if row.value else "1"
        found = exchange("", ((row.header or "set-cookie", sample if row.header else "a=1"),))
        assert not any(hit.responder is one and hit.basis != "identity" for hit in who_answered(found).blocked), row


@pytest.mark.parametrize(
    "body",
    [
        "Forbidden",
        "Access Denied",
        "<html><title>403 Forbidden</title><h1>Forbidden</h1></html>",
        '{"message":"Forbidden"}',
        '{"error":"access_denied","status":403}',
        '{"error":{"code":"forbidden"}}',
        "",
        None,
    ],
)
def test_a_bare_no_is_pinned_on_nobody(body: str | None) -> None:
    assert who_answered(exchange(body)).blocked == ()


@pytest.mark.parametrize(("status", "error"), [(200, None), (304, None), (302, None), (200, "")])
def test_answers_that_refuse_nothing_are_not_asked(status: int, error: str | None) -> None:
    answer = who_answered(exchange("jwt expired", (("server", "nginx"),), status=status, error=error))
    assert [one.responder.id for one in answer.present] == ["nginx"]
    assert answer.blocked == ()


def test_a_stock_page_speaks_for_the_product_and_not_for_the_application() -> None:
    page = "<h1>Forbidden</h1><p>You don't have permission to access this resource.</p>"
    assert [(one.responder.id, one.basis) for one in who_answered(exchange(page)).blocked] == [("apache", "identity")]


def test_a_reason_in_json_is_stated_and_in_a_page_a_signature() -> None:
    said = who_answered(exchange('{"error":"Session expired"}', JSON)).blocked
    page = who_answered(exchange("<html><body><p>Your session has expired.</p></body></html>")).blocked
    assert [(one.record.cause, one.basis) for one in said if one.record] == [("auth.session-expired", "stated")]
    assert [(one.record.cause, one.basis) for one in page if one.record] == [("auth.session-expired", "signature")]


def test_what_a_page_hides_is_not_said() -> None:
    page = (
        "<html><head><style>.csrf{}</style><script>const messages = {a: 'Your session has expired'}</script></head>"
        "<body><!-- token expired --><template>rate limit exceeded</template><p>Forbidden</p>"
        "<script>jwt expired"
    )
    assert who_answered(exchange(page)).blocked == ()


def test_a_product_comes_before_words_and_words_are_left_aside() -> None:
    body = '{"message":"IP address not allowed: 203.0.113.7"}'
    assert [one.responder.id for one in who_answered(exchange(body, JSON)).blocked] == ["kong"]


def test_better_basis_comes_first() -> None:
    headers = (("x-kong-response-latency", "1"), *JSON)
    blocked = who_answered(exchange('{"error":"jwt expired"}', headers, status=401)).blocked
    assert [(one.basis, one.layer) for one in blocked] == [("stated", "application"), ("identity", "gateway")]


def test_evidence_points_into_the_answer() -> None:
    blocked = who_answered(exchange('{"errors":[{"code":"ROLE_REQUIRED"}]}', JSON)).blocked
    assert [one.evidence for one in blocked] == [(Clue("response.body", "errors.code", "ROLE_REQUIRED"),)]


def test_reason_phrases_and_headers_speak_too() -> None:
    assert causes_of(exchange(reason="Invalid CSRF token")) == ["csrf.token-mismatch"]
    assert causes_of(exchange(headers=(("X-Deny-Reason", "origin_not_allowed"),))) == ["cors.origin-rejected"]
    assert causes_of(exchange(headers=(("X-Deny-Reason", "hello"),))) == []


@pytest.mark.parametrize(
    ("error", "cause"),
    [
        ("net::ERR_BLOCKED_BY_CLIENT", "client.blocked"),
        ("net::ERR_TUNNEL_CONNECTION_FAILED", "server.proxy-denied"),
        ("net::ERR_BLOCKED_BY_CSP", "client.csp-blocked"),
    ],
)
def test_a_browsers_mark_speaks_where_there_is_no_answer(error: str, cause: str) -> None:
    assert causes_of(exchange(None, status=0, error=error)) == [cause]


def test_reference_is_quoted_from_header_or_body() -> None:
    headers = (("cf-ray", "8a1b2c3d4e5f6071-AMS"), ("server", "cloudflare"))
    banned = exchange("error code: 1006", headers)
    assert reference(who_answered(banned).blocked[0], banned) == ("Ray ID", "8a1b2c3d4e5f6071-AMS")
    f5 = exchange(
        "The requested URL was rejected. Please consult with your administrator. Your support ID is: 1234567890"
    )
    assert reference(who_answered(f5).blocked[0], f5) == ("Support ID", "1234567890")
    assert reference(presence(Headers([("server", "cloudflare")]))[0], exchange("")) is None
    assert reference(presence(Headers([("server", "nginx")]))[0], exchange("")) is None


def test_presence_by_cookie() -> None:
    headers = Headers([("set-cookie", "incap_ses_1=x; path=/"), ("set-cookie", "laravel_session=y")])
    assert [(one.responder.id, one.evidence) for one in presence(headers)] == [
        ("imperva", (Clue("response.cookie", "incap_ses_1", ""),)),
        ("laravel", (Clue("response.cookie", "laravel_session", ""),)),
    ]
    assert presence(Headers([("set-cookie", "a=1")])) == ()


OWN = """
name = 'Gatekeeper'
layer = 'gateway'
[[blocked]]
key = 'no'
body = 'Gatekeeper says no'
says = 'The gatekeeper said no.'
cause = 'waf.rule'
basis = 'stated'
example = { body = 'Gatekeeper says no' }
"""


def test_a_users_own_file_is_read_and_replaces_ours(tmp_path: Path) -> None:
    (tmp_path / "gatekeeper.toml").write_text(OWN, encoding="utf-8")
    (tmp_path / "nginx.toml").write_text(OWN.replace("Gatekeeper", "Engine"), encoding="utf-8")
    (tmp_path / "notes.txt").write_text("no knowledge", encoding="utf-8")
    library = load(tmp_path)
    assert library.responders["nginx"].name == "Engine"
    assert library.responders["gatekeeper"].blocked[0].example.body == "Gatekeeper says no"
    blocked = who_answered(exchange("Gatekeeper says no"), library).blocked
    assert [one.responder.name for one in blocked] == ["Gatekeeper"]
    assert who_answered(exchange(NGINX_PAGE), library).blocked == ()


@pytest.mark.parametrize(
    ("old", "new", "error"),
    [
        ("'gateway'", "'roof'", "g.toml: layer: 'roof' is not a word"),
        ("'waf.rule'", "'waf.mood'", "g.toml: blocked[0]: cause: 'waf.mood' is not a word"),
        ("'stated'", "'identity'", "g.toml: blocked[0]: cause: must be there, except"),
        ("cause = 'waf.rule'", "", "g.toml: blocked[0]: cause: must be there, except"),
        ("body = 'G", "boddy = 'G", "g.toml: blocked[0]: boddy: is not a key"),
        ("key = 'no'", "key = 'no'\nstatus = ['403']", "g.toml: blocked[0]: status: must be a list of integers"),
        ("key = 'no'", "key = 'no'\ncodes = 7", "g.toml: blocked[0]: codes: must be a text or a list of texts"),
        ("key = 'no'", "key = 'no'\ncodes = [7]", "g.toml: blocked[0]: codes: must hold texts only"),
        ("key = 'no'", "key = 'no'\nheaders = 7", "g.toml: blocked[0]: headers: must be a table"),
        ("key = 'no'", "key = 'no'\nfix = 7", "g.toml: blocked[0]: fix: must be a table"),
        ("example = { ", "example = { status = 'x', ", "g.toml: blocked[0]: example: status: must be an integer"),
        ("layer", "generic = 1\nlayer", "g.toml: generic: must be true or false"),
        ("layer", "present = 1\nlayer", "g.toml: present: must be a list of tables"),
        ("layer", "present = [{ value = 'x' }]\nlayer", "g.toml: present[0]: header: either a header or a cookie"),
        ("name", "name = = ", "g.toml: "),
    ],
)
def test_a_wrong_file_is_named_with_its_key(tmp_path: Path, old: str, new: str, error: str) -> None:
    path = tmp_path / "g.toml"
    path.write_text(OWN.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(KnowledgeError, match="^" + re.escape(error)):
        load(tmp_path)


def test_leaving_the_examples_unread_changes_nothing_else() -> None:
    for path in FOLDER.glob("*.toml"):
        whole, quick = read_responder(path), read_responder(path, specimens=False)
        bare = [replace(one, example=NO_SPECIMEN, counterexample=NO_SPECIMEN) for one in whole.blocked]
        assert bare == list(quick.blocked)
        assert (whole.name, whole.present, whole.reference) == (quick.name, quick.present, quick.reference)


HOSTILE = [
    "<script>" * 9000,
    "<" * 70_000,
    "[" * 70_000,
    '{"a":' * 14_000,
    "csrf token " * 7000,
    "error code " * 7000,
    " " * 70_000,
    "&lt;" * 20_000,
    "<!--" * 20_000,
    "You don't have permission to access " * 2000,
    "<p>" + "user agent origin referer country ip address " * 1600,
    '"' + "a" * 70_000 + '"',
]


@pytest.mark.parametrize("body", HOSTILE, ids=lambda body: body[:12])
def test_a_hostile_body_costs_no_more_than_its_length(body: str) -> None:
    load().triggers  # noqa: B018 - built once, not timed here
    started = time.perf_counter()
    who_answered(exchange(body, (("cf-ray", "x"), ("server", "cloudflare"))))
    assert time.perf_counter() - started < 1.0


def test_bodies_are_read_up_to_64_kib() -> None:
    assert causes_of(exchange(" " * 65_000 + "RBAC: access denied")) == ["auth.role-denied"]
    assert causes_of(exchange(" " * 66_000 + "RBAC: access denied")) == []


def test_half_a_character_in_a_body_does_no_harm() -> None:
    assert causes_of(exchange("\ud800 RBAC: access denied")) == ["auth.role-denied"]


def test_every_kind_of_pattern_of_a_users_file_must_hold(tmp_path: Path) -> None:
    more = "set_cookie = '^deny'\nurl = '/thing'\nreason = '^Forbidden$'\nbody_none = 'never'\n"
    text = OWN.replace("body = 'G", more + "body = 'G", 1).partition("example =")[0]
    (tmp_path / "g.toml").write_text(text, encoding="utf-8")
    library = load(tmp_path)

    def ids(found: Exchange) -> list[str]:
        return [one.responder.id for one in who_answered(found, library).blocked]

    cookie = (("set-cookie", "deny=1; Path=/"),)
    assert ids(exchange("Gatekeeper says no", cookie)) == ["g"]
    assert ids(exchange("Gatekeeper says no", (("set-cookie", "a=1"),))) == []
    assert ids(exchange("Gatekeeper says no", cookie, reason="No")) == []
    assert ids(exchange("Gatekeeper says no, never", cookie)) == []
    assert ids(exchange("Somebody says no", cookie)) == []


def test_words_without_phrases_and_patterns_without_literals(tmp_path: Path) -> None:
    (tmp_path / "keys.toml").write_text(
        OWN.replace("body = 'Gatekeeper says no'", "keys = ['no-entry']", 1).partition("example =")[0], encoding="utf-8"
    )
    short = OWN.replace("'Gatekeeper says no'", "'^N[0-9]$'", 1).replace("'Gatekeeper says no'", "'N1'")
    (tmp_path / "short.toml").write_text(short, encoding="utf-8")
    nameless = OWN.replace("body = 'Gatekeeper says no'", "json = { 'reason.' = '^[0-9]$' }", 1).partition("example =")[
        0
    ]
    (tmp_path / "nameless.toml").write_text(nameless, encoding="utf-8")
    library = load(tmp_path)
    assert [one.responder.id for one in who_answered(exchange('{"noEntry":1}', JSON), library).blocked] == ["keys"]
    assert [one.responder.id for one in who_answered(exchange("N7"), library).blocked] == ["short"]
    named = who_answered(exchange('{"reason":{"":7}}', JSON), library)
    assert [one.responder.id for one in named.blocked] == ["nameless"]


PIECES = st.sampled_from(
    [
        "<h1>Forbidden</h1>",
        "Ray ID: 8a1b2c3d",
        "error code: 1006",
        "session expired",
        "Access denied by policy ",
        " " * 90,
    ]
)


@given(st.lists(st.lists(PIECES, max_size=6).map("".join), min_size=2, max_size=5))
def test_what_was_looked_at_before_changes_no_answer(bodies: list[str]) -> None:
    refusals = [exchange(body, (("cf-ray", "8a1b2c3d4e5f6071-AMS"),)) for body in bodies]
    memory = Memory()
    assert [who_answered(one, memory=memory) for one in refusals] == [who_answered(one) for one in refusals]
