"""Reports made by hand for the page's tests: every component occurs, with hostile text in between."""

from __future__ import annotations

from harinspect.report.model import (
    Asked,
    Check,
    Contrast,
    Cookie,
    CookieEvent,
    Denial,
    Difference,
    Dropped,
    Escalation,
    Evidence,
    Exchange,
    Field,
    Finding,
    Fix,
    Granted,
    Hop,
    Page,
    Preflight,
    Problem,
    RedirectChain,
    Report,
    Responder,
    RuledOut,
    Snippet,
    Source,
    Summary,
    SummaryCause,
    Undetermined,
    Verified,
)

APP, API, SHOP = "https://app.northwind.test", "https://api.northwind.test", "https://shop.contoso.test"
HOSTILE = "<script>alert('x')</script>"


def fields(**values: str) -> tuple[Field, ...]:
    return tuple(Field(name=name.replace("_", "-"), value=value) for name, value in values.items())


def exchange(
    index: int,
    method: str,
    url: str,
    status: int,
    *,
    sent: tuple[Field, ...] = (),
    answered: tuple[Field, ...] = (),
    body: str | None = None,
    error: str | None = None,
    kind: str = "fetch",
) -> Exchange:
    return Exchange(
        exchange=index,
        started=f"2026-11-20T10:04:{index % 60:02d}.120+00:00",
        duration=41.7,
        method=method,
        url=url,
        status=status,
        status_text={403: "Forbidden", 200: "OK", 302: "Found", 204: "No Content"}.get(status, ""),
        error=error,
        resource_type=kind,
        http_version="h2",
        server_ip="203.0.113.7" if status else "",
        initiator=f"{APP}/assets/main.js",
        provisional=status == 0,
        request_headers=sent,
        response_headers=answered,
        response_body=body,
    )


def finding(
    rule: str, title: str, confidence: str, responsible: str, why: str, evidence: tuple[Evidence, ...], **more: object
) -> Finding:
    return Finding(
        rule=rule,
        cause=rule,
        title=title,
        confidence=confidence,  # type: ignore[arg-type]
        responsible=responsible,
        temporary="no",
        why=why,
        evidence=evidence,
        **more,  # type: ignore[arg-type]
    )


