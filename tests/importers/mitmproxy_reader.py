"""What mitmproxy reads of the HARs whose paths come on stdin, one a line; as JSON, the flows of each and its refusals.

Runs in an environment of mitmproxy's own. It gives up a file at the first entry that it refuses, so that the entries
of such a file are then read one by one.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from mitmproxy.exceptions import FlowReadException
from mitmproxy.io import FlowReader
from mitmproxy.io.har import request_to_flow


def read(path: Path) -> dict[str, object]:
    """`flows`: how many; `refused`: the entries that are none to mitmproxy, by index, and why."""
    try:
        with path.open("rb") as file:
            return {"flows": sum(1 for _ in FlowReader(file).stream()), "refused": {}}
    except FlowReadException:
        entries = json.loads(path.read_bytes())["log"]["entries"]
    refused = {str(index): why for index, entry in enumerate(entries) if (why := refusal(entry))}
    return {"flows": len(entries) - len(refused), "refused": refused}


def refusal(entry: dict[str, object]) -> str:
    try:
        request_to_flow(entry)
    except Exception as error:  # whatever it is, the reader makes of it that the file is not valid
        return f"{type(error).__name__}: {error}"
    return ""


print(json.dumps({line: read(Path(line)) for line in sys.stdin.read().splitlines()}))
