"""Free text, as in bodies and headers: secrets beside a telling name in JSON, forms, markup, scripts, and bare ones."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final
from urllib.parse import unquote

from harinspect.redaction import credentials, names, shapes
from harinspect.redaction.credentials import Mask
from harinspect.redaction.marks import CLOSE, OPEN

Found = re.Match[str]

_JSON: Final = re.compile(
    r"(?P<front>\"(?P<name>[^\"\\\n]{1,64})\"\s{0,8}:\s{0,8})"
    r"(?:\"(?P<value>(?:\\.|[^\"\\]){1,16384})(?:\"|\\?\Z)|(?P<number>-?\d[\d.]{2,30}))",
    re.DOTALL,
)
_LIST: Final = re.compile(
    r"(?P<front>\"(?P<name>[^\"\\\n]{1,64})\"\s{0,8}:\s{0,8}\[\s{0,8}\")(?P<value>[^\]{}]{1,16384})(?=\"\s{0,8}\]|\Z)"
)
_ESCAPED: Final = re.compile(  # JSON within a JSON string
    r"(?P<front>(?P<slash>\\{1,7})\"(?P<name>[^\"\\\n]{1,64})(?P=slash)\"\s{0,8}:\s{0,8}(?P=slash)\")"
    r"(?P<value>(?:(?!(?P=slash)\")[\s\S]){1,8192})(?=(?P=slash)\"|\Z)"
)
_NAMED_VALUE: Final = re.compile(
    r"(?P<front>\"(?:name|key|id|field)\"\s{0,8}:\s{0,8}\"(?P<name>[^\"\\\n]{1,64})\"\s{0,8},\s{0,8}\"value\"\s{0,8}:\s{0,8}\")"
    r"(?P<value>(?:\\.|[^\"\\]){1,16384})(?=\"|\\?\Z)",
    re.DOTALL,
)
_ASSIGNED: Final = re.compile(
    r"(?P<front>(?<![\w$-])(?P<name>[A-Za-z_$][\w$.-]{0,63})\s{0,4}[:=]\s{0,4})(?P<quote>[\"'`])"
    r"(?P<value>(?:\\.|(?!(?P=quote))[^\\\n]){1,8192})(?:(?P=quote)|\Z)"
)
_PAIR_NAME: Final = re.compile(r"(?<![\w.%-])(?P<name>[A-Za-z_][\w.\[\]%-]{0,63})(?P<is>=|[ \t]?:[ \t]{0,4})")
_FORM_VALUE: Final = re.compile(r"[^&\s\"'<>;,`\\]{1,65536}")
_COLON_VALUE: Final = re.compile(r"(?=[^\s\"'<>;,&]{0,200}\d)[^\s\"'<>;,&]{6,4096}")  # a word of prose has no digit
_MULTIPART: Final = re.compile(
    r"(?P<front>\bname=\"(?P<name>[^\"\r\n]{1,64})\"[^\r\n]{0,200}\r?\n(?:[^\r\n]{1,500}\r?\n){0,8}\r?\n)(?P<value>[^\r\n]{1,65536})"
)
_TAG: Final = re.compile(r"<(?:input|meta|param|option)\b[^<>]{1,4000}(?:>|\Z)", re.IGNORECASE)
_TAG_NAME: Final = re.compile(r"\b(?:name|id|property)\s*=\s*[\"']?(?P<name>[^\"'\s>]{1,64})", re.IGNORECASE)
_TAG_VALUE: Final = re.compile(
    r"(?P<front>\b(?:value|content)\s*=\s*)(?P<quote>[\"']?)(?P<value>[^\"'>]{1,4000})", re.IGNORECASE
)
_ELEMENT: Final = re.compile(
    r"(?P<front><(?P<name>[A-Za-z][\w:.-]{0,63})(?:\s[^<>]{0,200})?>)(?P<value>[^<]{1,65536})(?=</|\Z)"
)
_MARKED: Final = re.compile(rf"(?i:\b(?:bearer|basic|token)\s+)?{OPEN}[^{OPEN}{CLOSE}]*{CLOSE}")
_BESIDE: Final = (  # a text needs one of these to be searched at all
    (('"',), _JSON),
    (("[",), _LIST),
    (('\\"',), _ESCAPED),
    (('"value"',), _NAMED_VALUE),
    (('"', "'", "`"), _ASSIGNED),
    (("name=",), _MULTIPART),
    (("<",), _ELEMENT),
)
_HARMLESS: Final = re.compile(r"[\w.~ /;,*+()-]{0,11}")  # too short for any shape, and no name beside a value
_URL: Final = re.compile(
    r"\b(?:https?|wss?|ftp)://[^\s\"'<>\\`)\]}]{1,4096}|\bdata:[\w/+.-]{3,60};base64,[A-Za-z0-9+/=%]{16,}", re.I
)


def masked(text: str, mask: Mask, url: Callable[[str], str], *, identifiers: bool = False) -> str:
    """The text with its secrets masked. `identifiers`: it is an identifier by its name; random runs stay."""
    if _HARMLESS.fullmatch(text):
        return text
    text = shapes.PEM.sub(lambda m: mask("pem", m[0]), text) if "-----BEGIN" in text else text
    text = _URL.sub(lambda m: url(m[0]), text) if "//" in text or "," in text else text
    text = shapes.JWT.sub(lambda m: mask("jwt", m[0]), text) if "eyJ" in text else text
    text = _named(text, mask)
    if shapes.LONG.search(text):
        text = shapes.BEARER.sub(lambda m: _bearer(m, mask), text)
        text = shapes.LONG.sub(lambda run: shapes.KEY.sub(lambda m: mask("key", m[0]), run[0]), text)
    if "@" in text or "%40" in text:
        text = shapes.EMAIL.sub(lambda m: mask("email", m[0]), text)
    return text if identifiers or not shapes.LONGER.search(text) else shapes.RUN.sub(lambda m: _run(m, mask), text)


def _named(text: str, mask: Mask) -> str:
    text = _pairs(text, mask) if "=" in text or ":" in text else text
    for needs, pattern in _BESIDE:
        if any(part in text for part in needs):
            text = pattern.sub(lambda m: _beside(m, mask), text)
    return _TAG.sub(lambda m: _tag(m, mask), text) if "<" in text else text


def _pairs(text: str, mask: Mask) -> str:
    """`name=value` and `name: value`, also within the value of another: `url=/x?token=1`."""
    shown, end = "", 0
    for found in _PAIR_NAME.finditer(text):
        name = unquote(found["name"])
        if found.start() < end or not (names.is_secret(name) or names.is_weakly_secret(name)):
            continue
        value = (_FORM_VALUE if found["is"] == "=" else _COLON_VALUE).match(text, found.end())
        if value and _hides(name, value[0]):
            shown += text[end : found.end()] + _shown(name, value[0], mask)
            end = value.end()
    return shown + text[end:]


def _beside(found: Found, mask: Mask) -> str:
    group = "number" if found.groupdict().get("number") else "value"
    name, value = found["name"], found[group]
    if not _hides(name, value):
        return found[0]
    start, end = (place - found.start() for place in found.span(group))
    shown = _shown(name, value, mask)
    return found[0][:start] + (f'"{shown}"' if group == "number" else shown) + found[0][end:]


def _shown(name: str, value: str, mask: Mask) -> str:
    """A header quoted in a text keeps its structure, as it would in place."""
    header = names.words(name)[-1:]
    if header == ("authorization",):
        return credentials.authorization(value, mask)
    return credentials.cookie(value, mask) if header == ("cookie",) else mask(names.kind(name), value)


def _hides(name: str, value: str) -> bool:
    rest = _MARKED.sub("", value).strip()
    if not rest:  # nothing, or nothing but marks
        return False
    if names.is_secret(name):
        return True
    return names.is_weakly_secret(name) and len(rest) >= 16 and " " not in rest and any(c.isdigit() for c in rest)


def _tag(found: Found, mask: Mask) -> str:
    name = _TAG_NAME.search(found[0])
    if name is None or not names.is_secret(name["name"]):
        return found[0]
    kind = names.kind(name["name"])
    return _TAG_VALUE.sub(lambda m: m["front"] + m["quote"] + mask(kind, m["value"]), found[0])


def _bearer(found: Found, mask: Mask) -> str:
    value = found["value"]
    if not any(c.isdigit() for c in value):  # "Bearer authentication is required"
        return found[0]
    return found[0][: found.start("value") - found.start()] + mask("token", value)


def _run(found: Found, mask: Mask) -> str:
    before = found.string[max(0, found.start() - 64) : found.start()]
    if shapes.NAMED_ID.search(before) or not shapes.is_random(found[0].rstrip("=")):
        return found[0]
    return mask("random", found[0])
