"""Web addresses as browsers read them (WHATWG URL), with their origins (HTML) and sites (Public Suffix List).

>>> url = Url.parse("HTTPS://Shop.Example.co.uk:443/a/../b?x=1&y=#part")
>>> (url.text, url.host, url.port, url.path, url.query, url.origin, url.site) if url else None
('https://shop.example.co.uk/b?x=1&y=', 'shop.example.co.uk', 443, '/b', 'x=1&y=', 'https://shop.example.co.uk', \
'https://example.co.uk')
"""

from __future__ import annotations

import re
from functools import cached_property, lru_cache
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from pathlib import Path
from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qsl

import ada_url
from msgspec import Struct

from harinspect.wire.regexes import regex

if TYPE_CHECKING:
    from publicsuffixlist import PublicSuffixList

OPAQUE: Final = "null"  # how an opaque origin is serialised (HTML, "ASCII serialisation of an origin")
_DEFAULT_PORTS: Final = {"http": 80, "https": 443, "ws": 80, "wss": 443, "ftp": 21}
_HTTP_TWIN: Final = {"ws": "http", "wss": "https"}
_ATTRIBUTES: Final = (
    "href",
    "protocol",
    "port",
    "hostname",
    "pathname",
    "search",
    "origin",
    "host_type",
    "username",
    "password",
)
_LONGEST_REMEMBERED: Final = 4096  # characters; a data: URL of megabytes must not stay in memory
# Origin, path and query where parsing percent-encodes nothing (URL, "special-query percent-encode set").
_PLAIN: Final = re.compile(
    r"((?:https?|wss?)://[A-Za-z0-9_.:@\[\]-]++)"
    r"(/[A-Za-z0-9_!$%&'()*+,./:;=@\[\]|~-]*+)"
    r"(?:\?([A-Za-z0-9_!$%&()*+,./:;=?@\[\\\]^`{|}~-]*+))?+"
)
_MASKED_PRIVATE: Final = regex("\u2039ip:.{1,40} net=(?:private|loopback|link-local)\u203a")  # as redaction has it
_PRIVATE: Final = tuple(
    ip_network(block)
    for block in (
        "10.0.0.0/8",  # RFC 1918
        "172.16.0.0/12",
        "192.168.0.0/16",
        "100.64.0.0/10",  # RFC 6598, carrier-grade NAT
        "127.0.0.0/8",
        "169.254.0.0/16",  # RFC 3927
        "::1/128",
        "fe80::/10",
        "fc00::/7",  # RFC 4193
    )
)


class Url(Struct, frozen=True, dict=True):
    """A parsed address without its fragment, which never goes over the wire.

    text: serialised, normalised. scheme: without ":". host: lower case and punycode, without port, IPv6 in brackets,
    "" where there is none. port: the effective one, 0 where the scheme has none.
    path: normalised, still percent-encoded. query: without "?".
    origin: serialised, "null" where it is opaque.
    """

    text: str
    scheme: str
    host: str
    port: int
    path: str
    query: str
    origin: str
    is_ip: bool = False
    has_credentials: bool = False  # user:password@ stands in it

    @classmethod
    def parse(cls, text: str) -> Url | None:
        """The absolute address in `text`, None where a browser would refuse it."""
        return _remembered(text) if len(text) <= _LONGEST_REMEMBERED else _parsed(text)

    def join(self, reference: str) -> Url | None:
        """`reference` (a Location, a relative link) resolved against this address, None where it is invalid."""
        try:
            return Url.parse(ada_url.join_url(self.text, reference))
        except ValueError:
            return None

    @property
    def registrable_domain(self) -> str:
        """The public suffix and one label more (URL, "registrable domain"); the host itself where it has none."""
        return self.host if self.is_ip else registrable_domain(self.host)

    @property
    def site(self) -> str:
        """The schemeful site (HTML, "obtain a site"), serialised; "null" for an opaque origin. ws counts as http."""
        if self.origin == OPAQUE:
            return OPAQUE
        owner = _owner(self)
        return f"{_http_twin(owner.scheme)}://{owner.registrable_domain}"

    @property
    def is_trustworthy(self) -> bool:
        """Potentially trustworthy, by Secure Contexts sections 3.1 and 3.2."""
        owner = _owner(self)
        if owner.scheme in ("https", "wss", "file", "data") or self.text in ("about:blank", "about:srcdoc"):
            return True
        return is_loopback_host(owner.host)

    @property
    def is_http(self) -> bool:
        """Fetched over HTTP(S): the scheme is http or https (Fetch, "HTTP(S) scheme")."""
        return self.scheme in ("http", "https")

    def params(self) -> tuple[tuple[str, str], ...]:
        """The query's pairs in their order, decoded (URL, "application/x-www-form-urlencoded parsing")."""
        return self._params

    @cached_property
    def _params(self) -> tuple[tuple[str, str], ...]:
        return tuple(parse_qsl(self.query, keep_blank_values=True, encoding="utf-8", errors="replace"))


