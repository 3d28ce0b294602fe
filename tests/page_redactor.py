"""Stands in for the redacting process: what it tells is written at the start of the file it is given."""

from __future__ import annotations

import gzip
import sys
import time
from collections.abc import Iterator

from harinspect.web.messages import Finished, Message, Part, Refused, Unwritten, Written, encode
from tests.page_fixtures import REDACTED, clear_report, full_report

ENTRIES = full_report().source.entries


def messages(head: bytes, mode: str) -> Iterator[Message]:
    if mode == "report":
        yield Finished((clear_report(),))
    elif b"refused" in head:
        yield Refused("It cannot be redacted.")
    elif b"astray" in head:
        yield Finished(())
    elif b"cut" not in head:
        yield from recordings(head)


def recordings(head: bytes) -> Iterator[Message]:
    for number in range(2 if head.startswith(b"two") else 1):
        packed = gzip.compress(REDACTED)
        yield from (Part(packed[:10]), Part(packed[10:]))
        if b"failed" in head or (number and b"half" in head):
            yield Unwritten("It could not be masked.")
        else:
            yield Written(len(REDACTED), ENTRIES - (b"other" in head))


def main() -> None:
    head = sys.stdin.buffer.read(40)
    if b"lasting" in head:
        time.sleep(60)
    for message in messages(head, sys.argv[1]):
        sys.stdout.buffer.write(encode(message))


main()
