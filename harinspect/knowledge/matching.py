"""Does one record hit one answer? Every kind of pattern that a record gives must hold; the clues say where."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from harinspect.knowledge.patterns import Pattern
from harinspect.knowledge.readings import Clue, Reading, Said, members
from harinspect.knowledge.records import Presence, Record

EXCERPT = 200  # characters of a body around what was found

FILLERS = frozenset(
    "a an the is are was were has have been be your this that error err forbidden access request code".split()
)
STATES = frozenset(  # what may stand beside a single word that is a reason by itself
    """
    blocked by check control denied detected exceeded failed invalid limit missing needed policy protection reached
    reason required validation verification violation
    """.split()
)

Clues = tuple[Clue, ...]
Condition = Callable[[Record, Reading], Clues | None]


def hit(record: Record, reading: Reading) -> Clues | None:
    """Where the record hits, () never, None where it does not."""
    if record.statuses and reading.exchange.status not in record.statuses:
        return None
    if record.error and not reading.exchange.error:  # most answers have none
        return None
    clues: list[Clue] = []
    for condition in CONDITIONS:
        found = condition(record, reading)
        if found is None:
            return None
        clues += found
    return tuple(clues) or None


def stands(record: Presence, lines: Iterable[str]) -> Clue | None:
    """Where the responder shows that it stands in the path. `lines`: of the header that may show it."""
    if record.cookie:
        names = (line.partition("=")[0].strip() for line in lines)
        found = next(filter(record.cookie.search, names), None)
        return None if found is None else Clue("response.cookie", found, "")
    value = ", ".join(lines)
    if record.value and not (record.value.can_hit(value.lower()) and record.value.search(value)):
        return None
    return Clue("response.header", record.header, value)


def _headers(record: Record, reading: Reading) -> Clues | None:
    headers = reading.exchange.response.headers
    clues = []
    for names, pattern in record.headers:
        name = next((name for name in names if name in headers and pattern.search(headers.text(name))), None)
        if name is None:
            return None
        clues.append(Clue("response.header", name, headers.text(name)))
    return tuple(clues)


def _cookie(record: Record, reading: Reading) -> Clues | None:
    if record.set_cookie is None:
        return ()
    for line in reading.exchange.response.headers.all("set-cookie"):
        name = line.partition("=")[0].strip()
        if record.set_cookie.search(name):
            return (Clue("response.cookie", name, ""),)
    return None


def _body(record: Record, reading: Reading) -> Clues | None:
    if not record.body:
        return ()
    found = next(_in_body(record.body, reading), None)
    return None if found is None else (found,)


def _body_all(record: Record, reading: Reading) -> Clues | None:
    found = tuple(_in_body(record.body_all, reading))
    return found if len(found) == len(record.body_all) else None


def _body_none(record: Record, reading: Reading) -> Clues | None:
    return None if any(_in_body(record.body_none, reading)) else ()


def _in_body(patterns: Iterable[Pattern], reading: Reading) -> Iterator[Clue]:
    for pattern in patterns:
        found = pattern.search(reading.text) if pattern.can_hit(reading.lowered) else None
        if found:
            yield Clue("response.body", "", _excerpt(reading.text, found.start(), found.end()))


def _excerpt(text: str, start: int, end: int) -> str:
    """What was found and a little of what follows, at most EXCERPT characters."""
    return text[start : max(start + 80, min(end, start + EXCERPT))]


def _json(record: Record, reading: Reading) -> Clues | None:
    clues = []
    for path, pattern in record.json:
        found = next((value for value in _at(reading.json, path) if pattern.search(value)), None)
        if found is None:
            return None
        clues.append(Clue("response.body", ".".join(path), found[:EXCERPT]))
    return tuple(clues)


def _at(value: object, path: tuple[str, ...]) -> Iterator[str]:
    """The scalars at a dotted path, through any lists on the way."""
    if isinstance(value, list):
        for inner in value[:20]:
            yield from _at(inner, path) if not isinstance(inner, list) else ()
    elif path:
        if isinstance(value, dict) and path[0] in value:
            yield from _at(value[path[0]], path[1:])
    else:
        yield from (text for inner, text in members(value) if not inner)


def _words(record: Record, reading: Reading) -> Clues | None:
    if not record.words:
        return ()
    found = next(_spoken(record, reading), None)
    return None if found is None else (found,)


def _spoken(record: Record, reading: Reading) -> Iterator[Clue]:
    for name in sorted(record.words.keys & reading.keys.keys()):
        yield Clue("response.body", reading.keys[name], "")
    unless = record.words.unless
    labels = [(label, said) for label, said in reading.labels if not unless & label]
    for code in record.words.codes if labels else ():
        yield from (said.clue for label, said in labels if _is_label_of(code, label, said))
    texts = [(lowered, said) for lowered, said in reading.prose if not any(word in lowered for word in unless)]
    for phrase in record.words.phrases if texts else ():
        yield from (clue for lowered, said in texts if (clue := _phrase(phrase, lowered, said)))


def _is_label_of(code: frozenset[str], label: frozenset[str], said: Said) -> bool:
    """The words of a code say it in any order in a label; in a sentence only where little else is said, and a single
    word only with what any refusal may add: "firewall" is a reason, and "may not edit firewall rules" is another.
    """
    if not code <= label:
        return False
    rest = label - code - FILLERS
    return rest <= STATES if len(code) == 1 else len(rest) <= 1 or " " not in said.text


def _phrase(phrase: Pattern, lowered: str, said: Said) -> Clue | None:
    found = phrase.search(said.text) if phrase.can_hit(lowered) else None
    if not found:
        return None
    return said.clue._replace(value=_excerpt(said.text, found.start(), found.end()))


def _url(record: Record, reading: Reading) -> Clues | None:
    return _one(record.url, "request.url", reading.exchange.url)


def _reason(record: Record, reading: Reading) -> Clues | None:
    return _one(record.reason, "response.status", reading.exchange.response.status_text)


def _error(record: Record, reading: Reading) -> Clues | None:
    return _one(record.error, "response.error", reading.exchange.error or "")


def _one(pattern: Pattern | None, part: str, value: str) -> Clues | None:
    if pattern is None:
        return ()
    return (Clue(part, "", value),) if pattern.search(value) else None


CONDITIONS: tuple[Condition, ...] = (
    _headers,
    _error,
    _reason,
    _url,
    _cookie,
    _json,
    _body,
    _body_all,
    _body_none,
    _words,
)
