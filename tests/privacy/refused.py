"""Recordings in which every request that hides a canary was refused, so that the report tells of it in full."""

from __future__ import annotations

import copy
import io
import json
import re
import zipfile
from functools import partial
from pathlib import Path
from typing import Any

from msgspec import Struct

from tests.privacy.canaries import Plant, jwt, spellings
from tests.privacy.odd_places import ALL as PLACES

CASES = ("lower", "upper", "mixed")
STATUSES = (403, 403, 403, 401, 407, 429, 451)
HOST = re.compile(r"(//(?:[^/@?#]*@)?)[^/?#]+")
NAMES = {  # of files: what may stand in them
    "opaque": lambda plant: f"export-{plant.secret()}.har",
    "e-mail": lambda plant: f"{plant.email()}.har",
    "token": lambda plant: f"https___a.example_cb_token={plant.secret()}.har",
    "JWT": lambda plant: f"{jwt({'sub': plant.secret()}, plant.secret())}.har",
    "card": lambda plant: f"card {plant.card()}.har",
}


class Recording(Struct):
    """A recording as it is sent, under a name of its own, and the canaries of both."""

    name: str
    content: bytes
    planted: dict[str, str]


def refused(source: Path, seed: int, case: int) -> Recording:
    """With an entry more for every place, all names in this case; each at a host of its own, as a story of its own."""
    log: Any = json.loads(source.read_text(encoding="utf-8"))["log"]
    plant, usual = Plant(seed), list(log["entries"])
    for number, (name, hide) in enumerate(sorted(PLACES.items())):
        plant.place = f"{name}, {CASES[case]} case"
        entry = copy.deepcopy(usual[number % len(usual)])
        _refuse(entry, STATUSES[number % len(STATUSES)])
        hide(entry, log, plant, partial(_spelt, case))
        entry["request"]["url"] = HOST.sub(rf"\1h{number}.example", entry["request"]["url"], count=1)
        log["entries"].append(entry)
    plant.place = "name of the file"
    name = list(NAMES.values())[seed % len(NAMES)](plant)
    return Recording(name, json.dumps({"log": log}, ensure_ascii=seed % 2 == 0).encode(), plant.planted)


def zipped(recording: Recording, seed: int) -> Recording:
    """The same in an archive, whose members have canaries in their names too."""
    plant = Plant(seed)
    plant.place = "name of a member of an archive"
    members = [f"{plant.secret()}/{made(plant)}" for made in NAMES.values()]
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(members[0], recording.content)
        archive.writestr(members[1], b'{"log": ' + plant.secret().encode())
    return Recording(recording.name.removesuffix(".har") + ".zip", packed.getvalue(), recording.planted | plant.planted)


def cut(recording: Recording) -> Recording:
    """The first half of it."""
    return Recording(f"cut {recording.name}", recording.content[: len(recording.content) // 2], recording.planted)


def broken(seed: int) -> Recording:
    """No HAR at all."""
    plant = Plant(seed)
    plant.place = "a file that is no HAR"
    text = f"Dear {plant.word()}, token={plant.secret()}, {plant.secret()} {plant.email()}"
    return Recording(f"{plant.secret()}.txt", text.encode(), plant.planted)


def _refuse(entry: Any, status: int) -> None:
    entry["response"] |= {"status": status, "statusText": "", "redirectURL": ""}
    entry["response"].pop("_error", None)
    entry["response"].setdefault("headers", [])
    entry["response"]["headers"].append({"name": "Server", "value": "nginx"})


def _spelt(which: int, name: str) -> str:
    return list(spellings(name))[which]
