"""Who is on the other end of a connection. Only what a proxy named by the user says about that is believed."""

from __future__ import annotations

from ipaddress import IPv6Address, ip_network

from starlette.datastructures import Headers
from starlette.types import Scope

from harinspect.web.access import Access, Address, address


def peer(scope: Scope) -> Address | None:
    """The address of the connection itself, None where it has none."""
    client = scope.get("client")
    return address(client[0]) if client else None


def place(scope: Scope, access: Access) -> str:
    """Whose neighbourhood an attempt comes from; behind a proxy that of the last address in X-Forwarded-For, the one
    that the proxy itself wrote.
    """
    found = peer(scope)
    if access.is_proxy(found):
        told = ",".join(Headers(scope=scope).getlist("x-forwarded-for")).rpartition(",")[2].strip()
        found = address(told) or found
    return neighbourhood(found)


def neighbourhood(found: Address | None) -> str:
    """An IPv4 address, or the /64 of an IPv6 one, which a site has to itself (RFC 6177)."""
    if isinstance(found, IPv6Address):
        return str(ip_network((found, 64), strict=False))
    return str(found)


def is_https(scope: Scope, access: Access) -> bool:
    """Whether the browser's connection is encrypted: ours, or the proxy's, unless it says that its own is not."""
    if scope.get("scheme") == "https":
        return True
    if not access.is_proxy(peer(scope)):
        return False
    return Headers(scope=scope).get("x-forwarded-proto", "https").lower() == "https"
