"""Honest next checks: what to try or look up when the file has told all it can, cheap and telling ones first."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

from harinspect.redaction.names import is_request_id
from harinspect.report.model import Check
from harinspect.traffic.model import Denial, DenialKind

MOST: Final = 5
LOGS: Final = {
    "application": "the application's log",
    "framework": "the application's log",
    "web-server": "the web server's error log",
    "gateway": "the API gateway's access log",
    "waf": "the firewall's event log",
    "cdn": "the CDN's log of security events",
    "object-storage": "the bucket's access log",
    "api-platform": "the API provider's request log",
    "corporate-proxy": "the access log of the customer's proxy",
}
_SERVER_LOG: Final = "server-log"

CATALOGUE: Final = {
    "private": Check(
        text="Repeat it in a private window after signing in afresh.",
        tells="If this works, an old session, a stored cookie or a cached answer is at fault; if it fails alike, look"
        " at"
        " permissions and server rules.",
    ),
    "sign-in": Check(
        text="Sign out, sign in again, and repeat the step.",
        tells="If this works, the session or token had ended; if it fails alike, the account lacks the right or the"
        " server"
        " refuses for another reason.",
    ),
    "account": Check(
        text="Repeat it with another account that is known to have the right.",
        tells="If this works, the first account lacks a role, plan or ownership; if it fails too, the rule is not"
        " about the"
        " account.",
        effort="medium",
    ),
    "network": Check(
        text="Repeat it once from another network, such as mobile data and without VPN, only to tell the causes apart.",
        tells="If this works, the address, country or a proxy on the way is refused; if it fails alike, the network is"
        " cleared.",
    ),
    "extensions": Check(
        text="Repeat it with all browser extensions switched off.",
        tells="If this works, an extension blocks or changes the request; switch them on one by one to find it.",
    ),
    "browser": Check(
        text="Repeat it in another current browser with its default settings.",
        tells="If this works, the first browser's settings, extensions or User-Agent make the difference.",
    ),
    "console": Check(
        text="Read the message for this request in the Console of the developer tools.",
        tells="If the browser blocked it, the message names the rule (CORS, content policy, mixed content, local"
        " network).",
    ),
    "address-bar": Check(
        text="Open the address itself in a new tab.",
        tells="If it loads there, the server refuses only requests from another page: look at Origin, Referer and"
        " cookies.",
    ),
    "curl": Check(
        text="Send the same request with curl, with the masked values filled in.",
        tells="If curl gets the answer, the server allows the request and the browser's rules stop it; if curl is"
        " refused"
        " too, the server is the one to ask.",
        effort="medium",
    ),
    "wait": Check(
        text="Wait as long as the answer says, or a quarter of an hour, then try exactly once.",
        tells="If this works, it was a limit or a temporary lock; if it fails alike, waiting does not help.",
    ),
    "uncached": Check(
        text='Repeat it with "Disable cache" ticked in the developer tools.',
        tells="If this works, an old refusal was kept in a cache; if it fails alike, the server refuses it now.",
    ),
    "cookies": Check(
        text="Look at the cookies of this site in the developer tools (Application or Storage > Cookies), before and"
        " after"
        " signing in.",
        tells="If the cookie is missing or marked, the browser rejected it, and its warning says why.",
    ),
    "plain": Check(
        text="Repeat it with short plain input, without code, quotes or attachments.",
        tells="If this works, a filter objects to the content; add the parts back one by one to find which.",
    ),
    "clock": Check(
        text="Compare the device's clock with a reliable one, and ask for a fresh link or token.",
        tells="If a fresh one works, it was the time limit; if a fresh one fails at once, a clock or the signing is"
        " wrong.",
    ),
    "working": Check(
        text="Record the same step with someone for whom it works.",
        tells="If the two recordings differ in one header, cookie or address, that is the cause to look at.",
        effort="medium",
    ),
    "spelling": Check(
        text="Compare the address with the documented one, letter by letter, with the method.",
        tells="If they differ, the server may refuse a place that does not exist; if not, this cause is out.",
    ),
}
PLANS: Final[tuple[tuple[str, tuple[str, ...]], ...]] = (  # the first prefix that fits the cause
    ("cors.local-network", ("console", "network", "browser")),
    ("cors.cached", ("uncached", "console", "curl")),
    ("cors.origin-rejected", ("address-bar", _SERVER_LOG, "curl")),
    ("cors.null-origin", ("console", _SERVER_LOG, "curl")),
    ("cors.", ("console", "address-bar", "curl", _SERVER_LOG)),
    ("cookie.", ("cookies", "private", "browser", _SERVER_LOG)),
    ("csrf.", ("private", "extensions", _SERVER_LOG)),
    ("auth.account", (_SERVER_LOG, "account", "wait")),
    ("auth.role", ("account", _SERVER_LOG, "sign-in")),
    ("auth.insufficient", ("account", _SERVER_LOG, "sign-in")),
    ("auth.signature", ("clock", _SERVER_LOG)),
    ("auth.token-not-yet", ("clock", _SERVER_LOG)),
    ("auth.content", ("plain", _SERVER_LOG)),
    ("auth.object", ("spelling", _SERVER_LOG)),
    ("auth.", ("sign-in", "account", _SERVER_LOG)),
    ("referer.", ("address-bar", "extensions", _SERVER_LOG)),
    ("ua.", ("browser", "extensions", _SERVER_LOG)),
    ("redirect.", ("curl", "private", _SERVER_LOG)),
    ("server.ip", ("network", _SERVER_LOG)),
    ("server.geo", ("network", _SERVER_LOG)),
    ("server.proxy", ("network", _SERVER_LOG)),
    ("server.unexplained", ("private", "account", _SERVER_LOG, "network", "working")),
    ("server.", (_SERVER_LOG, "spelling", "account")),
    ("waf.", (_SERVER_LOG, "plain", "network", "extensions")),
    ("rate.", ("wait", _SERVER_LOG)),
    ("cache.", ("uncached", "private", _SERVER_LOG)),
    ("client.", ("console", "extensions", "browser")),
    ("status.401", ("sign-in", "private", _SERVER_LOG)),
    ("status.419", ("private", "sign-in", _SERVER_LOG)),
    ("status.429", ("wait", _SERVER_LOG)),
    ("status.", ("network", _SERVER_LOG)),
)
_UNEXPLAINED: Final = ("private", "account", _SERVER_LOG, "network", "working")
_UNEXPLAINED_BLOCKED: Final = ("console", "extensions", "browser", "curl")


def checks(denial: Denial, layer: str, top_cause: str | None) -> tuple[Check, ...]:
    """Two to five checks. `layer`: who refused; `top_cause`: the first finding's cause, None where there is none."""
    chosen = [
        _server_log(denial, layer) if name == _SERVER_LOG else CATALOGUE[name] for name in _plan(denial, top_cause)
    ]
    return tuple(chosen[:MOST])