PREFLIGHT = Denial(
    exchange=5,
    kind="blocked",
    method="PUT",
    url=f"{API}/v1/orders/4711?expand=lines",
    status=0,
    started="2026-11-20T10:04:05.120+00:00",
    layer="browser",
    findings=(
        finding(
            "cors.preflight-missing-allow-headers",
            "The preflight does not allow a header that the page sends",
            "certain",
            "server-config",
            "The page wanted to send `x-request-id` to `api.northwind.test`. The server's answer to the preflight allows "
            "`content-type` only, so the browser never sent the `PUT`.",
            (
                Evidence(
                    exchange=6,
                    part="request.header",
                    name="access-control-request-headers",
                    value="content-type,x-request-id",
                    note="what the browser asked for",
                ),
                Evidence(
                    exchange=6,
                    part="response.header",
                    name="access-control-allow-headers",
                    value="content-type",
                    note="`x-request-id` is not in the list",
                ),
                Evidence(exchange=5, part="response.error", value="net::ERR_FAILED", note="the browser stopped it"),
            ),
            basis="the standards leave no other reading",
            fixes=(
                Fix(
                    audience="admin",
                    effort="easy",
                    text="Add `x-request-id` to `Access-Control-Allow-Headers` in the answer to `OPTIONS`.",
                    snippets=(
                        Snippet(
                            stack="nginx",
                            code='location /v1/ {\n  if ($request_method = OPTIONS) {\n    add_header Access-Control-Allow-Headers "content-type, x-request-id" always;\n    return 204;\n  }\n}',
                        ),
                        Snippet(
                            stack="FastAPI",
                            code='app.add_middleware(\n    CORSMiddleware,\n    allow_origins=["https://app.northwind.test"],\n    allow_headers=["content-type", "x-request-id"],\n)',
                        ),
                    ),
                ),
                Fix(audience="developer", effort="medium", text="Or stop sending `x-request-id` from the page."),
            ),
            verified=Verified(holds=True, how="with `x-request-id` in the list, the preflight's check passes."),
            refs=("https://fetch.spec.whatwg.org/#cors-preflight-fetch",),
        ),
    ),
    ruled_out=(
        RuledOut(
            cause="cors.missing-acao",
            reason="`Access-Control-Allow-Origin` is there and names the page's origin.",
            evidence=(Evidence(exchange=6, part="response.header", name="access-control-allow-origin", value=APP),),
        ),
    ),
    checks=(
        Check(
            text="Repeat the `OPTIONS` with curl and read `Access-Control-Allow-Headers`.",
            tells="Whether the new configuration is live.",
            effort="easy",
        ),
    ),
    escalation=Escalation(
        to="whoever configures api.northwind.test",
        text="Requests to /v1/orders fail since the preflight does not allow x-request-id.",
        markdown="## Preflight refused\n\n- `OPTIONS /v1/orders/4711`",
        curl="curl -i -X OPTIONS 'https://api.northwind.test/v1/orders/4711' \\\n  -H 'Origin: https://app.northwind.test'",
    ),
)
SAMESITE = Denial(
    exchange=12,
    kind="forbidden",
    method="GET",
    url=f"{API}/v1/profile",
    status=403,
    started="2026-11-20T10:04:12.120+00:00",
    layer="application",
    findings=(
        finding(
            "cookie.samesite",
            "The session cookie was kept back by SameSite",
            "certain",
            "application",
            "`sid` was set with `SameSite=Lax`. This request came from `shop.contoso.test`, another site, so the browser did not send it and the server answered as to a stranger.",
            (
                Evidence(
                    exchange=2,
                    part="response.cookie",
                    name="sid",
                    value="sid=[secret 32 characters]; Path=/; Secure; HttpOnly; SameSite=Lax",
                    note="Lax keeps the cookie back on cross-site fetches",
                ),
                Evidence(exchange=12, part="request.cookie", name="sid", note="not sent"),
                Evidence(exchange=12, part="request.header", name="sec-fetch-site", value="cross-site"),
            ),
            basis="the standards leave no other reading",
            fixes=(
                Fix(
                    audience="developer",
                    effort="medium",
                    text="Set the cookie with `SameSite=None; Secure` if other sites are meant to use it.",
                    snippets=(
                        Snippet(
                            stack="Set-Cookie", code="Set-Cookie: sid=...; Path=/; Secure; HttpOnly; SameSite=None"
                        ),
                    ),
                ),
                Fix(
                    audience="user",
                    effort="easy",
                    text="Open the page at its own address instead of inside the partner's.",
                ),
            ),
        ),
        finding(
            "cookie.third-party-blocked",
            "The browser may block third-party cookies",
            "hint",
            "user",
            "Nothing in the recording speaks against it.",
            (Evidence(exchange=12, part="request.header", name="user-agent", value="Mozilla/5.0"),),
        ),
    ),
    contrast=Contrast(
        exchange=3,
        differences=(
            Difference(part="request.cookie", name="sid", here="", there="[secret 32 characters]"),
            Difference(part="request.header", name="sec-fetch-site", here="cross-site", there="same-origin"),
        ),
    ),
)
WAF_DENIAL = Denial(
    exchange=20,
    kind="forbidden",
    method="POST",
    url=f"{SHOP}/search?q={HOSTILE}",
    status=403,
    started="2026-11-20T10:04:20.120+00:00",
    layer="waf",
    responder=Responder(
        name="ModSecurity",
        layer="waf",
        evidence=(Evidence(exchange=20, part="response.body", value="Reference #18.2f3a", note="its block page"),),
    ),
    present=("Cloudflare",),
    findings=(
        finding(
            "waf.rule",
            "A firewall rule refused the request's content",
            "likely",
            "server-config",
            f"ModSecurity answered with its own block page. The query holds markup: `{HOSTILE}`.",
            (
                Evidence(
                    exchange=20,
                    part="response.body",
                    value="Reference #18.2f3a",
                    note="quote this to whoever runs the firewall",
                ),
                Evidence(exchange=20, part="request.url", value=f"{SHOP}/search?q={HOSTILE}"),
            ),
            fixes=(
                Fix(
                    audience="admin",
                    effort="hard",
                    text="Find the rule by the reference and exclude this parameter from it.",
                ),
            ),
        ),
    ),
)
REDIRECTED = Denial(
    exchange=32,
    kind="forbidden",
    method="GET",
    url="https://files.contoso.test/export/2026.csv",
    status=403,
    started="2026-11-20T10:04:32.120+00:00",
    layer="object-storage",
    responder=Responder(name="Amazon S3", layer="object-storage"),
    findings=(
        finding(
            "redirect.credentials-dropped",
            "A redirect to another host dropped the Authorization header",
            "likely",
            "application",
            "The first hop carried `Authorization`. The second goes to another origin, where browsers drop it.",
            (
                Evidence(
                    exchange=30, part="request.header", name="authorization", value="Bearer [secret 240 characters]"
                ),
                Evidence(exchange=32, part="request.header", name="authorization", note="not there any more"),
            ),
        ),
    ),
)
UNDETERMINED = Denial(
    exchange=40,
    kind="forbidden",
    method="GET",
    url=f"{APP}/admin/audit",
    status=403,
    started=None,
    layer="unknown",
    undetermined=(
        Undetermined(
            cause="auth.role-denied",
            reason="The answer is a bare 403 without a body.",
            needs="the response body, or the server's log for this time",
        ),
    ),
    checks=(
        Check(
            text="Sign in as an administrator and open the same address.",
            tells="Whether the role decides.",
            effort="easy",
        ),
    ),
)
LIMITED = Denial(
    exchange=50,
    kind="related",
    method="GET",
    url=f"{API}/v1/rates",
    status=429,
    started=None,
    layer="gateway",
    findings=(
        finding(
            "rate.limited",
            "Too many requests in a short time",
            "certain",
            "client-code",
            "The server says so and asks to wait 30 seconds.",
            (Evidence(exchange=50, part="response.header", name="retry-after", value="30"),),
        ),
    ),
)


