"""User agents as they name themselves (RFC 9110 section 10.1.5) and their client hints (UA Client Hints).

>>> agent = parse("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0")
>>> (agent.family, agent.major, agent.platform, agent.mobile, agent.automation)
('Chrome', 156, 'Linux', False, None)
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Final, Literal

from msgspec import Struct

from harinspect.wire.headers import Headers
from harinspect.wire.regexes import regex

Automation = Literal["headless", "library", "crawler"]

_LONGEST: Final = 2048  # characters that are read; no client has that much to say for itself
_PRODUCT: Final = regex(r"([!#$%&'*+.^_`|~0-9A-Za-z-]+)/([^\s;,()]*)")
_LEADING_INT: Final = regex(r"\d{1,9}")
_MSIE: Final = regex(r"\bMSIE (\d{1,3})")
_TRIDENT_TO_IE: Final = 4  # Trident/7.0 is the engine of Internet Explorer 11
_BRAND: Final = regex(r'"((?:[^"\\]|\\.)*)"\s*;\s*v="([^"]*)"')

# The first product that is there names the browser: makers add theirs to those of the browsers they descend from.
_FAMILIES: Final = (
    ("Edg", "Edge"),
    ("EdgA", "Edge"),
    ("EdgiOS", "Edge"),
    ("Edge", "Edge"),
    ("OPR", "Opera"),
    ("Opera", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("YaBrowser", "Yandex"),
    ("Vivaldi", "Vivaldi"),
    ("UCBrowser", "UC Browser"),
    ("Netscape", "Netscape"),
    ("FxiOS", "Firefox"),
    ("Firefox", "Firefox"),
    ("CriOS", "Chrome"),
    ("HeadlessChrome", "Chrome"),
    ("Chrome", "Chrome"),
    ("Chromium", "Chrome"),
    ("Version", "Safari"),
)
_PLATFORMS: Final = (
    (regex(r"Windows"), "Windows"),
    (regex(r"iPhone|iPad|iPod"), "iOS"),
    (regex(r"Android"), "Android"),
    (regex(r"\bCrOS\b"), "ChromeOS"),
    (regex(r"Macintosh|Mac OS X"), "macOS"),
    (regex(r"Linux"), "Linux"),
)
_HINTED_PLATFORMS: Final = {
    "windows": "Windows",
    "macos": "macOS",
    "linux": "Linux",
    "android": "Android",
    "ios": "iOS",
    "chrome os": "ChromeOS",
    "chromeos": "ChromeOS",
    "chromium os": "ChromeOS",
}
_HEADLESS: Final = regex(
    r"HeadlessChrome|PhantomJS|SlimerJS|HtmlUnit|Puppeteer|Playwright|Selenium|WebDriver|Chrome-Lighthouse|jsdom/"
)
_LIBRARY_NAMES: Final = """
    aiohttp apache-httpclient apache-httpasyncclient axios bruno-runtime bun cfnetwork curl dart deno faraday fasthttp
    go-http-client got grpc-go guzzlehttp httpie httpx hyper insomnia jakarta java java-http-client k6 libcurl
    libwww-perl lwp-request node node-fetch node.js nodejs okhttp perl php postmanruntime powershell python
    python-httpx python-requests python-urllib python-urllib3 reqwest rest-client restsharp ruby scrapy superagent
    symfony typhoeus undici urllib3 wget winhttp windowspowershell
