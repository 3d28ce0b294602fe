"""Bodies as text: out of JSON, out of base64, out of their character set."""

from __future__ import annotations

import binascii
import re
from functools import lru_cache
from typing import Final

import msgspec

from harinspect.har.salvage import clean_text, loose_json
from harinspect.har.schema import ContentJson, is_null, text_decoder

ERROR_HEAD: Final = 64 << 10
HTML_LIMIT: Final = 256 << 10
POST_HEAD: Final = 64 << 10
_HTML = ("text/html", "application/xhtml")
_CHARSET = r'(?ai)charset\s*=\s*"?([\w.:-]+)'
_NUL = "\0"


def raw_text(raw: msgspec.Raw) -> str | None:
    """The string that a raw JSON value is; None where it is null or missing."""
    if is_null(raw):
        return None
    try:
        return text_decoder.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return _loose_text(bytes(raw))


def _loose_text(data: bytes) -> str | None:
    try:
        value, _ = loose_json(data)
    except (ValueError, RecursionError):
        return None
    return clean_text(value if isinstance(value, str) else data.decode("utf-8", "replace"))


@lru_cache(maxsize=256)  # a recording has a few dozen media types
def is_html(mime_type: str) -> bool:
    """Whether the media type is that of a document."""
    return mime_type.lower().startswith(_HTML)


def content_text(content: ContentJson, mime_type: str) -> str | None:
    """The response body, decoded; None where the file has none or where it is no text."""
    return decoded(raw_text(content.text), content.encoding, mime_type)


def decoded(text: str | None, encoding: str | None, mime_type: str) -> str | None:
    """The text behind an optional base64 encoding. What is neither valid nor text comes back as None."""
    if not text or (encoding or "").lower() != "base64":
        return text
    try:
        data = binascii.a2b_base64(text)
    except (binascii.Error, ValueError):
        return text
    return _characters(data, mime_type)


def _characters(data: bytes, mime_type: str) -> str | None:
    named = re.search(_CHARSET, mime_type)
    for charset in (named.group(1) if named else "utf-8", "utf-8"):
        try:
            text = data.decode(charset)
        except (LookupError, ValueError):
            continue
        return None if _NUL in text[:512] else text
    return data.decode("latin-1") if named or is_html(mime_type) else None