def same_origin(a: Url, b: Url) -> bool:
    """HTML, "same origin". An opaque origin is like no other; a WebSocket counts as the HTTP fetch that opens it."""
    if OPAQUE in (a.origin, b.origin):
        return False
    one, other = _owner(a), _owner(b)
    return (_http_twin(one.scheme), one.host, one.port) == (_http_twin(other.scheme), other.host, other.port)


def same_site(a: Url, b: Url) -> bool:
    """HTML, "same site": schemeful, so http and https of one domain differ."""
    return a.site == b.site and a.site != OPAQUE


def is_loopback_host(host: str) -> bool:
    """Secure Contexts section 3.1, steps 4 and 5: 127.0.0.0/8, ::1, localhost and its subdomains."""
    name = host.removesuffix(".")
    if name == "localhost" or name.endswith(".localhost"):
        return True
    address = _address(host)
    return address is not None and address.is_loopback


def is_private_address(ip_text: str) -> bool:
    """RFC 1918, loopback, link-local, unique local (RFC 4193) or carrier-grade NAT (RFC 6598); False for no address."""
    address = _address(ip_text)
    return any(address in block for block in _PRIVATE) if address else _MASKED_PRIVATE.fullmatch(ip_text) is not None


@lru_cache(maxsize=4096)
def is_public_suffix(host: str) -> bool:
    """Is it a suffix under which strangers register names (URL, "public suffix"; private section included)?"""
    name = host.removesuffix(".").lower()
    return bool(name) and _address(name) is None and _suffixes(_last_label(name)).publicsuffix(name) == name


@lru_cache(maxsize=4096)
def registrable_domain(host: str) -> str:
    """The registrable domain of a host name in lower case; the host itself for addresses, suffixes, single labels."""
    if not host or _address(host) is not None:
        return host
    name = host.removesuffix(".")
    return (_suffixes(_last_label(name)).privatesuffix(name) or name) + host[len(name) :]


def _last_label(name: str) -> str:
    return name.rpartition(".")[2]


def _owner(url: Url) -> Url:
    """The address whose origin counts: a blob: belongs to the page that made it."""
    return (Url.parse(url.origin) or url) if url.scheme == "blob" else url


def _http_twin(scheme: str) -> str:
    return _HTTP_TWIN.get(scheme, scheme)


def _address(text: str) -> IPv4Address | IPv6Address | None:
    try:
        address = ip_address(text.removeprefix("[").removesuffix("]").partition("%")[0])
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address


@lru_cache(maxsize=256)
def _suffixes(name: str) -> PublicSuffixList:
    """The rules for names under a top-level domain, in both spellings: the whole list takes 30 ms to take in."""
    from publicsuffixlist import PublicSuffixList

    chosen = [rule for rule in _lines(name) if not rule.startswith("/")]
    foreign = [_punycode(rule) for rule in chosen if not rule.isascii()]
    return PublicSuffixList(chosen + foreign, accept_encoded_idn=False)


def _lines(name: str) -> list[str]:
    """Those of the Public Suffix List that end so; it has a rule a line, comments begin with a slash."""
    if name.startswith("xn--"):
        lines = _listed().decode().split("\n")
        return [rule for line in lines if not line.startswith("/") and (rule := _punycode(line)).endswith(name)]
    *before, _ = _listed().split(f"{name}\n".encode(errors="replace"))
    return [part.rpartition(b"\n")[2].decode() + name for part in before]


@lru_cache(maxsize=1)
def _listed() -> bytes:
    from publicsuffixlist import PSLFILE

    return Path(PSLFILE).read_bytes() + b"\n"


def _punycode(rule: str) -> str:
    return rule if rule.isascii() else rule.encode("idna").decode("ascii")


def _parsed(text: str) -> Url | None:
    try:
        return _in_normal_form(text) or _taken_apart(text)
    except ValueError:
        return None


def _in_normal_form(text: str) -> Url | None:
    """An address as browsers write it, None for any other: what stands before the path repeats, and is parsed once."""
    found = _PLAIN.fullmatch(text)
    if found is None:
        return None
    start, path, query = found.groups("")
    front = _front(start)
    has_dots = "/." in path or "/%2" in path  # segments that parsing may take out
    if has_dots or not text.startswith(front.text):
        return None
    return Url(
        text, front.scheme, front.host, front.port, path, query, front.origin, front.is_ip, front.has_credentials
    )


def _taken_apart(text: str) -> Url:
    found = ada_url.parse_url(text, _ATTRIBUTES)
    scheme = found["protocol"][:-1]
    return Url(
        text=found["href"].partition("#")[0],
        scheme=scheme,
        host=found["hostname"],
        port=int(found["port"] or _DEFAULT_PORTS.get(scheme, 0)),
        path=found["pathname"],
        query=found["search"][1:],
        origin=found["origin"],
        is_ip=found["host_type"] != ada_url.HostType.DEFAULT,
        has_credentials=bool(found["username"] or found["password"]),
    )


_front = lru_cache(maxsize=4096)(_taken_apart)
_remembered = lru_cache(maxsize=8192)(_parsed)
