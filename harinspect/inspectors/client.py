"""Refusals that never left the browser: extensions, policies of the browser or of the page, mixed content."""

from __future__ import annotations

from collections.abc import Iterator

from harinspect.inspecting import Basis, Evidence, Inspector, Verdict, admin, developer, user
from harinspect.traffic.denials import is_mixed_content
from harinspect.traffic.model import Denial, DenialKind
from harinspect.traffic.policies import forbidden_by

inspector = Inspector(__name__)
NET_ERRORS = "https://chromium.googlesource.com/chromium/src/+/main/net/base/net_error_list.h"

BLOCKED = inspector.rule(
    "blocked",
    cause="client.blocked",
    title="An extension or setting of the browser stopped the request",
    why="The browser ended the request to `{host}` with `{error}` before anything was sent. That is what extensions "
    "do, ad and tracking blockers above all. The server never saw it.",
    responsible="user",
    fixes=(
        user("Repeat it in a private window without extensions, or switch the blocker off for this site.", "easy"),
        developer(
            "Let the page work without this request, and avoid addresses that look like advertising or tracking."
        ),
    ),
    refs=(NET_ERRORS,),
)
DEVTOOLS = inspector.rule(
    "blocked-in-devtools",
    cause="client.blocked",
    title="Request blocking in the developer tools stopped the request",
    why="The browser ended the request to `{host}` with `{error}`: its developer tools were told to block the address. "
    "The server never saw it.",
    responsible="user",
    fixes=(user("Open Request conditions (Request blocking) in the developer tools, and switch it off.", "easy"),),
    refs=("https://developer.chrome.com/docs/devtools/network-request-blocking",),
)
FORBIDDEN_BY_POLICY = inspector.rule(
    "policy",
    cause="client.blocked",
    title="The browser's managed policy forbids this address",
    why="The browser ended the request to `{host}` with `{error}`: whoever manages this computer has blocked the "
    "address. The server never saw the request.",
    responsible="policy",
    fixes=(
        user("Ask the people who manage this computer to allow the address.", "easy"),
        admin("Check `URLBlocklist` and `URLAllowlist` of the managed browser policy.", "easy"),
    ),
    refs=(NET_ERRORS, "https://chromeenterprise.google/policies/"),
)
CSP = inspector.rule(
    "csp-blocked",
    cause="client.csp-blocked",
    title="The page's own Content-Security-Policy forbids the request",
    why="The browser ended the request to `{host}` with `{error}`: the policy that the page itself came with does not "
    "list that address. Nothing was sent.",
    responsible="server-config",
    fixes=(
        admin("Add the host to the fitting directive of the page's `Content-Security-Policy`.", "easy"),
        developer("Load this from a host that the policy already lists."),
    ),
    refs=("https://www.w3.org/TR/CSP3/#should-block-request", NET_ERRORS),
)
CSP_UNMARKED = inspector.rule(
    "csp-forbids",
    cause="client.csp-blocked",
    title="The page's own Content-Security-Policy does not list this address",
    why="The request to `{host}` was never sent. The page came with a policy whose `{directive}` lists `{sources}`, "
    "and that does not cover the address.",
    responsible="server-config",
    fixes=(
        admin("Add `{host}` to `{directive}` in the page's `Content-Security-Policy`.", "easy"),
        developer("Load this from a host that the policy already lists."),
    ),
    refs=("https://www.w3.org/TR/CSP3/#should-block-request",),
)
MIXED = inspector.rule(
    "mixed-content",
    cause="client.mixed-content",
    title="A page on https asks for something over http",
    why="The page came over https and asks for `{url}` over http. Browsers block that, so the request never left.",
    responsible="client-code",
    fixes=(
        developer("Write https into the address; if the host does not speak https, it must learn to first.", "easy"),
        admin("Send `Content-Security-Policy: upgrade-insecure-requests` with the page.", "easy"),
    ),
    refs=("https://www.w3.org/TR/mixed-content/#should-block-fetch",),
)

BY_ERROR = {
    "net::ERR_BLOCKED_BY_CLIENT": BLOCKED,
    "net::ERR_BLOCKED_BY_CLIENT.Inspector": DEVTOOLS,
    "net::ERR_BLOCKED_BY_ADMINISTRATOR": FORBIDDEN_BY_POLICY,
    "net::ERR_BLOCKED_BY_CSP": CSP,
}


@inspector.check
def stopped_by_name(denial: Denial) -> Iterator[Verdict]:
    """The browser's own error names who stopped it."""
    exchange = denial.exchange
    error = exchange.error or ""
    rule = BY_ERROR.get(error)
    if rule is not None:
        url = denial.traffic.urls.get(exchange.index)
        evidence = Evidence(exchange.index, "response.error", value=error, note="the browser's own word")
        yield rule.found(Basis.STANDARD, evidence, host=url.host if url else exchange.url, error=error)


@inspector.check
def policy_does_not_list_it(denial: Denial) -> Iterator[Verdict]:
    """Where the exporter leaves no mark, the page's policy itself says what it forbids."""
    found = forbidden_by(denial.exchange, denial.traffic)
    if found is None:
        return
    yield CSP_UNMARKED.found(
        Basis.SIGNATURE,
        Evidence(denial.exchange.index, "response.status", value="0", note="no answer, no error"),
        Evidence(found.page.index, "response.header", "content-security-policy", found.sources, found.directive),
        host=denial.traffic.urls[denial.exchange.index].host,
        directive=found.directive,
        sources=found.sources,
    )


@inspector.check
def insecure_on_secure_page(denial: Denial) -> Iterator[Verdict]:
    """Chromium leaves an empty error mark; where there is none, a missing Host shows that nothing went out."""
    exchange = denial.exchange
    if denial.kind is not DenialKind.BLOCKED or not is_mixed_content(exchange, denial.traffic):
        return
    unsent = exchange.error == "" or "host" not in exchange.request.headers
    basis = Basis.STANDARD if exchange.error == "" else Basis.SIGNATURE if unsent else Basis.CIRCUMSTANCE
    page = exchange.request.headers.text("referer") or exchange.initiator.url
    yield MIXED.found(
        basis,
        Evidence(exchange.index, "request.url", value=exchange.url, note="http, asked for by a page on https"),
        Evidence(exchange.index, "request.header", "referer", page, "the page"),
        url=exchange.url,
    )
