"""Who made a request, as far as its SameSite and its partition go (RFC 6265bis section 5.2; Fetch Metadata; CHIPS)."""

from __future__ import annotations

import re
from enum import Enum

from msgspec import Struct

from harinspect.har.model import Exchange, Har
from harinspect.wire.cookie_policy import Context
from harinspect.wire.redirects import is_redirect
from harinspect.wire.url import Url

FRAMES = frozenset({"iframe", "frame", "fencedframe", "embed", "object"})
LAX_SINCE = 84  # of Chromium: from 80 on, cookies without SameSite became Lax little by little
_CHROMIUM = re.compile(r"\b(?:Chrome|Chromium|HeadlessChrome)/([0-9]{1,4})")
_USER = "user"  # who starts a navigation from the address bar or a bookmark


class Engine(Enum):
    """Whose cookie rules hold."""

    CHROMIUM = "chromium"
    GECKO = "gecko"
    WEBKIT = "webkit"
    UNKNOWN = "unknown"


_EXPORTERS = {"chrome": Engine.CHROMIUM, "firefox": Engine.GECKO, "safari": Engine.WEBKIT}


class Document(Struct, frozen=True):
    """A page or frame. `is_same_site`: it and all its ancestors are of the site of the page at the top."""

    url: Url
    top_site: str
    is_same_site: bool = True


class Surroundings:
    """Follows a recording in time order and says in what context each request was made."""

    def __init__(self, har: Har) -> None:
        agent = next((text for e in har.exchanges if (text := e.request.headers.text("user-agent"))), "")
        self.engine = engine_of(har.source.exporter, agent)
        self.has_lax_by_default = self.engine is Engine.CHROMIUM and _chromium_version(agent) >= LAX_SINCE
        self._documents: dict[str, Document] = {}
        self._top: Document | None = None
        self._starters: dict[int, str] = {}  # of redirect hops: the site that began the navigation
        self._pages: dict[str, Document] = {}
        if self.engine is Engine.CHROMIUM:  # others keep one page for all, titled with the latest address
            titles = ((page.id, Url.parse(page.title)) for page in har.pages)
            self._pages = {page: Document(url, url.site) for page, url in titles if url is not None and url.is_http}

    def note(self, exchange: Exchange, url: Url, came_from: int | None) -> None:
        """Remember what later requests may have been made by: pages, frames and redirect hops."""
        dest = exchange.request.headers.text("sec-fetch-dest")
        if dest in FRAMES:
            self._documents[url.text] = self._framed(exchange, url)
        elif dest in ("", "document") and is_top_level_navigation(exchange):
            self._top = self._documents[url.text] = Document(url, url.site)
        if is_redirect(exchange.response.status):
            self._starters[exchange.index] = self._starter(exchange, url, came_from)

    def context(self, exchange: Exchange, url: Url, came_from: int | None) -> Context:
        """The context for the request, and for storing what its answer sets."""
        navigates = is_top_level_navigation(exchange)
        maker = None if navigates else self._maker(exchange)
        if navigates:
            same = self._navigated_within(exchange, url, came_from)
        else:
            same = _made_within(exchange, url, maker, came_from)
        top = maker or self._pages.get(exchange.page or "") or self._top
        return Context(
            is_same_site=same,
            is_cross_scheme=same is False and _differs_in_scheme(exchange, url),
            is_top_level_navigation=navigates,
            method=exchange.method,
            top_level_site=url.site if navigates else top.top_site if top else "",
            lax_by_default=self.has_lax_by_default,
            includes_credentials=navigates or not (self.engine is Engine.CHROMIUM and omits_credentials(exchange, url)),
            partitions_third_party=self.engine is Engine.GECKO,
            renews_on_change=self.engine is Engine.CHROMIUM,
        )

    def _framed(self, exchange: Exchange, url: Url) -> Document:
        parent = self._maker(exchange) or self._top
        if parent is None:
            return Document(url, "", exchange.request.headers.text("sec-fetch-site") != "cross-site")
        return Document(url, parent.top_site, parent.is_same_site and url.site == parent.top_site)

    def _maker(self, exchange: Exchange) -> Document | None:
        """The document that made the request: by its full address only, as an origin may stand in several frames."""
        for place in (exchange.initiator.url, exchange.request.headers.text("referer")):
            if place and (found := self._documents.get(place.partition("#")[0])):
                return found
        return None

    def _navigated_within(self, exchange: Exchange, url: Url, came_from: int | None) -> bool | None:
        starter = self._starter(exchange, url, came_from)
        return None if not starter else starter in (_USER, url.site)

    def _starter(self, exchange: Exchange, url: Url, came_from: int | None) -> str:
        """The site that began a navigation; Chromium does not look at the hops between."""
        if came_from is not None and (inherited := self._starters.get(came_from)):
            return inherited
        said = exchange.request.headers.text("sec-fetch-site")
        if said == "none":
            return _USER
        if said in ("same-origin", "same-site"):
            return url.site
        source = source_of(exchange)
        if source is None or (said == "cross-site" and source.site == url.site):
            return "another" if said == "cross-site" else ""
        return source.site


