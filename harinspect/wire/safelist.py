"""Which requests need a preflight: CORS-safelisted methods and request headers (Fetch), byte by byte.

>>> unsafe_header_names([("Content-Type", "application/json"), ("X-Key", "1"), ("Accept", "*/*")])
('content-type', 'x-key')
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Final

from harinspect.wire.headers import Headers
from harinspect.wire.regexes import regex

_SAFELISTED_METHODS: Final = frozenset({"GET", "HEAD", "POST"})
_LONGEST_VALUE: Final = 128  # bytes
_LONGEST_SUM: Final = 1024  # bytes, of all safelisted values together
_FORM_TYPES: Final = frozenset({"application/x-www-form-urlencoded", "multipart/form-data", "text/plain"})
_UNSAFE_BYTE: Final = regex(r'[\x00-\x08\x0a-\x1f"():<>?@\[\\\]{}\x7f]')  # #cors-unsafe-request-header-byte
_LANGUAGES: Final = regex(r"[0-9A-Za-z *,\-.;=]*")
_TOKEN: Final = regex(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")  # RFC 9110 section 5.6.2
_ONE_RANGE: Final = regex(r"bytes=([0-9]+)-([0-9]*)")

# Names that scripts may not set (Fetch #forbidden-request-header) or that browsers add below the CORS check.
_NOT_THE_AUTHORS: Final = """
    accept-charset accept-encoding access-control-request-headers access-control-request-method
    access-control-request-private-network alt-used available-dictionary connection content-length cookie cookie2 date
    device-memory dnt downlink dpr ect expect host if-modified-since if-none-match keep-alive origin priority purpose
    referer rtt save-data set-cookie te trailer transfer-encoding upgrade upgrade-insecure-requests user-agent via
    viewport-width width x-client-data x-firefox-spdy
"""
_BROWSERS: Final = frozenset(_NOT_THE_AUTHORS.split())
_BROWSERS_PREFIXES: Final = ("sec-", "proxy-")


def is_safelisted_method(method: str) -> bool:
    """Fetch #cors-safelisted-method, case-sensitive: methods in a recording are normalised already."""
    return method in _SAFELISTED_METHODS


def needs_preflight(method: str, headers: Iterable[tuple[str, str]]) -> bool:
    """Would a cross-origin request in mode "cors" be preceded by a preflight (Fetch #main-fetch)?

    `headers` are the author's; upload listeners and streamed bodies, which also need one, leave no trace.
    """
    return not is_safelisted_method(method) or bool(unsafe_header_names(headers))


def unsafe_header_names(author_headers: Iterable[tuple[str, str]]) -> tuple[str, ...]:
    """Fetch #cors-unsafe-request-header-names: sorted, lower case, as Access-Control-Request-Headers lists them."""
    unsafe, safelisted, size = set[str](), set[str](), 0
    for name, value in author_headers:
        if is_safelisted_header(name, value):
            safelisted.add(name.lower())
            size += _bytes(value)
        else:
            unsafe.add(name.lower())
    return tuple(sorted(unsafe | safelisted if size > _LONGEST_SUM else unsafe))


def is_safelisted_header(name: str, value: str) -> bool:
    """Fetch #cors-safelisted-request-header."""
    rule = _RULES.get(name.lower())
    return rule is not None and _bytes(value) <= _LONGEST_VALUE and rule(value)


def author_headers(headers: Headers) -> tuple[tuple[str, str], ...]:
    """The fields of a recorded request that its page may have set, in their order.

    Left out: forbidden names, what browsers add by themselves, the no-cache pair of a reload or of DevTools, and
    what is no field name at all, such as the request line that some exporters list as one.
    """
    own = _cache_control_of_browser(headers)
    return tuple((name, value) for name, value in headers if not _is_browsers(name.lower(), own))


def _is_browsers(name: str, own: frozenset[str]) -> bool:
    return name in _BROWSERS or name in own or name.startswith(_BROWSERS_PREFIXES) or not _TOKEN.fullmatch(name)


def _cache_control_of_browser(headers: Headers) -> frozenset[str]:
    """A reload sends max-age=0, a disabled cache no-cache with Pragma; any other value is the author's."""
    told, pragma = headers.text("cache-control"), headers.text("pragma")
    if told == "no-cache" and pragma in ("no-cache", ""):
        return frozenset({"cache-control", "pragma"}) if pragma else frozenset()
    return frozenset({"cache-control"}) if told == "max-age=0" else frozenset()


def _bytes(value: str) -> int:
    return len(value.encode("utf-8", "surrogatepass"))


def _is_accept(value: str) -> bool:
    return _UNSAFE_BYTE.search(value) is None


def _is_languages(value: str) -> bool:
    return _LANGUAGES.fullmatch(value) is not None


def _is_form_type(value: str) -> bool:
    """MIME Sniffing #mime-type-essence is one of a form's; parameters do not matter."""
    essence = value.partition(";")[0].strip(" \t\r\n").lower()
    return _is_accept(value) and essence in _FORM_TYPES


def _is_one_range(value: str) -> bool:
    """Fetch #simple-range-header-value with a first byte: "bytes=-500" is unsafe."""
    found = _ONE_RANGE.fullmatch(value)
    return found is not None and (not found[2] or int(found[1]) <= int(found[2]))


_RULES: Final[Mapping[str, Callable[[str], bool]]] = {
    "accept": _is_accept,
    "accept-language": _is_languages,
    "content-language": _is_languages,
    "content-type": _is_form_type,
    "range": _is_one_range,
}
