"""The CORS protocol as the Fetch standard has it, with the names that Chromium gives to its failures.

Verdicts are "ok", "unknown" (the file withholds a header that decides) or a name of the DevTools protocol:
Network.CorsError here, Network.BlockedReason for Cross-Origin-Resource-Policy.

>>> cors_check(Headers([("Access-Control-Allow-Origin", "*")]), "https://a.example", credentials=True).verdict
'WildcardOriginNotAllowed'
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from harinspect.wire.headers import ABSENT, WITHHELD, Headers, Missing
from harinspect.wire.redirects import is_redirect
from harinspect.wire.regexes import regex
from harinspect.wire.safelist import is_safelisted_method
from harinspect.wire.url import OPAQUE, Url, same_origin

OK: Final = "ok"
UNKNOWN: Final = "unknown"

ALLOW_ORIGIN: Final = "access-control-allow-origin"
ALLOW_CREDENTIALS: Final = "access-control-allow-credentials"
ALLOW_METHODS: Final = "access-control-allow-methods"
ALLOW_HEADERS: Final = "access-control-allow-headers"
RESOURCE_POLICY: Final = "cross-origin-resource-policy"

AUTHORIZATION_UNDER_WILDCARD: Final = "authorization is covered by * alone, which the standard does not allow"

_TOKEN: Final = regex(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")  # RFC 9110 section 5.6.2


class Check(Struct, frozen=True):
    """What a check found. `step`: where in the standard it ended. `header`: the response header that decided.

    `value`: what that header said ("" where it was missing), and for MethodDisallowedByPreflightResponse and
    HeaderDisallowedByPreflightResponse the method or request header that it does not allow; for PreflightInvalidStatus
    the status. `note` marks something that passes today and will not for ever.
    """

    verdict: str
    step: str
    header: str = ""
    value: str = ""
    note: str = ""

    @property
    def passed(self) -> bool:
        return self.verdict == OK

    @property
    def failed(self) -> bool:
        """It was refused: not the opposite of `passed`, since a check may not know."""
        return self.verdict not in (OK, UNKNOWN)


def cors_check(response: Headers, origin: str, credentials: bool) -> Check:
    """Fetch #cors-check, for the serialised `origin` of the request; `credentials`: its mode is "include"."""
    allowed = response.get(ALLOW_ORIGIN)
    if isinstance(allowed, Missing):
        verdict = "MissingAllowOriginHeader" if allowed is ABSENT else UNKNOWN
        return Check(verdict, "#cors-check step 2", ALLOW_ORIGIN)
    if allowed == "*":
        if credentials:
            return Check("WildcardOriginNotAllowed", "#cors-check step 4", ALLOW_ORIGIN, allowed)
        return Check(OK, "#cors-check step 3", ALLOW_ORIGIN, allowed)
    if allowed != origin:
        return Check(_origin_problem(allowed), "#cors-check step 4", ALLOW_ORIGIN, allowed)
    if not credentials:
        return Check(OK, "#cors-check step 5", ALLOW_ORIGIN, allowed)
    return _credentials_check(response)


def _origin_problem(allowed: str) -> str:
    """Chromium tells four ways apart in which a value is not the origin."""
    if " " in allowed or "," in allowed:
        return "MultipleAllowOriginValues"
    if allowed != "null" and Url.parse(allowed) is None:
        return "InvalidAllowOriginValue"
    return "AllowOriginMismatch"


def _credentials_check(response: Headers) -> Check:
    allowed = response.get(ALLOW_CREDENTIALS)
    if allowed == "true":
        return Check(OK, "#cors-check step 7", ALLOW_CREDENTIALS, allowed)
    if isinstance(allowed, Missing):
        verdict = "InvalidAllowCredentials" if allowed is ABSENT else UNKNOWN
        return Check(verdict, "#cors-check step 8", ALLOW_CREDENTIALS)
    return Check("InvalidAllowCredentials", "#cors-check step 8", ALLOW_CREDENTIALS, allowed)


def preflight_check(
    status: int, response: Headers, origin: str, credentials: bool, method: str, header_names: Sequence[str]
) -> Check:
    """Fetch #cors-preflight-fetch-0 from step 7 on, in Chromium's order: redirect, CORS check, status, lists.

    `method` and `header_names` (unsafe ones) are those of the request that the OPTIONS was sent for.
    """
    if is_redirect(status) and "location" in response:
        where = response.text("location")
        return Check("PreflightDisallowedRedirect", "#cors-preflight-fetch-0 step 7", "location", where)
    access = cors_check(response, origin, credentials)
    if access.failed:
        return replace(access, verdict=f"Preflight{access.verdict}")
    if not 200 <= status <= 299:
        return Check("PreflightInvalidStatus", "#cors-preflight-fetch-0 step 7", "", str(status))
    if not access.passed:
        return access
    return _lists_check(response, credentials, method, header_names)


