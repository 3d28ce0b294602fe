"""Writes recordings to measure with, in the shape of DevTools' own export: indented, HTTP/2, some refused requests.

    python benchmarks/generate.py OUT MEGABYTES [mixed|lean]

`mixed` has bodies, about two thirds of its bytes; `lean` has none, so that there is more structure a byte.
"""

from __future__ import annotations

import base64
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Final

import msgspec

Json = dict[str, object]

START: Final = datetime(2025, 3, 4, 9, 30, tzinfo=UTC)
SITE: Final = "https://shop.bench.example"
HOSTS: Final = ("shop", "api", "cdn", "img", "login", "metrics", "fonts", "chat", "search", "ads")
AGENT: Final = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36"
WORDS: Final = "basket order price stock label review address parcel refund voucher gift search filter size".split()
ALPHABET: Final = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
TYPES: Final = {  # resource type: (share, media type, usual length of a body)
    "script": (18, "application/javascript", 29_000),
    "fetch": (36, "application/json", 5_500),
    "image": (26, "image/webp", 10_500),
    "ping": (9, "text/plain", 0),
    "stylesheet": (5, "text/css", 16_000),
    "font": (3, "font/woff2", 20_000),
    "document": (3, "text/html", 30_000),
}
BINARY: Final = ("image", "font")
BLOCK_PAGE: Final = "<html><head><title>403</title></head><body><h1>Forbidden</h1><p>Ref %s</p>%s</body></html>"


