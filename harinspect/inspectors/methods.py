"""Methods that a place refuses although others pass there (RFC 9110, section 15.5.6: 405 is the proper status)."""

from __future__ import annotations

from collections.abc import Iterator

from harinspect.inspecting import Basis, Evidence, Inspector, Verdict, admin, developer
from harinspect.traffic.model import Denial, DenialKind
from harinspect.traffic.preflights import is_preflight

inspector = Inspector(__name__)
COMMON = frozenset({"GET", "HEAD", "POST"})

DENIED = inspector.rule(
    "denied",
    cause="server.method-denied",
    title="This method is not allowed at this address",
    why="{method} on `{url}` was refused. {reason} The proper status for it is 405.",
    responsible="server-config",
    fixes=(
        admin(
            "Allow {method} at this place (`limit_except` in nginx, `<LimitExcept>` in Apache), if it is meant to be.",
            "easy",
        ),
        developer("Use a method that this address takes, or ask for the one where {method} is allowed.", "easy"),
    ),
    refs=(
        "https://www.rfc-editor.org/rfc/rfc9110#name-405-method-not-allowed",
        "https://nginx.org/en/docs/http/ngx_http_core_module.html#limit_except",
    ),
)


@inspector.check
def listed_as_allowed(denial: Denial) -> Iterator[Verdict]:
    """The answer lists the methods that are allowed, and this one is not among them (RFC 9110, section 10.2.1)."""
    exchange = denial.exchange
    allow = exchange.response.headers.text("allow")
    if denial.kind is not DenialKind.FORBIDDEN or not allow or is_preflight(exchange):
        return
    here = Evidence(exchange.index, "response.header", "allow", allow, "the methods that are allowed")
    if exchange.method in [name.strip().upper() for name in allow.split(",")]:
        yield DENIED.ruled_out("The answer lists this very method as allowed.", here)
    else:
        yield DENIED.found(
            Basis.STATED, here, method=exchange.method, url=exchange.url, reason=f"The answer allows {allow}."
        )


@inspector.check
def another_method_passes(denial: Denial) -> Iterator[Verdict]:
    """The server's own page on an uncommon method, where GET passes: the application was not asked about rights."""
    exchange = denial.exchange
    if denial.kind is not DenialKind.FORBIDDEN or is_preflight(exchange) or "allow" in exchange.response.headers:
        return
    hits = denial.answer.blocked
    if not any(hit.layer == "web-server" and hit.basis == "identity" for hit in hits):
        return
    twin = next((e for e in denial.allowed_at_host if e.url == exchange.url and e.method != exchange.method), None)
    if twin is None or exchange.method in ("GET", "HEAD"):
        return
    yield DENIED.found(
        Basis.CIRCUMSTANCE if exchange.method in COMMON else Basis.SIGNATURE,
        Evidence(exchange.index, "request.method", value=exchange.method, note="refused by the web server's own page"),
        Evidence(twin.index, "request.method", value=twin.method, note="allowed at the same address"),
        method=exchange.method,
        url=exchange.url,
        reason=f"{twin.method} passed at the same address, and the web server itself refused, not the application.",
    )
