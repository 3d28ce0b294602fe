"""A file that is refused where its neighbours are not: rights in the file system, or a rule that names it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from harinspect.har.model import Exchange
from harinspect.inspecting import Basis, Evidence, Inspector, Verdict, admin, user
from harinspect.traffic.contrast import differences
from harinspect.traffic.model import Denial
from harinspect.wire.regexes import regex

inspector = Inspector(__name__)
FILE = regex(r"\.[a-z0-9]{2,5}$", re.IGNORECASE)

RIGHTS = inspector.rule(
    "file-permissions",
    cause="server.file-permissions",
    title="One file is refused, and its neighbours are not",
    why="`{path}` was refused by the web server, and `{twin}` in the same folder was given out to the same kind of "
    "request. Either the server may not read this file, or a rule names it.",
    responsible="server-config",
    fixes=(
        admin("Let the server's user read the file and enter its folders (`namei -l` shows the rights).", "easy"),
        user("Tell the owner of the site which file was refused.", "easy"),
    ),
    refs=("https://httpd.apache.org/docs/2.4/howto/access.html",),
)


@inspector.check
def one_file_of_many(denial: Denial) -> Iterator[Verdict]:
    """A file refused by a page in place of it, while a file beside it of the same kind passed in the same way."""
    exchange, url = denial.exchange, denial.traffic.urls.get(denial.exchange.index)
    kind = FILE.search(url.path) if url else None
    if url is None or kind is None or exchange.status != 403 or not _is_a_page(exchange):
        return
    for twin in denial.allowed_at_host:
        path = denial.traffic.urls[twin.index].path
        beside = path.rpartition("/")[0] == url.path.rpartition("/")[0] and path.endswith(kind[0]) and path != url.path
        if beside and twin.status < 300 and all(d.part == "request.url" for d in differences(exchange, twin)):
            here = Evidence(exchange.index, "request.url", value=exchange.url, note="refused")
            there = Evidence(twin.index, "request.url", value=twin.url, note="given out")
            yield RIGHTS.found(Basis.CIRCUMSTANCE, here, there, path=url.path, twin=path)
            return


def _is_a_page(exchange: Exchange) -> bool:
    """An answer in HTML to a request for something else: the web server's, not the application's."""
    said = exchange.response.mime_type + exchange.response.headers.text("content-type")
    made = "x-powered-by" in exchange.response.headers or exchange.resource_type == "document"
    return "text/html" in said and not made
