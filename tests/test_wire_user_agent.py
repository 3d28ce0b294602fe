"""Who a client says it is, and whether it agrees with itself."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harinspect.wire.headers import Headers
from harinspect.wire.user_agent import ClientHints, UserAgent, disagreement, parse, parse_client_hints

LINUX_CHROME = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36"
WINDOWS = "Mozilla/5.0 (Windows NT 10.0; Win64; x64)"
ENGINE = "AppleWebKit/537.36 (KHTML, like Gecko)"
ANDROID = f"Mozilla/5.0 (Linux; Android 10; K) {ENGINE} Chrome/130.0.0.0 Mobile Safari/537.36"
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko)"
MAC = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko)"
MAC_SAFARI = f"{MAC} Version/18.1 Safari/605.1.15"
FIREFOX = "Mozilla/5.0 (X11; Ubuntu; Linux x86_64; rv:153.0) Gecko/20100101 Firefox/153.0"
IE11 = "Mozilla/5.0 (Windows NT 6.1; WOW64; Trident/7.0; rv:11.0) like Gecko"


@pytest.mark.parametrize(
    ("ua", "family", "major", "platform", "mobile"),
    [
        (LINUX_CHROME, "Chrome", 156, "Linux", False),
        (ANDROID, "Chrome", 130, "Android", True),
        (f"{WINDOWS} {ENGINE} Chrome/131.0.0.0 Safari/537.36 Edg/131.0.0.0", "Edge", 131, "Windows", False),
        (f"{WINDOWS} {ENGINE} Chrome/131.0.0.0 Safari/537.36 OPR/116.0.0.0", "Opera", 116, "Windows", False),
        (f"{IPHONE} CriOS/131.0.0 Mobile/15E148 Safari/604.1", "Chrome", 131, "iOS", True),
        (f"{IPHONE} Version/18.1 Mobile/15E148 Safari/604.1", "Safari", 18, "iOS", True),
        (MAC_SAFARI, "Safari", 18, "macOS", False),
        (FIREFOX, "Firefox", 153, "Linux", False),
        (f"Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) {ENGINE} Chrome/130.0.0.0", "Chrome", 130, "ChromeOS", False),
        (f"{ANDROID} SamsungBrowser/27.0", "Samsung Internet", 27, "Android", True),
        ("MyApp/2.1 Version/3", "MyApp", 2, "", False),
        ("MyApp/dev", "MyApp", None, "", False),
        ("something", "", None, "", False),
        ("", "", None, "", False),
    ],
)
def test_browsers(ua, family, major, platform, mobile):
    found = parse(ua)
    assert (found.family, found.major, found.platform, found.mobile) == (family, major, platform, mobile)
    assert found.automation is None
    assert not found.outdated


@pytest.mark.parametrize(
    ("ua", "family", "major"),
    [
        (IE11, "IE", 11),
        ("Mozilla/4.0 (compatible; MSIE 7.0; Windows NT 6.1; Trident/7.0)", "IE", 11),
        ("Mozilla/4.0 (compatible; MSIE 6.0; Windows NT 5.1)", "IE", 6),
        ("Mozilla/5.0 (Trident/x)", "IE", None),
        (f"{WINDOWS} {ENGINE} Chrome/64.0.3282.140 Safari/537.36 Edge/18.17763", "Edge", 18),
        ("Opera/9.80 (Windows NT 6.1) Presto/2.12.388 Version/12.18", "Opera", 9),
        ("Mozilla/5.0 (Windows; U) Gecko/20070321 Netscape/8.1.3", "Netscape", 8),
    ],
)
def test_browsers_whose_engine_was_given_up(ua, family, major):
    found = parse(ua)
    assert (found.family, found.major, found.outdated) == (family, major, True)


@pytest.mark.parametrize(
    ("ua", "automation"),
    [
        (f"Mozilla/5.0 (X11; Linux x86_64) {ENGINE} HeadlessChrome/156.0.0.0 Safari/537.36", "headless"),
        (f"Mozilla/5.0 (Unknown; Linux) {ENGINE} PhantomJS/2.1.1 Safari/538.1", "headless"),
        (f"{LINUX_CHROME} Playwright/1.50", "headless"),
        ("curl/8.5.0", "library"),
        ("Wget/1.21.4", "library"),
        ("python-requests/2.32.3", "library"),
        ("Python-urllib/3.12", "library"),
        ("Python/3.12 aiohttp/3.9.1", "library"),
        ("Go-http-client/2.0", "library"),
        ("okhttp/4.12.0", "library"),
        ("axios/1.7.2", "library"),
        ("node", "library"),
        ("got (https://github.com/sindresorhus/got)", "library"),
        ("Java/17.0.1", "library"),
        ("Apache-HttpClient/4.5.14 (Java/17.0.9)", "library"),
        ("libwww-perl/6.67", "library"),
        ("PostmanRuntime/7.43.0", "library"),
        ("insomnia/10.1.1", "library"),
        ("MyApp/1 CFNetwork/1568.200.51 Darwin/24.1.0", "library"),
        (f"{WINDOWS} WindowsPowerShell/5.1.22621.4391", "library"),
        ("Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)", "crawler"),
        ("Mozilla/5.0 (compatible; Yahoo! Slurp)", "crawler"),
        ("AdsBot-Google", "crawler"),
        ("facebookexternalhit/1.1", "crawler"),
        ("Scrapy/2.11 (+https://scrapy.org)", "crawler"),
    ],
)
def test_programs(ua, automation):
    assert parse(ua).automation == automation


@pytest.mark.parametrize(
    "ua",
    [
        f"Mozilla/5.0 (Linux; Android 11; CUBOT X30) {ENGINE} Chrome/130.0.0.0 Mobile Safari/537.36",
        f"{LINUX_CHROME} Bothell/1",
        "curlew 2",
    ],
)
def test_names_that_only_resemble_a_program(ua):
    assert parse(ua).automation is None


def test_products_in_order():
    assert parse("a/1 (x; b/2) c/").products == (("a", "1"), ("b", "2"), ("c", ""))


def test_client_hints():
    hints = parse_client_hints('"Not A(Brand";v="8", "Chromium";v="156", "Google Chrome";v="156"', '"Chrome OS"', "?0")
    assert hints.brands == (("Not A(Brand", "8"), ("Chromium", "156"), ("Google Chrome", "156"))
    assert (hints.platform, hints.mobile, hints.chromium) == ("ChromeOS", False, 156)


def test_client_hints_that_are_not_there():
    assert parse_client_hints("") == ClientHints()
    assert parse_client_hints("nonsense", '"Amiga"', "yes") == ClientHints()
    assert ClientHints().chromium is None


def hinted(chromium: str = "156", platform: str = '"Linux"', mobile: str = "?0") -> Headers:
    brands = f'"Chromium";v="{chromium}", "Not_A Brand";v="24"'
    return Headers([("sec-ch-ua", brands), ("sec-ch-ua-platform", platform), ("sec-ch-ua-mobile", mobile)])


@pytest.mark.parametrize(
    ("ua", "headers"),
    [
        (LINUX_CHROME, hinted()),
        (LINUX_CHROME, Headers()),
        (LINUX_CHROME, hinted(platform='"Unknown"')),
        (LINUX_CHROME.replace("Chrome", "HeadlessChrome"), hinted()),
        (f"{LINUX_CHROME} Edg/156.0.0.0", hinted()),
        (ANDROID, hinted("130", '"Android"', "?1")),
        (FIREFOX, Headers()),
        (FIREFOX, Headers([("sec-ch-ua", "")])),
        ("curl/8.5.0", hinted()),
        ("", hinted()),
    ],
)
def test_clients_that_agree_with_themselves(ua, headers):
    assert disagreement(parse(ua), headers) == ()


@pytest.mark.parametrize(
    ("ua", "headers", "named"),
    [
        (LINUX_CHROME, hinted("120"), ["sec-ch-ua"]),
        (LINUX_CHROME, hinted(platform='"Windows"'), ["sec-ch-ua-platform"]),
        (LINUX_CHROME, hinted(mobile="?1"), ["sec-ch-ua-mobile"]),
        (ANDROID, hinted("130", '"Android"', "?0"), ["sec-ch-ua-mobile"]),
        (FIREFOX, hinted(), ["sec-ch-ua"]),
        (MAC_SAFARI, hinted("1", '"Windows"', "?1"), ["sec-ch-ua", "sec-ch-ua-platform", "sec-ch-ua-mobile"]),
    ],
)
def test_clients_that_contradict_themselves(ua, headers, named):
    phrases = disagreement(parse(ua), headers)
    assert [phrase.split("`")[1] for phrase in phrases] == named


def test_a_hostile_length_is_not_read_to_its_end():
    assert parse("a" * 1_000_000).products == ()
    assert parse_client_hints('"\\' * 500_000).brands == ()


@given(st.text())
def test_any_text_is_a_user_agent(text):
    assert isinstance(parse(text), UserAgent)
