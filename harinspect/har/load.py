"""From a file, a path or a stream to a `Har`: the door through which all input comes."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from os import PathLike
from typing import BinaryIO

from harinspect.har.containers import Unpacked, unpack
from harinspect.har.credentials import judge
from harinspect.har.draft import Draft, draft
from harinspect.har.entries import CUT, EntryWalk, Walk
from harinspect.har.envelope import Envelope, has_log, read_envelope
from harinspect.har.fields import FieldPool
from harinspect.har.model import Exchange, Har, NotHar, Problem, Source
from harinspect.har.quirks import browser_of, exporter
from harinspect.har.rereading import Bodies
from harinspect.har.schema import EntryJson
from harinspect.har.settling import Settled
from harinspect.har.sources import open_source
from harinspect.har.spool import LIMITS, Limits
from harinspect.har.window import Progress, Window

MAX_NAMED = 100
_SPARED: weakref.WeakSet[Bodies] = weakref.WeakSet()  # by living Hars (get_freeze_count takes long)


def load(
    source: str | PathLike[str] | BinaryIO,
    *,
    name: str | None = None,
    progress: Progress | None = None,
    limits: Limits = LIMITS,
) -> Har:
    """Read the first HAR in `source`; its file stays open as long as the Har lives.

    `progress` is called with bytes read and bytes in all. Raises NotHar where the input cannot be used.
    """
    hars = _hars(source, name, progress, limits)
    har = next(hars)
    if isinstance(har.body, Bodies):
        har.body.held = hars  # the files stay open until nobody holds this Har
    return har


def load_all(
    source: str | PathLike[str] | BinaryIO,
    *,
    name: str | None = None,
    progress: Progress | None = None,
    limits: Limits = LIMITS,
) -> Iterator[Har]:
    """Read every HAR in `source`, of which a zip file may hold several; each is usable until the next is asked for.

    Raises NotHar where the input cannot be used. Members that are no HAR are named in the problems of the next one.
    """
    return _hars(source, name, progress, limits)


def _hars(
    source: str | PathLike[str] | BinaryIO, name: str | None, progress: Progress | None, limits: Limits
) -> Iterator[Har]:
    file, shown = open_source(source)
    is_found = False
    refused: list[Problem] = []
    unpacked = unpack(file, limits)
    try:
        for part in unpacked:
            try:
                har = _read(part, _encodable(part.name or name or shown), file.size, progress, tuple(refused))
            except NotHar as error:
                if not part.name:
                    raise
                refused.append(Problem(part.name, str(error)))
                continue
            is_found, refused = True, []
            ready = [har]
            del har  # a Har may hold this generator: it must not hold the Har
            yield ready.pop()
        if not is_found:
            raise NotHar(f"The archive holds no usable HAR file. {refused[0].what}")
    finally:
        unpacked.close()
        file.close()


def _encodable(name: str) -> str:
    """A file name on disk is bytes: those that are no UTF-8 come as lone surrogates, which nothing can write again."""
    return name.encode("utf-8", "replace").decode()


def _read(part: Unpacked, name: str, size: int, progress: Progress | None, before: tuple[Problem, ...]) -> Har:
    drafts: list[Draft] = []
    pool = FieldPool()

    def take(entries: list[EntryJson], first: int) -> None:
        drafts.extend(draft(entry, index, pool) for index, entry in enumerate(entries, first))

    walker = EntryWalk(Window(part.file, progress), take)
    with _collector_paused():
        if not walker.find_entries():
            raise NotHar(_why_not(walker.walk.head))
        walk = walker.read()
        envelope = read_envelope(walk.head, walk.tail)
        settled = _settle(envelope, drafts, pool)
        exchanges = _exchanges(settled, drafts)
        bodies = Bodies(part.file, walk.runs, walker.between)
        _spare(bodies)
    return Har(
        Source(
            name,
            size,
            settled.exporter.name,
            f"{envelope.creator} {envelope.version}".strip(),
            envelope.browser or _browser(exchanges),
            settled.credentials,
        ),
        exchanges,
        envelope.pages,
        len(walk.lost),
        before + part.problems + tuple(_problems(walk, envelope)),
        bodies,
    )


def _settle(envelope: Envelope, drafts: list[Draft], pool: FieldPool) -> Settled:
    by = exporter(envelope.creator)
    sent, received = pool.sent.digest(), pool.received.digest()
    verdict = judge(by, drafts, sent, received)
    return Settled(
        by,
        verdict.credentials,
        verdict.masked,
        sent.rewritten | received.rewritten,
        not envelope.creator,
        verdict.has_set_cookie,
    )


def _exchanges(settled: Settled, drafts: list[Draft]) -> tuple[Exchange, ...]:
    """The final forms; drafts are given up one by one, so that both never stand in memory."""
    drafts.reverse()
    exchanges: list[Exchange] = []
    while drafts:
        exchanges.append(settled.exchange(drafts.pop()))
    return tuple(exchanges)


def _browser(exchanges: tuple[Exchange, ...]) -> str:
    agents = (exchange.request.headers.text("user-agent") for exchange in exchanges)
    return next((browser for agent in agents if agent and (browser := browser_of(agent))), "")


def _why_not(head: bytes) -> str:
    text = head.removeprefix(b"\xef\xbb\xbf").strip()
    if not text:
        return "The file is empty."
    if b"{" not in text[:4096]:
        return "The file is not a HAR: it is not JSON."
    if not has_log(head):
        return 'The file is not a HAR: it has no "log" object.'
    return 'The file has a "log" but no list of requests ("entries") in it.'


def _problems(walk: Walk, envelope: Envelope) -> Iterator[Problem]:
    for index, why in walk.lost[:MAX_NAMED]:
        yield Problem(f"/log/entries/{index}", _lost(index, why, walk.count - len(walk.lost)))
    if len(walk.lost) > MAX_NAMED:
        yield Problem("/log/entries", f"{len(walk.lost) - MAX_NAMED:,} more requests could not be read.")
    if not walk.closed and not any(why == CUT for _, why in walk.lost):
        yield Problem(
            "/log/entries",
            f"The file ends after request {walk.count:,}, before its list of requests does: later ones may be missing;"
            " ask for a new export.",
        )
    elif walk.closed and not envelope.is_whole:
        yield Problem("/log", "What stands around the list of requests is damaged; all requests were read.")
    elif envelope.has_trailing:
        yield Problem("/", "Something follows the end of the HAR in this file; it was ignored.")


def _lost(index: int, why: str, recovered: int) -> str:
    if why == CUT:
        return (
            f"The file ends in the middle of request {index + 1:,}: {recovered:,} requests were recovered;"
            " ask for a new export."
        )
    return f"Request {index + 1:,} is damaged and could not be read; the others were."


@contextmanager
def _collector_paused() -> Iterator[None]:
    """Nothing here makes cycles: looking for them again and again would cost a third of the time."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def _spare(bodies: Bodies) -> None:
    """Keep what was read from the collector as long as the Har lives: a hundred thousand objects without a cycle."""
    if not _SPARED:
        gc.freeze()
        weakref.finalize(bodies, gc.unfreeze).atexit = False
    _SPARED.add(bodies)
