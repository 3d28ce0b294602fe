"""A visitor who opens everything that the server's pages lead to, and keeps what came back."""

from __future__ import annotations

import html
import re
import threading
import time
from collections import Counter, deque
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import quote

from tests.privacy.collection import Collection
from tests.privacy.refused import Recording
from tests.served import Answer, Served, form, wait_until

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
AHEAD = re.compile(r'(?:href|src|hx-get|action)="(/[^"#]*)')
NUMBER = re.compile(r"/\d+")
OF_A_KIND = 40  # pages of the owner that differ in a number alone
FOR_READERS = 10


class Visitor:
    """`links`: the tokens of the links that were made."""

    def __init__(self, server: Served, collection: Collection) -> None:
        self.server = server
        self.collection = collection
        self.links: list[str] = []
        self._seen: set[str] = set()

    def ask(self, place: str, method: str, path: str, body: bytes | None = None, **headers: str) -> Answer:
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        answer = self.server.ask(method, path, body, sent)
        self.collection.add(place, answer.text)
        self.collection.add(f"headers of {place}", str(answer.headers))
        return answer

    def upload(self, recording: Recording) -> str:
        """As the page's script does, with the name in a header; the addresses of its reports or what was said."""
        answer = self.ask("uploads", "POST", "/reports", recording.content, X_Filename=quote(recording.name))
        return self._end(re.findall(r"/uploads/[\w-]+", answer.text)[0])

    def upload_form(self, recording: Recording) -> str:
        """As the plain form does."""
        name = recording.name.encode()
        head = b'--b\r\nContent-Disposition: form-data; name="files"; filename="' + name + b'"\r\n\r\n'
        body = head + recording.content + b"\r\n--b--\r\n"
        answer = self.ask("uploads", "POST", "/reports", body, Content_Type="multipart/form-data; boundary=b")
        return self._end(answer.headers["Location"])

    def _end(self, upload: str) -> str:
        told = ""

        def has_ended() -> bool:
            nonlocal told
            told = self.ask("uploads", "GET", upload, HX_Request="true").text
            return 'role="alert"' in told or "/reports/" in told

        wait_until(has_ended)
        self.ask("uploads", "GET", upload)
        return told

    def crawl(self, place: str, start: str, most: int, cookie: str = "") -> None:
        """Everything that can be reached from there by links, as a whole and as the fragment that htmx asks for."""
        ahead, kinds = deque([start]), Counter[str]()
        while ahead:
            path = html.unescape(ahead.popleft())
            kind = NUMBER.sub("/N", path.partition("?")[0])
            if path in self._seen or kinds[kind] >= most or path.startswith("/assets"):
                continue
            self._seen.add(path)
            kinds[kind] += 1
            answer = self.ask(f"{place} {_family(kind)}", "GET", path, Cookie=cookie)
            if "/denials/" in path and kinds[kind] <= FOR_READERS:
                self.ask(f"{place}, fragments", "GET", path, Cookie=cookie, HX_Request="true")
            if "html" in answer.headers.get("Content-Type", "") and "attachment" not in str(answer.headers):
                ahead.extend(AHEAD.findall(answer.text))

    def share(self, report: str, place: str, **choices: str) -> None:
        """Make a link, and read what its reader can, with the passphrase where there is one."""
        made = self.ask("links", "POST", f"{report}/links", form(expires="7d", **choices), **FORM)
        assert made.status == 303, (made.status, re.findall(r"role=.alert.[^<]*<[^<]*", made.text))
        shown = self.ask("links", "GET", made.headers["Location"]).text
        token = re.findall(r"/s/([\w-]{20,})", shown)[0]
        self.links.append(token)
        cookie = ""
        if passphrase := choices.get("passphrase"):
            self.ask("locked link", "GET", f"/s/{token}")
            self.ask("locked link", "POST", f"/s/{token}", form(passphrase=f"x{passphrase}"), **FORM)
            time.sleep(1)  # attempts are slowed down
            opened = self.ask("locked link", "POST", f"/s/{token}", form(passphrase=passphrase), **FORM)
            cookie = opened.headers.get("Set-Cookie", "").partition(";")[0]
        for page in (f"/s/{token}", f"/s/{token}/report.md"):
            self.crawl(place, page, FOR_READERS, cookie)


def _family(kind: str) -> str:
    return re.sub(r"/(reports|previews|s|uploads)/[\w-]{8,}", r"/\1/ID", kind) if "/rules/" not in kind else "/rules/ID"


@contextmanager
def watched(server: Served, collection: Collection) -> Iterator[None]:
    """Look again and again into the temporary folder and at the arguments of the processes, which all users can see."""
    end = threading.Event()

    def look() -> None:
        while not end.wait(0.01):
            collection.add_folder("temporary folder", server.temporary)
            for process in server.children():
                with suppress(OSError):
                    collection.add("arguments of processes", Path(f"/proc/{process}/cmdline").read_bytes())

    watcher = threading.Thread(target=look)
    watcher.start()
    try:
        yield
    finally:
        end.set()
        watcher.join()