def hotlink(index: int) -> Denial:
    return Denial(
        exchange=index,
        kind="forbidden",
        method="GET",
        url=f"https://cdn.contoso.test/images/{index}.webp",
        status=403,
        started=None,
        layer="cdn",
        findings=(
            finding(
                "referer.missing",
                "No Referer where the server wants one",
                "likely",
                "server-config",
                "The page's `Referrer-Policy: no-referrer` hides its address, and the image server refuses requests without one.",
                (
                    Evidence(exchange=index, part="request.header", name="referer", note="not sent"),
                    Evidence(exchange=3, part="response.header", name="referrer-policy", value="no-referrer"),
                ),
            ),
        ),
    )


def exchanges(hotlinks: int) -> tuple[Exchange, ...]:
    return (
        exchange(
            2,
            "POST",
            f"{API}/login",
            200,
            answered=fields(set_cookie="sid=[secret 32 characters]; Path=/; Secure; HttpOnly; SameSite=Lax"),
            kind="document",
        ),
        exchange(
            3,
            "GET",
            f"{API}/v1/profile",
            200,
            sent=fields(cookie="sid=[secret 32 characters]", sec_fetch_site="same-origin"),
            answered=fields(referrer_policy="no-referrer"),
        ),
        exchange(
            5,
            "PUT",
            f"{API}/v1/orders/4711?expand=lines",
            0,
            error="net::ERR_FAILED",
            sent=fields(content_type="application/json"),
        ),
        exchange(
            6,
            "OPTIONS",
            f"{API}/v1/orders/4711?expand=lines",
            204,
            kind="preflight",
            sent=fields(
                origin=APP,
                access_control_request_method="PUT",
                access_control_request_headers="content-type,x-request-id",
            ),
            answered=fields(
                access_control_allow_origin=APP, access_control_allow_headers="content-type", vary="Origin"
            ),
        ),
        exchange(
            12,
            "GET",
            f"{API}/v1/profile",
            403,
            sent=fields(origin=SHOP, sec_fetch_site="cross-site", user_agent="Mozilla/5.0"),
            body='{"error":"login required"}',
        ),
        exchange(
            20,
            "POST",
            f"{SHOP}/search?q={HOSTILE}",
            403,
            body=f"<html><h1>Blocked</h1>Reference #18.2f3a {HOSTILE}</html>",
        ),
        exchange(
            30,
            "GET",
            f"{API}/v1/export",
            302,
            sent=fields(authorization="Bearer [secret 240 characters]"),
            answered=fields(location="https://files.contoso.test/export"),
        ),
        exchange(31, "GET", "https://files.contoso.test/export", 302, answered=fields(location="/export/2026.csv")),
        exchange(32, "GET", "https://files.contoso.test/export/2026.csv", 403),
        exchange(40, "GET", f"{APP}/admin/audit", 403),
        exchange(50, "GET", f"{API}/v1/rates", 429, answered=fields(retry_after="30")),
        *(
            exchange(100 + n, "GET", f"https://cdn.contoso.test/images/{100 + n}.webp", 403, kind="image")
            for n in range(hotlinks)
        ),
    )