def _lists_check(response: Headers, credentials: bool, method: str, header_names: Sequence[str]) -> Check:
    methods = parse_list(response.text(ALLOW_METHODS))
    if methods is None:
        return _unparsable("InvalidAllowMethodsPreflightResponse", response, ALLOW_METHODS)
    headers = parse_list(response.text(ALLOW_HEADERS))
    if headers is None:
        return _unparsable("InvalidAllowHeadersPreflightResponse", response, ALLOW_HEADERS)
    if not _method_allowed(method, methods, credentials):
        return _refused("MethodDisallowedByPreflightResponse", 5, response, ALLOW_METHODS, method)
    return _headers_check(response, credentials, header_names, frozenset(name.lower() for name in headers))


def _unparsable(verdict: str, response: Headers, header: str) -> Check:
    return Check(verdict, "#cors-preflight-fetch-0 step 7.3", header, response.text(header))


def _refused(verdict: str, substep: int, response: Headers, header: str, wanted: str) -> Check:
    told = response.missing(header) is ABSENT or header in response
    return Check(verdict if told else UNKNOWN, f"#cors-preflight-fetch-0 step 7.{substep}", header, wanted)


def _method_allowed(method: str, allowed: Sequence[str], credentials: bool) -> bool:
    return method in allowed or is_safelisted_method(method) or (not credentials and "*" in allowed)


def _headers_check(response: Headers, credentials: bool, names: Sequence[str], allowed: frozenset[str]) -> Check:
    wanted = sorted(name.lower() for name in names)
    wildcard = not credentials and "*" in allowed
    refused = [name for name in wanted if name not in allowed and not wildcard]
    if refused:
        return _refused("HeaderDisallowedByPreflightResponse", 7, response, ALLOW_HEADERS, refused[0])
    covered = "authorization" in wanted and "authorization" not in allowed
    note = AUTHORIZATION_UNDER_WILDCARD if covered else ""
    return Check(OK, "#cors-preflight-fetch-0 step 7", note=note)


def parse_list(value: str) -> tuple[str, ...] | None:
    """The tokens of Access-Control-Allow-Methods or -Headers, case kept; None where one is no token (#abnf)."""
    members = tuple(member for part in value.split(",") if (member := part.strip(" \t")))
    return members if all(_TOKEN.fullmatch(member) for member in members) else None


def cross_origin_resource_policy(
    policy: str | Missing, source: Url, target: Url, *, coep_require_corp: bool = False
) -> Check:
    """Fetch #cross-origin-resource-policy-internal-check for a no-cors request from `source` to `target`.

    `policy`: Cross-Origin-Resource-Policy of the response; an unknown value counts as none. Verdicts are
    "corp-not-same-origin", "corp-not-same-site" and "corp-not-same-origin-after-defaulted-to-same-origin-by-coep".
    """
    step = "#cross-origin-resource-policy-internal-check step"
    if same_origin(source, target):
        return Check(OK, f"{step} 5", RESOURCE_POLICY)
    if policy is WITHHELD:
        return Check(UNKNOWN, f"{step} 2", RESOURCE_POLICY)
    said = policy if isinstance(policy, str) else ""
    if said == "same-origin":
        return Check("corp-not-same-origin", f"{step} 5", RESOURCE_POLICY, said)
    if said == "same-site" and not _same_site_enough(source, target):
        return Check("corp-not-same-site", f"{step} 5", RESOURCE_POLICY, said)
    if coep_require_corp and said not in ("same-site", "cross-origin"):
        return Check("corp-not-same-origin-after-defaulted-to-same-origin-by-coep", f"{step} 4", RESOURCE_POLICY, said)
    return Check(OK, f"{step} 5", RESOURCE_POLICY, said)


def _same_site_enough(source: Url, target: Url) -> bool:
    """Schemelessly same site, but nothing of an https server for an http page."""
    same = source.registrable_domain == target.registrable_domain and OPAQUE not in (source.origin, target.origin)
    return same and (source.scheme == "https" or target.scheme != "https")
