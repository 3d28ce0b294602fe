"""Stands in for the analysis process: what it answers is written at the start of the file it is given."""

from __future__ import annotations

import sys
import time

from harinspect.web.messages import Finished, Progress, Refused, encode
from tests.page_fixtures import full_report


def answer(head: bytes, name: str) -> bytes:
    if head.startswith(b'{"log"'):
        return encode(Finished((full_report(name=name),)))
    if head.startswith(b"two"):
        return encode(Finished((full_report(name=f"1-{name}"), full_report(name=f"2-{name}"))))
    if head.startswith(b"none"):
        return encode(Finished(()))
    if head.startswith(b"cut"):
        return encode(Refused("never read to its end"))[:-4]
    return encode(Refused("This is not a HAR file."))


def main() -> None:
    head = sys.stdin.buffer.read(40)
    sys.stdout.buffer.write(encode(Progress(40, 100)))
    sys.stdout.buffer.flush()
    if head.startswith(b"slow"):
        time.sleep(60)
    sys.stdout.buffer.write(answer(head, sys.argv[1]))


main()
