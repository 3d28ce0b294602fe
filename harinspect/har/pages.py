"""The overview of each page load, by haralyzer fed with entries that are already settled.

haralyzer goes through all entries of a file for each page and each kind of content, parses every date with dateutil,
and loses entries whose page is not listed. So it gets one page at a time, and this page's entries from us, in order:
the way to its document and then one entry for each media type, whose size is that of all.
"""

from __future__ import annotations

import functools
import sys
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from functools import cache
from importlib.util import LazyLoader, find_spec, module_from_spec
from itertools import takewhile
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from harinspect.har.model import Exchange, Har, Page

if TYPE_CHECKING:
    from haralyzer import HarEntry, HarPage

KINDS: Final = ("html", "css", "js", "image", "audio", "video")
OTHER: Final = "other"
MAX_REDIRECTS: Final = 20
_ID: Final = "page"
_EARLIEST: Final = datetime.min.replace(tzinfo=UTC)
_NO_PAGE: Final = Page("", "", None)

Json = dict[str, object]


class PageOverview(Struct, frozen=True):
    """One page load: times in milliseconds, -1 where the file does not tell; `bytes` by kind of content.

    `id` and `title` are empty for the requests that belong to no page of the file.
    """

    id: str
    title: str
    requests: int
    load: float
    first_byte: float
    bytes: Mapping[str, int]


def overview(har: Har) -> tuple[PageOverview, ...]:
    """Each page of the file that has requests, in its order, then the requests that belong to none."""
    pages = {page.id: page for page in reversed(har.pages)}
    grouped: dict[str, list[Exchange]] = {page.id: [] for page in har.pages}
    homeless: list[Exchange] = []
    for exchange in har.exchanges:
        grouped.get(exchange.page or "", homeless).append(exchange)
    found = [_overview(pages[id], exchanges) for id, exchanges in grouped.items() if exchanges]
    return (*found, _overview(_NO_PAGE, homeless)) if homeless else tuple(found)


def _overview(page: Page, exchanges: Sequence[Exchange]) -> PageOverview:
    way = _way_to_document(exchanges) if page is not _NO_PAGE else []
    har_page, har_entry = _haralyzer()
    measured = har_page(_ID, har_data={"log": {"pages": [_page_json(page)], "entries": []}})
    measured.entries = [har_entry(one) for one in (*way, *_sizes(exchanges))]
    sizes = {
        kind: int(measured.get_total_size(measured.filter_entries(content_type=measured.asset_types[kind])))
        for kind in KINDS
    }
    sizes[OTHER] = int(measured.page_size) - sum(sizes.values())
    return PageOverview(
        page.id,
        page.title,
        len(exchanges),
        float(measured.page_load_time),
        float(measured.time_to_first_byte) if way else -1.0,
        {kind: size for kind, size in sizes.items() if size > 0},
    )


@cache
def _haralyzer() -> tuple[type[HarPage], type[HarEntry]]:
    """haralyzer's classes. Loading them takes as long as a small file to analyse, so that happens when it is needed.

    Half of the time went into asyncio, which the package cached_property loads for a class that haralyzer does not use;
    the one it does use is in functools too. Most of the rest went into a parser for dates, and there are none.
    """
    _load_when_used("dateutil", "parser")
    stands_in = sys.modules.setdefault("cached_property", functools) is functools
    from haralyzer import HarEntry, HarPage

    if stands_in:
        del sys.modules["cached_property"]
    return HarPage, HarEntry


def _load_when_used(package: str, name: str) -> None:
    """Let a module be loaded when something of it is asked for (importlib.util.LazyLoader)."""
    full = f"{package}.{name}"
    spec = find_spec(full)
    if full in sys.modules or spec is None or spec.loader is None:
        return
    spec.loader = LazyLoader(spec.loader)
    module = sys.modules[full] = module_from_spec(spec)
    spec.loader.exec_module(module)
    setattr(sys.modules[package], name, module)  # else the import system asks the module, which loads it


def _way_to_document(exchanges: Sequence[Exchange]) -> list[Json]:
    """The page's redirects and the answer they lead to, or nothing where the first request has no answer."""
    ordered = sorted(exchanges, key=lambda one: one.started or _EARLIEST)
    redirects = list(takewhile(lambda one: 300 <= one.status < 400, ordered[:MAX_REDIRECTS]))
    final = ordered[len(redirects) : len(redirects) + 1]
    if not final or final[0].status == 0:
        return []
    return [
        *(_entry("", 0, status=one.status, time=max(one.duration, 0.0)) for one in redirects),
        _entry("", 0, wait=max(final[0].wait, 0.0)),
    ]


def _sizes(exchanges: Iterable[Exchange]) -> list[Json]:
    totals: dict[str, int] = {}
    for exchange in exchanges:
        if exchange.response.body_size > 0:
            mime = exchange.response.mime_type.partition(";")[0].strip().lower()
            totals[mime] = totals.get(mime, 0) + exchange.response.body_size
    return [_entry(mime, size) for mime, size in totals.items()]


def _entry(mime: str, size: int, *, status: int = 200, time: float = 0.0, wait: float = 0.0) -> Json:
    return {
        "time": time,
        "timings": {"wait": wait},
        "request": {"method": "GET", "url": "", "headers": [], "bodySize": 0},
        "response": {"status": status, "headers": [], "bodySize": size, "content": {"mimeType": mime, "size": size}},
    }


def _page_json(page: Page) -> Json:
    timings = {"onContentLoad": page.on_content_load, "onLoad": page.on_load}
    return {"id": _ID, "title": page.title, "startedDateTime": "", "pageTimings": timings}