class Recorder:
    """Makes one entry after the other from a seeded source of chance."""

    def __init__(self, profile: str, seed: int = 7) -> None:
        self.chance = Random(seed)  # noqa: S311  # not a secret
        self.has_bodies = profile == "mixed"
        self.clock = START
        self.bodies = {kind: [self.body(kind) for _ in range(48)] for kind in TYPES} if self.has_bodies else {}
        self.cookies = [(f"{self.word()}_{number}", self.token(40)) for number in range(12)]
        self.scripts = [f"https://cdn.bench.example/app/{self.token(16)}.js" for _ in range(30)]

    def word(self) -> str:
        return self.chance.choice(WORDS)

    def token(self, length: int) -> str:
        return "".join(self.chance.choices(ALPHABET, k=length))

    def body(self, kind: str) -> str:
        length = int(self.chance.lognormvariate(0, 0.8) * TYPES[kind][2])
        if kind in BINARY:
            return base64.b64encode(self.chance.randbytes(length)).decode()
        lines = [self.line(kind) for _ in range(length // 90 + 1)]
        return "\n".join(lines)

    def line(self, kind: str) -> str:
        key, word, token = self.word(), self.word(), self.token(24)
        if kind == "document":
            return f'\t<li class="{key}"><a href="/{token}?q={word}">{word} “{key}” é</a></li>'
        if kind == "fetch":
            return f'{{"id": {self.chance.randrange(10**9)}, "{key}": "{token}", "note": "é {word}"}},'
        return f'function {key}(e, t) {{ return e["{word}"] = "{token}\\n" + t.{key}; }}'

    def entry(self) -> Json:
        kind = self.chance.choices(list(TYPES), [share for share, _, _ in TYPES.values()])[0]
        host = f"{self.chance.choice(HOSTS)}.bench.example"
        query = [(self.word(), self.token(self.chance.choice((2, 8, 30)))) for _ in range(self.chance.randrange(6))]
        path = f"/{self.word()}/{self.word()}/{self.token(12)}"
        path += "?" + "&".join(f"{name}={value}" for name, value in query) if query else ""
        self.clock += timedelta(milliseconds=self.chance.randrange(180))
        status = self.chance.choices((200, 304, 204, 404, 403, 302), (88, 4, 3, 1, 2, 2))[0]
        wait = self.chance.random() * 250
        return {
            "_connectionId": str(self.chance.randrange(400)),
            "_initiator": self.initiator(kind),
            "_priority": "High",
            "_resourceType": kind,
            "cache": {},
            "connection": "443",
            "pageref": "page_1",
            "request": self.request(kind, host, path, query),
            "response": self.response(kind, status),
            "serverIPAddress": f"203.0.113.{self.chance.randrange(256)}",
            "startedDateTime": self.clock.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "time": wait + 12.5,
            "timings": self.timings(wait),
        }

    def timings(self, wait: float) -> Json:
        known: Json = {
            "blocked": 1.25,
            "dns": -1,
            "ssl": -1,
            "connect": -1,
            "send": 0.31,
            "wait": wait,
            "receive": 10.94,
        }
        return known | {"_blocked_queueing": 0.9, "_workerStart": -1, "_workerReady": -1, "_workerFetchStart": -1}

    def initiator(self, kind: str) -> Json:
        if kind in ("document", "image", "stylesheet", "font"):
            return {"type": "parser", "url": f"{SITE}/", "lineNumber": self.chance.randrange(900)}
        stack: Json = {"callFrames": [self.frame() for _ in range(self.chance.randrange(2, 14))]}
        stack["parent"] = {"description": "await", "callFrames": [self.frame() for _ in range(5)]}
        return {"type": "script", "stack": stack}

    def frame(self) -> Json:
        frame: Json = {"functionName": self.word(), "scriptId": "31", "url": self.chance.choice(self.scripts)}
        return frame | {"lineNumber": 1, "columnNumber": self.chance.randrange(90_000)}

    def request(self, kind: str, host: str, path: str, query: list[tuple[str, str]]) -> Json:
        jar = self.chance.sample(self.cookies, self.chance.choice((0, 3, 6, 9)))
        method = "POST" if kind == "ping" or (kind == "fetch" and self.chance.random() < 0.3) else "GET"
        fields = [(":authority", host), (":method", method), (":path", path), (":scheme", "https"), ("accept", "*/*")]
        fields += [("accept-encoding", "gzip, deflate, br, zstd"), ("accept-language", "en-GB,en;q=0.9")]
        fields += [("priority", "u=1, i"), ("referer", f"{SITE}/"), ("user-agent", AGENT)]
        fields += [("sec-ch-ua", '"Chromium";v="140", "Not=A?Brand";v="24"'), ("sec-ch-ua-mobile", "?0")]
        fields += [("sec-ch-ua-platform", '"Linux"'), ("sec-fetch-dest", "empty"), ("sec-fetch-mode", "cors")]
        fields += [("sec-fetch-site", "same-site")]
        if jar:
            fields.append(("cookie", "; ".join(f"{name}={value}" for name, value in jar)))
        if kind == "fetch":
            fields += [("origin", SITE), ("authorization", f"Bearer {self.token(240)}")]
        request: Json = {"method": method, "url": f"https://{host}{path}", "httpVersion": "http/2.0"}
        request |= {"headers": pairs(fields), "queryString": pairs(query), "cookies": self.cookie_list(jar)}
        request |= {"headersSize": -1, "bodySize": 0}
        if method == "POST":
            request["postData"] = {"mimeType": "application/json", "text": self.line("fetch") * 5}
        return request

    def cookie_list(self, jar: list[tuple[str, str]]) -> list[Json]:
        rest = {"path": "/", "domain": ".bench.example", "expires": "2026-03-04T09:30:00.000Z"}
        rest_flags = {"httpOnly": False, "secure": True, "sameSite": "Lax"}
        return [{"name": name, "value": value} | rest | rest_flags for name, value in jar]

    def response(self, kind: str, status: int) -> Json:
        media_type = "text/html" if status == 403 else TYPES[kind][1]
        fields = [("date", "Tue, 04 Mar 2025 09:30:00 GMT"), ("server", "cloudflare"), ("content-type", media_type)]
        fields += [("cache-control", "public, max-age=31536000"), ("etag", f'W/"{self.token(16)}"')]
        fields += [("vary", "Accept-Encoding, Origin"), ("x-request-id", self.token(32))]
        fields += [("strict-transport-security", "max-age=31536000"), ("cf-ray", f"{self.token(16)}-LHR")]
        if kind == "fetch":
            fields += [("access-control-allow-origin", SITE), ("access-control-allow-credentials", "true")]
        location = f"{SITE}/{self.token(10)}" if status == 302 else ""
        if location:
            fields.append(("location", location))
        response: Json = {"status": status, "statusText": "", "httpVersion": "http/2.0", "headers": pairs(fields)}
        response |= {"cookies": [], "content": self.content(kind, status, media_type), "redirectURL": location}
        return response | {"headersSize": -1, "bodySize": -1, "_transferSize": 512, "_error": None}

    def content(self, kind: str, status: int, media_type: str) -> Json:
        content: Json = {"size": 0, "mimeType": media_type}
        if status == 403 and self.has_bodies:
            content["text"] = BLOCK_PAGE % (self.token(16), "<!-- -->" * 120)
        elif status == 200 and self.has_bodies and kind != "ping":
            content["text"] = self.chance.choice(self.bodies[kind])
            content["size"] = len(str(content["text"]))
            if kind in BINARY:
                content["encoding"] = "base64"
        return content


def pairs(fields: list[tuple[str, str]]) -> list[Json]:
    return [{"name": name, "value": value} for name, value in fields]


def write(path: Path, megabytes: float, profile: str) -> int:
    """Write about that many megabytes (10^6 bytes); the number of entries."""
    recorder = Recorder(profile)
    log = {"version": "1.2", "creator": {"name": "WebInspector", "version": "537.36"}, "pages": [page()]}
    head = msgspec.json.format(msgspec.json.encode({"log": log | {"entries": []}})).decode()
    opening, _, closing = head.rpartition("[]")
    count, size = 0, len(opening)
    with path.open("wb") as file:
        file.write(opening.encode() + b"[\n")
        while size < megabytes * 1e6:
            entry = msgspec.json.format(msgspec.json.encode(recorder.entry())).replace(b"\n", b"\n      ")
            size += file.write((b",\n      " if count else b"      ") + entry)
            count += 1
        file.write(b"\n    ]" + closing.encode())
    return count


def page() -> Json:
    started = START.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    timings = {"onContentLoad": 812.5, "onLoad": 1904.25}
    return {"startedDateTime": started, "id": "page_1", "title": f"{SITE}/", "pageTimings": timings}


if __name__ == "__main__":
    print(write(Path(sys.argv[1]), float(sys.argv[2]), sys.argv[3] if sys.argv[3:] else "mixed"), "entries")
