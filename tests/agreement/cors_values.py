"""What servers and pages of the CORS cases may say: values that fit, and values that do not."""

from __future__ import annotations

from typing import Final

Lines = tuple[str, ...]  # the values of one header, a line each; () where it is missing
Fields = tuple[tuple[str, str], ...]

PAGES: Final = ("http://app.one.test", "https://app.one.test", "https://app.one.test:8443", "http://app.one.test:8080")
# The hosts named api have a cookie, the others have none.
HOSTS: Final = ("api.one.test", "bare.one.test", "api.two.test", "bare.two.test", "app.one.test")
PORTS: Final = {"http": ("", "", "", ":8080"), "https": ("", "", "", ":8443")}

GOOD_ORIGIN: Final[tuple[Lines, ...]] = (("{origin}",), ("{origin}",), ("*",), (" {origin} ",))
BAD_ORIGIN: Final[tuple[Lines, ...]] = (
    *[()] * 4,
    *[("*",)] * 3,
    *[("https://other.test",), ("{swapped}",), ("{page}",)] * 2,
    *[("{origin}/",), ("{origin}:1234",), ("{upper}",), ("null",), ("",), ("true",), ("{host}",), ("//{host}",)],
    *[("{origin}, {origin}",), ("{origin}", "{origin}"), ("*", "{origin}"), ("*, *",), ("{origin} https://b.test",)],
    *[("*.one.test",), ("https://*.one.test",), ("https://",), ("http://a b/",), ('"{origin}"',), ("'*'",), ("null",)],
    *[("{origin},",), ("[{origin}]",), ("javascript:1",), ("data:,x",), ("NULL",), ("https://app.one.test.",)],
)
GOOD_CREDENTIALS: Final[tuple[Lines, ...]] = (("true",), ("true",), (" true ",))
BAD_CREDENTIALS: Final[tuple[Lines, ...]] = (
    *[()] * 4,
    *[("false",), ("True",), ("TRUE",), ("",), ("1",), ("true", "true"), ("true, true",), ("yes",), ('"true"',)],
)
GOOD_METHODS: Final[tuple[Lines, ...]] = (
    *[("{method}",)] * 3,
    *[("GET, {method}",), ("GET", "{method}"), (",, {method} ,",), ("*, {method}",), ("{method},*",)],
)
BAD_METHODS: Final[tuple[Lines, ...]] = (
    *[()] * 3,
    *[("*",)] * 3,
    *[("GET, POST",), ("{lower}",), ("{capitals}",), ("PUT DELETE",), ("PUT; DELETE",), ("",), ('"{method}"',)],
    *[("@",), ("*, PUT",), ("GET/POST",), ("{method}x",), ("[{method}]",), ("{method}", "a b"), ("a,b c",)],
)
GOOD_HEADERS: Final[tuple[Lines, ...]] = (
    *[("{headers}",)] * 3,
    *[
        ("{HEADERS}",),
        ("x-more,{headers}",),
        ("{headers}", "x-more"),
        ("X-A, X-B, Content-Type, Authorization, Range",),
    ],
)
BAD_HEADERS: Final[tuple[Lines, ...]] = (
    *[()] * 3,
    *[("*",)] * 3,
    *[("X-A",), ("x-a x-b",), ("x-a; x-b",), ("",), ('"x-a"',), ("*, Authorization",), ("Authorization",), ("@",)],
    *[("Content-Type",), ("Accept",), ("x-a:",), ("{headers}", "a b"), ("(x-a)",), ("x a, *",)],
)
GOOD_STATUS: Final = (200, 200, 204, 204, 201, 299)
BAD_STATUS: Final = (300, 301, 302, 304, 400, 401, 403, 403, 404, 405, 405, 500, 501, 503)
SIMPLE_METHODS: Final = ("GET", "GET", "HEAD", "POST", "POST")
OTHER_METHODS: Final = ("PUT", "PUT", "DELETE", "PATCH", "patch", "put", "OPTIONS", "QUERY", "custom", "Get2", "x-y")
SAFE_FIELDS: Final[Fields] = (
    ("Accept", "application/json"),
    ("Accept", "text/html;q=0.9, */*"),
    ("Accept-Language", "de-CH, en;q=0.5"),
    ("Content-Language", "de"),
    ("Content-Type", "text/plain"),
    ("Content-Type", "Text/Plain; charset=utf-8"),
    ("Content-Type", "application/x-www-form-urlencoded"),
    ("Content-Type", "multipart/form-data; boundary=x"),
    ("Range", "bytes=0-"),
    ("Range", "bytes=10-20"),
    ("Accept", "a" * 128),
)
UNSAFE_FIELDS: Final[Fields] = (
    ("X-A", "1"),
    ("x-b", ""),
    ("Content-Type", "application/json"),
    ("Content-Type", "application/json; charset=utf-8"),
    ("Content-Type", "text/plain; x=(y)"),
    ("Content-Type", "text/html"),
    ("Content-Type", "text"),
    ("Content-Type", ""),
    ("Content-Type", 'multipart/form-data; boundary="x"'),
    ("Content-Type", "text/plain, text/plain"),
    ("Authorization", "Bearer x"),
    ("Authorization", "Basic dTpw"),
    ("Accept", "a" * 129),
    ("Accept", "{json}"),
    ("Accept", "a@b"),
    ("Accept-Language", "en_US"),
    ("Accept-Language", "a/b"),
    ("Content-Language", "(de)"),
    ("Range", "bytes=-5"),
    ("Range", "bytes=20-10"),
    ("Range", "bytes=0-1,3-4"),
    ("Range", "items=0-1"),
    ("Cache-Control", "no-store"),
    ("Pragma", "x"),
    ("X-Requested-With", "XMLHttpRequest"),
    ("If-None-Match", '"1"'),
    ("Sec-Ch-Ua", "x"),
    ("Priority", "u=1"),
)
ODD_FIELDS: Final[Fields] = (("DPR", "2"), ("Save-Data", "on"), ("Downlink", "5"), ("User-Agent", "made up"))
USERINFO: Final = ("user:pw@", "user@", ":pw@")
ODD_LOCATIONS: Final = ("data:text/plain,x", "ftp://api.one.test/", "javascript:1", "", "#fragment", "http://")


TAGS: Final = ("img", "script", "link")
BODIES: Final = {
    "img": ("image/svg+xml", '<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"/>'),
    "script": ("text/javascript", ""),
    "link": ("text/css", ""),
}
