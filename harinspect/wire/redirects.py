"""What a redirect does to a request (Fetch #http-redirect-fetch).

>>> redirected_method(302, "POST"), redirected_method(307, "POST"), redirected_method(303, "PUT")
('GET', 'POST', 'GET')
"""

from __future__ import annotations

from typing import Final

from harinspect.wire.url import OPAQUE, Url, same_origin

MAX_REDIRECTS: Final = 20  # step 7; the next one is a network error
_REDIRECT_STATUSES: Final = frozenset({301, 302, 303, 307, 308})


def is_redirect(status: int) -> bool:
    """Fetch #redirect-status. 300 and 304 are none, nor is any other 3xx."""
    return status in _REDIRECT_STATUSES


def redirected_method(status: int, method: str) -> str:
    """The method after the redirect, step 12. Where it changes, the body and its Content-* headers go too."""
    if status in (301, 302) and method == "POST":
        return "GET"
    if status == 303 and method not in ("GET", "HEAD"):
        return "GET"
    return method


def keeps_authorization(hop_from: Url, hop_to: Url) -> bool:
    """Step 13: an Authorization header of the page is deleted when the origin changes, port and scheme included."""
    return same_origin(hop_from, hop_to)


def origin_after(origin: str, hop_from: Url, hop_to: Url) -> str:
    """The serialised Origin that the next request carries (#serializing-a-request-origin): "null" once tainted.

    A redirect taints (#concept-request-tainted-origin) when it leaves one origin for another
    and the one it leaves is not the origin of the request either.
    """
    if same_origin(hop_from, hop_to) or hop_from.origin == origin:
        return origin
    return OPAQUE


def cors_redirect_problem(target: Url) -> str | None:
    """The Network.CorsError of a cross-origin request in mode "cors" that is redirected to `target`; None if it may be.

    Step 9: it must not carry user:password@. One that is not HTTP(S) ends in a network error, which is none of CORS.
    """
    return "RedirectContainsCredentials" if target.has_credentials else None