def engine_of(exporter: str, agent: str) -> Engine:
    """By who exported the file; for proxies and tools by the User-Agent."""
    if exporter in _EXPORTERS:
        return _EXPORTERS[exporter]
    if _CHROMIUM.search(agent):
        return Engine.CHROMIUM
    if "Firefox/" in agent:
        return Engine.GECKO
    return Engine.WEBKIT if "Safari/" in agent else Engine.UNKNOWN


def _chromium_version(agent: str) -> int:
    """The major version; where another name was put there, that of no old one."""
    found = _CHROMIUM.search(agent)
    return int(found[1]) if found else LAX_SINCE


def is_top_level_navigation(exchange: Exchange) -> bool:
    """A page of its own, not a frame and not something that a page loads."""
    headers = exchange.request.headers
    if dest := headers.text("sec-fetch-dest"):
        return dest == "document"
    if exchange.resource_type:
        return exchange.resource_type == "document" and exchange.initiator.kind != "parser"
    return "upgrade-insecure-requests" in headers and headers.text("accept").startswith("text/html")


def source_of(exchange: Exchange) -> Url | None:
    """The page that the request says it comes from."""
    headers = exchange.request.headers
    for place in (headers.text("origin"), headers.text("referer"), exchange.initiator.url):
        if place and place != "null" and (url := Url.parse(place)):
            return url
    return None


def is_script_call(exchange: Exchange, url: Url) -> bool:
    """A call to another origin, where the script decides whether credentials are included."""
    headers = exchange.request.headers
    if headers.text("origin") in ("", "null", url.origin) or headers.text("sec-fetch-mode", "cors") != "cors":
        return False
    return not is_top_level_navigation(exchange)


def omits_credentials(exchange: Exchange, url: Url) -> bool:
    """Is it plain that a cross-origin request was made without credentials?

    Fonts always are. And an answer that the page could read without Access-Control-Allow-Credentials cannot have been
    asked for with credentials (Fetch, CORS check).
    """
    headers = exchange.request.headers
    if "cookie" in headers or not is_script_call(exchange, url):
        return False
    if headers.text("sec-fetch-dest") == "font":
        return True
    readable = exchange.status != 0 and not exchange.error and not 300 <= exchange.status < 400
    answer = exchange.response.headers
    return (
        readable
        and "access-control-allow-origin" in answer
        and answer.text("access-control-allow-credentials") != "true"
    )


def _made_within(exchange: Exchange, url: Url, maker: Document | None, came_from: int | None) -> bool | None:
    """Is a frame or a subresource of the site of its page and of all documents between?

    Sec-Fetch-Site looks at the hops of a redirect too (Fetch Metadata, section 2.3), Chromium's cookies do not.
    """
    said = exchange.request.headers.text("sec-fetch-site")
    if said == "cross-site" and (came_from is None or maker is None):
        return False
    if maker is not None:
        return maker.is_same_site and maker.top_site in (url.site, "")
    if said:
        return True
    source = source_of(exchange)
    return None if source is None else source.site == url.site


def _differs_in_scheme(exchange: Exchange, url: Url) -> bool:
    source = source_of(exchange)
    return source is not None and source.registrable_domain == url.registrable_domain and source.site != url.site