def chains() -> tuple[RedirectChain, ...]:
    return (
        RedirectChain(
            hops=(
                Hop(
                    exchange=30,
                    status=302,
                    url=f"{API}/v1/export",
                    location="https://files.contoso.test/export",
                    kind="http",
                ),
                Hop(
                    exchange=31,
                    status=302,
                    url="https://files.contoso.test/export",
                    location="https://files.contoso.test/export/2026.csv",
                    kind="http",
                ),
                Hop(
                    exchange=32, status=403, url="https://files.contoso.test/export/2026.csv", location="", kind="http"
                ),
            ),
            loop=False,
            dropped=(Dropped(hop=0, what="authorization"),),
        ),
        RedirectChain(
            hops=(
                Hop(exchange=2, status=307, url=f"{APP}/start", location=f"{APP}/login", kind="internal"),
                Hop(exchange=3, status=302, url=f"{APP}/login", location=f"{APP}/start", kind="script"),
            ),
            loop=True,
        ),
    )


def full_report(hotlinks: int = 6, name: str = "customer-4711.har") -> Report:
    """Nine denials of seven causes, unless more `hotlinks` are wanted."""
    denials = (
        PREFLIGHT,
        SAMESITE,
        WAF_DENIAL,
        REDIRECTED,
        UNDETERMINED,
        LIMITED,
        *(hotlink(100 + n) for n in range(hotlinks)),
    )
    causes = tuple(
        SummaryCause(
            cause=d.findings[0].cause,
            title=d.findings[0].title,
            responsible=d.findings[0].responsible,
            confidence=d.findings[0].confidence,
            denials=(d.exchange,) if d.exchange < 100 else tuple(range(100, 100 + hotlinks)),
        )
        for d in (*denials[:4], LIMITED, *denials[6:7])
    )
    return Report(
        version="0.1.0",
        source=Source(
            name=name,
            bytes=3_214_000,
            entries=412,
            lost=2,
            exporter="chrome",
            creator="WebInspector 537.36",
            browser="Chrome 156",
            started="2026-11-20T10:03:58+00:00",
            ended="2026-11-20T10:06:31+00:00",
            credentials="removed",
            problems=(Problem(where="/log/entries/17", what="The entry is cut off."),),
            advice=(
                "Export with **sensitive data** next time: `Export HAR (with sensitive data)`.",
                "Tick `Preserve log` before the sign-in.",
            ),
        ),
        summary=Summary(
            denials=len(denials),
            causes=causes,
            sentence="The browser never sent `PUT /v1/orders/4711`, since the preflight does not allow `x-request-id`; ten more requests were refused for five other reasons.",
        ),
        denials=denials,
        redirect_chains=chains(),
        preflights=(
            Preflight(
                options=6,
                actual=5,
                verdict="HeaderDisallowedByPreflightResponse",
                asked=Asked(method="PUT", headers=("content-type", "x-request-id")),
                granted=Granted(methods="GET, PUT", headers="content-type"),
            ),
            Preflight(
                options=6,
                actual=3,
                verdict="ok",
                asked=Asked(method="GET", headers=()),
                granted=Granted(methods="GET", headers=""),
            ),
        ),
        cookies=(
            Cookie(
                name="theme",
                domain="app.northwind.test",
                path="/",
                events=(CookieEvent(exchange=2, kind="set", reason=""),),
            ),
            Cookie(
                name="sid",
                domain="api.northwind.test",
                path="/",
                events=(
                    CookieEvent(exchange=2, kind="set", reason=""),
                    CookieEvent(exchange=3, kind="sent", reason=""),
                    CookieEvent(exchange=12, kind="not-sent", reason="SameSiteLax"),
                ),
            ),
        ),
        pages=(
            Page(
                id="page_1",
                title=f"{APP}/orders",
                requests=212,
                load=1840.5,
                first_byte=122.0,
                bytes={"script": 812_000, "image": 1_430_000},
            ),
        ),
        exchanges=exchanges(hotlinks),
        problems=(Problem(where="cookies.lifetime", what="This check failed and was left out."),),
    )


def clear_report() -> Report:
    """Nothing was refused."""
    return Report(
        source=Source(
            name="fine.har",
            bytes=900,
            entries=3,
            lost=0,
            exporter="firefox",
            creator="Firefox",
            browser="",
            started=None,
            ended=None,
            credentials="recorded",
        ),
        summary=Summary(denials=0),
    )
