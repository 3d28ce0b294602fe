"""The words that readers see for the report's codes."""

from __future__ import annotations

import re
from typing import Final

from harinspect.report.model import Fix

CONFIDENCE: Final = {
    "certain": ("Certain", "The response says so, or the web standards leave no other reading."),
    "likely": (
        "Likely",
        "The same call passed with only this different, or a specific signature agrees with the rest.",
    ),
    "hint": ("Hint", "A condition for this cause is met and nothing speaks against it. Check it first."),
}
RESPONSIBLE: Final = {
    "server-config": ("Server configuration", "Whoever configures the web server, proxy, CDN or API headers."),
    "application": ("Application", "The developers of the application that answered."),
    "client-code": ("Page code", "The developers of the page or script that made the request."),
    "identity-provider": ("Identity provider", "Whoever runs sign-in: SSO, OAuth or the directory."),
    "user": ("User", "The person at the browser can put it right."),
    "network": ("Network", "Whoever runs the network, VPN or proxy between browser and server."),
    "policy": ("Policy", "It is meant to be so; whoever owns the policy decides."),
    "unknown": ("Cannot tell", "The file does not show who has to act."),
}
EFFORT: Final = {
    "easy": ("Quick", "Minutes, no release needed."),
    "medium": ("Some work", "A change in configuration or code, and a release."),
    "hard": ("Larger change", "Several parties or a change of design."),
}
AUDIENCE: Final = {"user": "At the browser", "developer": "In the code", "admin": "On the server"}
TEMPORARY: Final = {"yes": "It passes by itself", "no": "It stays until something is changed", "maybe": "It may pass"}
KIND: Final = {
    "forbidden": ("Forbidden", "A server answered 403."),
    "blocked": ("Blocked", "The browser kept the request or its answer from the page."),
    "related": ("Related", "Another refusal: 401, 407, 419, 429 or 451."),
}
LAYER: Final = {
    "application": "the application",
    "framework": "the application framework",
    "web-server": "the web server",
    "gateway": "an API gateway",
    "waf": "a web application firewall",
    "cdn": "a CDN",
    "object-storage": "the object storage",
    "api-platform": "an API platform",
    "corporate-proxy": "a corporate proxy",
    "browser": "the browser",
    "unknown": "somebody the file does not name",
}
CREDENTIALS: Final = {
    "recorded": ("recorded", "The file holds cookies and authorization. They are masked here."),
    "removed": (
        "removed",
        "A sanitizer took cookies and authorization out. A missing Cookie header says nothing about what was sent.",
    ),
    "unknown": ("unknown", "The file does not show whether cookies and authorization were recorded or taken out."),
}
HOP: Final = {
    "http": ("HTTP redirect", "The server sent the browser on."),
    "internal": ("Browser's own", "The browser went on by itself, as with HSTS."),
    "meta": ("Page refresh", "The page sent the browser on with a meta refresh."),
    "script": ("Script", "The page's script went on; inferred from time and address."),
}
COOKIE: Final = {
    "set": "set",
    "rejected": "rejected",
    "replaced": "replaced",
    "expired": "expired",
    "sent": "sent",
    "not-sent": "not sent",
}
CORS: Final = {
    "ok": "Allowed",
    "MissingAllowOriginHeader": "The answer has no Access-Control-Allow-Origin.",
    "MultipleAllowOriginValues": "Access-Control-Allow-Origin has more than one value.",
    "InvalidAllowOriginValue": "Access-Control-Allow-Origin is not an origin.",
    "AllowOriginMismatch": "Access-Control-Allow-Origin names another origin.",
    "WildcardOriginNotAllowed": "Access-Control-Allow-Origin is `*`, which does not go with credentials.",
    "InvalidAllowCredentials": "Access-Control-Allow-Credentials is not `true`.",
    "PreflightMissingAllowOriginHeader": "The preflight's answer has no Access-Control-Allow-Origin.",
    "PreflightMultipleAllowOriginValues": "The preflight's Access-Control-Allow-Origin has more than one value.",
    "PreflightInvalidAllowOriginValue": "The preflight's Access-Control-Allow-Origin is not an origin.",
    "PreflightAllowOriginMismatch": "The preflight's Access-Control-Allow-Origin names another origin.",
    "PreflightWildcardOriginNotAllowed": "The preflight allows `*`, which does not go with credentials.",
    "PreflightInvalidAllowCredentials": "The preflight's Access-Control-Allow-Credentials is not `true`.",
    "PreflightInvalidStatus": "The preflight was answered with an error status.",
    "PreflightDisallowedRedirect": "The preflight was redirected, which is not allowed.",
    "MethodDisallowedByPreflightResponse": "The preflight's answer does not allow the method.",
    "HeaderDisallowedByPreflightResponse": "The preflight's answer does not allow a header.",
    "RedirectContainsCredentials": "The redirect's address holds a user name or password.",
}
STACK: Final = {
    "angular": "Angular",
    "apache": "Apache",
    "api-gateway": "API Gateway",
    "aspnet-core": "ASP.NET Core",
    "auth0": "Auth0",
    "aws-iam": "AWS IAM",
    "aws-waf": "AWS WAF",
    "axios": "axios",
    "azure-storage": "Azure Storage",
    "caddy": "Caddy",
    "chrome-policy": "Chrome policy",
    "cloudflare": "Cloudflare",
    "cloudfront": "CloudFront",
    "django": "Django",
    "express": "Express",
    "fastapi": "FastAPI",
    "fetch": "fetch",
    "flask": "Flask",
    "gcs": "Cloud Storage",
    "haproxy": "HAProxy",
    "html": "HTML",
    "iis": "IIS",
    "javascript": "JavaScript",
    "jquery": "jQuery",
    "kubernetes": "Kubernetes",
    "laravel": "Laravel",
    "modsecurity": "ModSecurity",
    "msal": "MSAL",
    "nginx": "nginx",
    "rails": "Rails",
    "s3": "S3",
    "selinux": "SELinux",
    "shell": "Shell",
    "socket.io": "Socket.IO",
    "spring": "Spring",
    "spring-cloud-gateway": "Spring Cloud Gateway",
    "varnish": "Varnish",
    "vite": "Vite",
    "xmlhttprequest": "XMLHttpRequest",
}

