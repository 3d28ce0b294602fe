"""The strict mode: what says where somebody was goes too: bodies, paths, values of queries, hosts of other sites."""

from __future__ import annotations

import re
from typing import Final

from harinspect.redaction import names
from harinspect.redaction.files import FileRedactor
from harinspect.redaction.marks import MARK, OPEN
from harinspect.redaction.masks import Masks
from harinspect.redaction.patterns import Patterns
from harinspect.redaction.sharing import ERROR, FIELDS, PREFIXES
from harinspect.wire.url import is_public_suffix, registrable_domain

HOST: Final = re.compile(r"(?<![\w.%-])(?:[A-Za-z0-9_](?:[\w-]{0,62})\.){1,8}[A-Za-z]{2,24}(?![\w-])")
ADDRESS: Final = re.compile(
    r"(?P<front>(?:(?:blob|filesystem|view-source):)?(?:[A-Za-z][A-Za-z0-9+.-]*:)?//)?"
    r"(?P<host>(?<=//)[^/?#]*)?(?P<path>[^?#]*)(?:\?(?P<query>.*))?",
    re.DOTALL,
)
NO_HOST: Final = frozenset(
    "html htm js mjs css json png jpg jpeg gif svg ico webp woff woff2 php asp aspx map xml txt".split()
)
LOCATION_FIELDS: Final = frozenset({"host", ":authority", ":path"})


class StrictMasks(Masks):
    """The site of the first address in the file is the first party; its host names stay."""

    def __init__(self, redactor: FileRedactor, patterns: Patterns) -> None:
        super().__init__(redactor, patterns)
        self._own_site = ""

    def begin(self, url: str) -> None:
        first = HOST.search(url)
        self._own_site = registrable_domain(first[0].lower()) if first else ""

    def _url(self, name: str, text: str) -> str:
        shown = self._redactor.url(text)
        return shown if text.startswith("data:") else self._place(shown)

    def _header(self, name: str, value: str) -> str:
        lower, shown = name.lower(), super()._header(name, value)
        if lower in LOCATION_FIELDS:
            return self._place(shown) if lower == ":path" else self._hosts(shown)
        if names.is_url_header(lower):
            return self._place(shown) if "/" in shown else self._hosts(shown)
        known = lower in FIELDS or lower.startswith(PREFIXES) or names.is_secret_header(lower) or "cookie" in lower
        if known or lower.endswith("authorization"):
            return self._hosts(shown)
        return self._redactor.unknown(value)

    def _parameter(self, name: str, value: str) -> str:
        super()._parameter(name, value)  # what it holds may stand elsewhere, too
        return self._redactor.secret("parameter", value)

    def _text(self, name: str, text: str) -> str:
        super()._text(name, text)
        return self._redactor.secret("body", text)

    def _word(self, name: str, text: str) -> str:
        if ERROR.fullmatch(text):
            return text
        if name == "path":  # of a cookie
            return self._path(text)
        return self._hosts(super()._word(name, text))

    def _place(self, url: str) -> str:
        found = ADDRESS.fullmatch(url)
        if found is None:
            return self._redactor.secret("url", url)
        query = "" if found["query"] is None else "?" + "&".join(map(self._pair, found["query"].split("&")))
        return (found["front"] or "") + self._hosts(found["host"] or "") + self._path(found["path"]) + query

    def _path(self, path: str) -> str:
        return "/".join(self._redactor.value("path", part) if part else "" for part in path.split("/"))

    def _pair(self, pair: str) -> str:
        name, equals, value = pair.partition("=")
        if not value or value.startswith(OPEN) or names.is_kept_parameter(name):
            return pair
        return name + equals + self._redactor.value("parameter", value)

    def _hosts(self, text: str) -> str:
        pieces, end = [], 0
        for mark in MARK.finditer(text):
            pieces += [HOST.sub(lambda m: self._host(m[0]), text[end : mark.start()]), mark[0]]
            end = mark.end()
        return "".join([*pieces, HOST.sub(lambda m: self._host(m[0]), text[end:])])

    def _host(self, host: str) -> str:
        """Another one for each host and for each site, so that what is of one site still is."""
        site = registrable_domain(host.lower())
        if site == self._own_site or host.rpartition(".")[2].lower() in NO_HOST or is_public_suffix(host):
            return host
        return f"{self._redactor.digest(host.lower())}.{self._redactor.digest(site)}.example"