"""
_LIBRARIES: Final = frozenset(_LIBRARY_NAMES.split())
_CRAWLER: Final = regex(
    r"(?:(?<!cu)bot|crawler|spider|slurp|scraper)(?![a-z])|facebookexternalhit|meta-externalagent|mediapartners-google"
    r"|ia_archiver|archive\.org|bingpreview|feedfetcher|google-inspectiontool|googleother|chatgpt-user|\+https?://",
    re.IGNORECASE,
)


class UserAgent(Struct, frozen=True):
    """products: (name, version) in their order. family: the browser's common name, or the first product's, or "".

    major: the first number of its version. platform: Windows, macOS, Linux, Android, iOS, ChromeOS or "".
    mobile: it calls itself so, as a phone does. automation: a browser without a window, a program's library, a crawler.
    outdated: of an engine that its maker gave up. chromium: the major version of Chromium, None for other engines.
    """

    products: tuple[tuple[str, str], ...] = ()
    family: str = ""
    major: int | None = None
    platform: str = ""
    mobile: bool = False
    automation: Automation | None = None
    outdated: bool = False
    chromium: int | None = None


class ClientHints(Struct, frozen=True):
    """brands: (name, version) of Sec-CH-UA. platform: as in UserAgent, "" if unknown. mobile: None if not told."""

    brands: tuple[tuple[str, str], ...] = ()
    platform: str = ""
    mobile: bool | None = None

    @property
    def chromium(self) -> int | None:
        """The major version of the brand "Chromium"."""
        return next((_major(version) for name, version in self.brands if name == "Chromium"), None)


@lru_cache(maxsize=1024)
def parse(ua: str) -> UserAgent:
    """Read a User-Agent field; whatever it does not say stays empty."""
    ua = ua[:_LONGEST]
    products = tuple((found[1], found[2]) for found in _PRODUCT.finditer(ua))
    versions = dict(reversed(products))
    family, major = _family(ua, products, versions)
    return UserAgent(
        products=products,
        family=family,
        major=major,
        platform=next((name for pattern, name in _PLATFORMS if pattern.search(ua)), ""),
        mobile="Mobile" in ua,
        automation=_automation(ua, versions),
        outdated=family == "IE" or "Edge" in versions or "Presto" in versions or "Netscape" in versions,
        chromium=_major(versions.get("Chrome") or versions.get("HeadlessChrome") or versions.get("Chromium") or ""),
    )


@lru_cache(maxsize=1024)
def parse_client_hints(sec_ch_ua: str, platform: str = "", mobile: str = "") -> ClientHints:
    """The values of Sec-CH-UA, Sec-CH-UA-Platform and Sec-CH-UA-Mobile, "" where they are not there."""
    return ClientHints(
        brands=tuple((found[1], found[2]) for found in _BRAND.finditer(sec_ch_ua[:_LONGEST])),
        platform=_HINTED_PLATFORMS.get(platform.strip('" ').lower(), ""),
        mobile={"?1": True, "?0": False}.get(mobile.strip()),
    )


def disagreement(agent: UserAgent, headers: Headers) -> tuple[str, ...]:
    """How the client hints of a request contradict its User-Agent, as short phrases; empty where they agree.

    Only what both of them say is compared. Browsers of other engines than Chromium send no hints at all.
    """
    hints = parse_client_hints(
        headers.text("sec-ch-ua"), headers.text("sec-ch-ua-platform"), headers.text("sec-ch-ua-mobile")
    )
    return tuple(_disagreement(agent, hints))


def _disagreement(agent: UserAgent, hints: ClientHints) -> Iterator[str]:
    if agent.family in ("Firefox", "Safari", "IE") and hints.chromium is not None:
        yield f"`sec-ch-ua` names Chromium, whose hints {agent.family} never sends"
    elif None not in (agent.chromium, hints.chromium) and agent.chromium != hints.chromium:
        yield f"`sec-ch-ua` names Chromium {hints.chromium}"
    if agent.platform and hints.platform and agent.platform != hints.platform:
        yield f"`sec-ch-ua-platform` names {hints.platform}"
    if agent.platform and hints.mobile is not None and hints.mobile != agent.mobile:
        yield f"`sec-ch-ua-mobile` says {'mobile' if hints.mobile else 'not mobile'}"


def _family(ua: str, products: tuple[tuple[str, str], ...], versions: dict[str, str]) -> tuple[str, int | None]:
    explorer = _MSIE.search(ua)
    if "Trident" in versions:
        engine = _major(versions["Trident"])
        return "IE", engine + _TRIDENT_TO_IE if engine else None
    if explorer:
        return "IE", int(explorer[1])
    for product, family in _FAMILIES:
        if product in versions and (family != "Safari" or "Safari" in versions):
            return family, _major(versions[product])
    return (products[0][0], _major(products[0][1])) if products else ("", None)


def _automation(ua: str, versions: dict[str, str]) -> Automation | None:
    if _HEADLESS.search(ua):
        return "headless"
    if _CRAWLER.search(ua):
        return "crawler"
    words = {name.lower() for name in (*versions, *ua.split()[:1])}
    return "library" if words & _LIBRARIES else None


def _major(version: str) -> int | None:
    found = _LEADING_INT.match(version)
    return int(found[0]) if found else None