_RFC9110: Final = "https://www.rfc-editor.org/rfc/rfc9110#name-"
_MDN: Final = "https://developer.mozilla.org/en-US/docs/Web/HTTP/Reference/Status/"
READ_ON: Final = {  # by status: who defines it, who explains it
    401: (("RFC 9110", f"{_RFC9110}401-unauthorized"), ("MDN", f"{_MDN}401")),
    403: (
        ("RFC 9110", f"{_RFC9110}403-forbidden"),
        ("MDN", f"{_MDN}403"),
        ("CISA on access control", "https://www.cisa.gov/news-events/cybersecurity-advisories/aa23-208a"),
    ),
    407: (("RFC 9110", f"{_RFC9110}407-proxy-authentication-req"), ("MDN", f"{_MDN}407")),
    429: (("RFC 6585", "https://www.rfc-editor.org/rfc/rfc6585#section-4"), ("MDN", f"{_MDN}429")),
    451: (("RFC 7725", "https://www.rfc-editor.org/rfc/rfc7725"), ("MDN", f"{_MDN}451")),
}

_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")


def care(fix: Fix) -> tuple[tuple[str, str], ...]:
    """What whoever pastes the code of a fix must know: pairs of a label and a sentence."""
    rows = (("Lets through", fix.access), ("Undo", fix.undo), ("Verify", fix.verify))
    return tuple((label, text[0].upper() + text[1:]) for label, text in rows if text)


def copy_for(recipient: str) -> str:
    """The words on the button that copies the message to whoever can act (report/recipients.py names them)."""
    whose = "the customer's network" if recipient.startswith("the customer's own network") else "the site's owner"
    return f"Copy for {whose}"


def spaced(code: str) -> str:
    """A CamelCase code in plain words: `SameSiteLax` gives "same site lax"."""
    return _CAMEL.sub(" ", code).replace("-", " ").lower()


def cors_words(code: str) -> str:
    """What a Network.CorsError name means; an unlisted one in plain words."""
    return CORS.get(code) or spaced(code).capitalize()


def status_tone(status: int) -> str:
    """The colour family of a status: good, moved, bad or none."""
    if status >= 400:
        return "bad"
    if status >= 300:
        return "moved"
    return "good" if status >= 100 else "none"


def size(count: float) -> str:
    """Bytes for a person: 1.2 MB."""
    for unit in ("bytes", "kB", "MB"):
        if count < 1000:
            return f"{count:.0f} {unit}" if unit == "bytes" or count >= 100 else f"{count:.1f} {unit}"
        count /= 1000
    return f"{count:.1f} GB"


def milliseconds(value: float) -> str:
    """A duration for a person; a negative one is unknown."""
    if value < 0:
        return "unknown"
    return f"{value:.0f} ms" if value < 1000 else f"{value / 1000:.1f} s"


def count(number: int, noun: str, plural: str = "") -> str:
    """`1 request`, `2,000 requests`."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"
