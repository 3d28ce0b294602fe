"""What a process that analyses or redacts tells the page, one length-prefixed MessagePack message after another."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from typing import BinaryIO

import msgspec

from harinspect.report.model import Report

PREFIX = 8  # bytes of the length, big endian
STDOUT = 1
GZIP = 31  # what zlib calls the format of the parts: `wbits`


class Progress(msgspec.Struct, frozen=True, tag=True):
    """How many bytes of how many have been read."""

    done: int
    total: int


class Refused(msgspec.Struct, frozen=True, tag=True):
    """The input cannot be used, in one sentence for a person."""

    why: str


class Finished(msgspec.Struct, frozen=True, tag=True):
    reports: tuple[Report, ...]


class Part(msgspec.Struct, frozen=True, tag=True):
    """A part of a redacted recording, which is one gzip file (RFC 1952)."""

    content: bytes


class Written(msgspec.Struct, frozen=True, tag=True):
    """The redacted recording is complete: so many bytes, unpacked, with so many requests. The next one may follow.

    `caution`: one sentence for whoever passes it on, or "".
    """

    bytes: int
    entries: int
    caution: str = ""


class Unwritten(msgspec.Struct, frozen=True, tag=True):
    """This recording could not be redacted, in one sentence; its parts so far are void. The next one may follow."""

    why: str


Message = Progress | Refused | Finished | Part | Written | Unwritten

_decoder: msgspec.msgpack.Decoder[Message] = msgspec.msgpack.Decoder(Message)


def encode(message: Message) -> bytes:
    payload = msgspec.msgpack.encode(message)
    return len(payload).to_bytes(PREFIX, "big") + payload


def teller(out: BinaryIO) -> Callable[[Message], None]:
    """Writes each message at once."""

    def tell(message: Message) -> None:
        out.write(encode(message))
        out.flush()

    return tell


def own_output() -> BinaryIO:
    """Standard output, for messages alone. It has a buffer of its own: Python may have been told to use none (`-u`),
    and then a signal cuts off what is being written.
    """
    sys.stdout = sys.stderr  # a stray print must not break the messages
    return os.fdopen(STDOUT, "wb", closefd=False)


def decode(payload: bytes) -> Message:
    return _decoder.decode(payload)