def _plan(denial: Denial, cause: str | None) -> tuple[str, ...]:
    plan = next((plan for prefix, plan in PLANS if cause and cause.startswith(prefix)), _without_cause(denial))
    fitting = tuple(name for name in plan if _fits(name, denial))
    return fitting if len(fitting) > 1 else (*fitting, "browser", "working")[:2]


def _without_cause(denial: Denial) -> tuple[str, ...]:
    return _UNEXPLAINED_BLOCKED if denial.kind is DenialKind.BLOCKED else _UNEXPLAINED


def _fits(name: str, denial: Denial) -> bool:
    """No log to ask where no server answered; an address bar can only GET."""
    if name == _SERVER_LOG:
        return denial.exchange.status != 0
    return name != "address-bar" or denial.exchange.method == "GET"


def _server_log(denial: Denial, layer: str) -> Check:
    exchange = denial.exchange
    log = LOGS.get(layer, "the server's access and error logs")
    ids = [name for name in sorted(exchange.response.headers.names()) if is_request_id(name)]
    by = f", by the {ids[0]} of the response" if ids else ""
    return Check(
        text=f"Look this request up in {log}{_at(exchange.started)}{by}.",
        tells="If there is an entry, it names the rule that refused; if there is none, something in front of it"
        " answered.",
        effort="medium",
    )


def _at(started: datetime | None) -> str:
    if started is None:
        return ""
    return f" at {started.astimezone(UTC):%Y-%m-%d %H:%M:%S}.{started.microsecond // 1000:03d} UTC"
