"""A HAR written anew with its texts changed: every member is visited, also those that no standard names.

HAR 1.2 (http://www.softwareishard.com/blog/har-12-spec/), with what browsers add under names that begin with "_".
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Final, Protocol

import msgspec

from harinspect.har.bodies import decoded
from harinspect.har.entries import EntryWalk, Run, Walk
from harinspect.har.envelope import read_log
from harinspect.har.model import NotHar
from harinspect.har.plain import PlainFile
from harinspect.har.required import Json, completed, completed_page, completed_program, conforming
from harinspect.har.salvage import REFUSED, clean, loose_json
from harinspect.har.urls import target, with_marks
from harinspect.har.window import Window

END: Final = b"\n]}}\n"
NO_TEXT: Final = "The body was no text and is left out."
DEEPEST: Final = 64  # levels of objects within objects that are written; what lies deeper is left out
WINDOW: Final = 1 << 18  # bytes: about as much is in memory as objects at a time
LONG_NUMBER: Final = 10**7  # a number from here on may be an account, a card or a telephone
LONG_MEASURE: Final = 10**12  # bytes or milliseconds: 30 years; what is more is no measure and is left out
NUMBERS: Final = frozenset(
    "size compression bodySize headersSize status blocked dns ssl connect send wait receive onContentLoad onLoad"
    " _transferSize".split()
)
URLS: Final = frozenset({"url", "redirectURL", "documentURL", "sourceURL", "sourceMapURL"})
ADDRESSES: Final = frozenset(
    {"serverIPAddress", "_serverIPAddress", "remoteAddress", "_remoteIPAddress", "_remoteAddress", "_clientAddress"}
)
MEASURES: Final = frozenset({"scriptId", "time", "_requestTime", "_issueTime", "_startTime", "_connectTime"})
TEXTS: Final = frozenset({"text", "data", "payloadData"})
WORDS: Final = frozenset(  # short texts of the format and of those that browsers add
    "method httpVersion statusText startedDateTime mimeType pageref id connection type path domain expires sameSite"
    " encoding version name lastAccess eTag fileName contentType functionName description _priority _resourceType"
    " _error _failureText _fulfilledBy _fetchType _securityState _fromCache _fetchedViaServiceWorker _cacheName"
    " _responseCacheStorageCacheName _serviceWorkerResponseSource _blockedReason _connectionId _initialPriority"
    " _expires _protocol scriptId requestId debuggerId time _ttfb _isLinkPreload serverPort".split()
)
PLACES: Final = frozenset(  # objects, lists and numbers of the same
    "log creator browser pages pageTimings entries request response headers cookies queryString postData params"
    " content cache beforeRequest afterRequest timings onContentLoad onLoad blocked dns ssl connect send wait receive"
    " size compression bodySize headersSize status httpOnly secure hitCount opcode comment title value stack callFrames"
    " parent parentId lineNumber columnNumber _initiator _webSocketMessages _transferSize _blocked_queueing"
    " _blocked_proxy _workerStart _workerReady _workerFetchStart _workerRespondWithSettled _was_pushed _fromDiskCache"
    " _initiator_detail _charlesStatus".split()
)
KNOWN: Final = URLS | ADDRESSES | MEASURES | TEXTS | WORDS | PLACES

INNER: Final = (dict, list)  # what is made but once
NUMBER: Final = (int, float)

Change = Callable[[str, str], str]
Text = Callable[[str], str | msgspec.Raw]


class Changes(Protocol):
    """What becomes of each kind of text. `name`: of the header, cookie, parameter or member that it stands in."""

    def url(self, text: str) -> str: ...
    def header(self, name: str, value: str) -> str: ...
    def cookie(self, name: str, value: str) -> str: ...
    def parameter(self, name: str, value: str) -> str: ...
    def address(self, text: str) -> str: ...
    def text(self, text: str) -> str | msgspec.Raw:
        """A body or a message, or the JSON of it."""
        ...

    def word(self, name: str, text: str) -> str:
        """A short text of the format: a method, a status text, a title."""
        ...

    def unknown(self, text: str) -> str:
        """A text in a place that no standard has."""
        ...

    def key(self, name: str) -> str:
        """The name of a member that no standard has."""
        ...


def outline(file: PlainFile) -> Walk:
    """Where the entries are, and what stands around them. Raises NotHar where the file has no list of entries."""
    walker = EntryWalk(Window(file, size=WINDOW), lambda entries, first: None)
    if not walker.find_entries():
        raise NotHar("The file is not a HAR: it has no list of requests.")
    return walker.read()


def write_head(walk: Walk, changes: Changes, write: Callable[[bytes], object], comment: str) -> None:
    """All that stands before the entries."""
    head = Rewriter(changes).members(_log(read_log(walk.head, walk.tail))) | {"comment": comment}
    write(b'{"log":' + msgspec.json.encode(head)[:-1] + b',"entries":[')


def write_entries(file: PlainFile, runs: Iterable[Run], changes: Changes, write: Callable[[bytes], object]) -> int:
    """Write the entries of these runs, with a line feed before and a comma between them; how many they are."""
    rewriter = Rewriter(changes)
    count = 0
    for run in runs:
        entries = _entries(file, run)
        entries.reverse()
        while entries:  # what is written is let go of
            entry = conforming(rewriter.members(completed(entries.pop())))
            write((b",\n" if count else b"\n") + msgspec.json.encode(entry))
            count += 1
    return count


def first_url(file: PlainFile, walk: Walk) -> str:
    """The address of the first request, "" where there is none."""
    entry = next((one for run in walk.runs[:1] for one in _entries(file, run)), Json())
    request = entry.get("request")
    url = request.get("url") if isinstance(request, dict) else ""
    return url if isinstance(url, str) else ""


def _log(found: Json) -> Json:
    log = {name: value for name, value in found.items() if name != "entries"}
    programs: Json = {"creator": completed_program("creator", log)}
    if log.pop("browser", None):
        programs["browser"] = completed_program("browser", found)
    pages = log.pop("pages", None)
    if isinstance(pages, list):
        log["pages"] = [completed_page(page) for page in pages if isinstance(page, dict)]
    return log | {"version": "1.2"} | programs


def _entries(file: PlainFile, run: Run) -> list[Json]:
    data = file.slice(run.offset - 1, run.length + 2)
    # what stands around a run, be it a comma or white space, becomes the brackets of a list
    data[0:1], data[run.length + 1 :] = b"[", b"]"
    try:
        found: list[Json] = msgspec.json.decode(data)
    except REFUSED:  # a run of one: only sound entries are taken together
        sole = clean(loose_json(bytes(data[1:-1]))[0])
        return [sole] if isinstance(sole, dict) else []
    return found


class Rewriter:
    """Applies changes to parsed JSON."""

    def __init__(self, changes: Changes) -> None:
        self._changes = changes
        self._depth = 0
        self._strange = False
        self._anywhere: Mapping[str, Text] = {
            **dict.fromkeys(URLS, changes.url),
            **dict.fromkeys(ADDRESSES, changes.address),
            **dict.fromkeys(TEXTS, changes.text),
        }
        words = {name: partial(changes.word, name) for name in WORDS | {"title"}}
        self._known: Mapping[str, Text] = dict.fromkeys(PLACES, changes.unknown) | words | self._anywhere
        self._pairs: Mapping[str, Change] = {
            "headers": changes.header,
            "cookies": changes.cookie,
            "queryString": changes.parameter,
            "params": changes.parameter,
        }

    def members(self, found: Json) -> Json:
        """An object with all its members changed, in their order."""
        changed: Json = {}
        for name, value in found.items():
            if self._strange or name not in KNOWN:
                changed[self._changes.key(name)] = self._unknown(name, value)
            elif isinstance(value, str):  # the usual one by far
                changed[name] = self._known[name](value)
            else:
                changed[name] = self._value(name, value)
        if "headersSize" in changed:
            changed["headersSize"] = _size(found, changed)
        return changed

    def _unknown(self, name: str, value: object) -> object:
        before, self._strange = self._strange, True
        changed = self._value(name, value)
        self._strange = before
        return changed

    def _value(self, name: str, value: object) -> object:
        if isinstance(value, str):
            return self._text(name, value)
        if isinstance(value, INNER):
            return self._inner(name, value)
        return self._number(name, value)

    def _text(self, name: str, value: str) -> str | msgspec.Raw:
        known = self._anywhere if self._strange else self._known
        return known.get(name, self._changes.unknown)(value)

    def _inner(self, name: str, value: Json | list[object]) -> object:
        """One level deeper, as far as there is room."""
        if self._depth >= DEEPEST:
            return None
        self._depth += 1
        try:
            return self._object(name, value) if isinstance(value, dict) else self._list(name, value)
        finally:
            self._depth -= 1

    def _list(self, name: str, values: list[object]) -> list[object]:
        change = self._pairs.get(name)
        return [self._pair(one, change) if change else self._value(name, one) for one in values]

    def _object(self, name: str, found: Json) -> Json:
        if name in ("content", "postData") and found.get("encoding"):
            found = _as_text(found)
            if "text" not in found:
                empty = {"text": ""} if name == "postData" else {}  # which the format demands there
                return self.members(found) | empty | {"comment": NO_TEXT}
        change = self._pairs.get(name)
        if change and "name" not in found:  # some exporters write an object where the format has a list
            return {
                key: change(key, one) if isinstance(one, str) else self._unknown(key, one) for key, one in found.items()
            }
        return self.members(found)

    def _pair(self, pair: object, change: Change) -> object:
        """A header, cookie or parameter: its value is changed by its name, what else it has as any text."""
        if not isinstance(pair, dict):
            return self._value("", pair)
        name, value = pair.get("name"), pair.get("value")
        if not isinstance(name, str) or not isinstance(value, str):
            rest = self.members({key: one for key, one in pair.items() if key != "value"})
            return rest | ({"value": self._unknown("value", value)} if "value" in pair else {})
        if len(pair) == 2:  # the usual one by far
            return {"name": self._text("name", name), "value": change(name, value)}
        return self.members({key: one for key, one in pair.items() if key != "value"}) | {"value": change(name, value)}

    def _number(self, name: str, value: object) -> object:
        if not isinstance(value, NUMBER) or -LONG_NUMBER < value < LONG_NUMBER or name in MEASURES:
            return value
        if name in NUMBERS:
            return value if abs(value) < LONG_MEASURE else -1
        text = str(value)
        changed = self._changes.unknown(text)
        return value if changed == text else changed


def _as_text(body: Json) -> Json:
    """A body out of base64; one that is no text is left out."""
    text, encoding, mime_type = body.get("text"), body.get("encoding"), body.get("mimeType")
    if not isinstance(text, str) or not isinstance(encoding, str) or not encoding:
        return body
    plain = decoded(text, encoding, mime_type if isinstance(mime_type, str) else "")
    rest = {name: value for name, value in body.items() if name not in ("text", "encoding")}
    return rest | ({} if plain is None else {"text": plain})


def resize(before: Json, after: Json) -> None:
    """Bring the headersSize of an entry's messages in line with what became of their headers."""
    for name in ("request", "response"):
        was, now = before.get(name), after.get(name)
        if isinstance(was, dict) and isinstance(now, dict) and "headersSize" in was:
            now["headersSize"] = _size(was, now)


def _size(before: Json, after: Json) -> object:
    """headersSize such that the lines which the recording lacks still show as what is missing from it."""
    size = before["headersSize"]
    if not isinstance(size, int) or size <= 0:
        return size
    return max(size + _lines(after) - _lines(before), 0)


def _lines(message: Json) -> int:
    """Characters, as whoever reads the size counts them, of what may change: target, reason, names and values."""
    url, reason, headers = message.get("url"), message.get("statusText"), message.get("headers")
    texts = [target(with_marks(url.partition("#")[0])) if isinstance(url, str) else "", reason]
    for pair in headers if isinstance(headers, list) else []:
        texts += [pair.get("name"), pair.get("value")] if isinstance(pair, dict) else []
    return sum(len(text) for text in texts if isinstance(text, str))
