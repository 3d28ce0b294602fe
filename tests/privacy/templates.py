"""Places written as templates: ¤name¤ is a name in the spelling that is being tried, and a few marks are canaries."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import quote

from tests.privacy.canaries import Plant
from tests.privacy.places import PLACES, Place, Spell, body

FORM = "application/x-www-form-urlencoded"
CANARIES: Mapping[str, Callable[[Plant], str]] = {
    "§": Plant.secret,
    "§@": Plant.email,
    "§w": Plant.word,
    "§+": Plant.phone,
    "§6": Plant.address_6,
    "§iban": Plant.iban,
    "§IBAN": lambda plant: plant.iban(" "),
    "§d": lambda plant: plant.digits(10),
}
WRAPPED: Mapping[str, Callable[[str], str]] = {  # ⟨how:text⟩, from the inside out
    "base64": lambda text: base64.b64encode(text.encode()).decode(),
    "base64url": lambda text: base64.urlsafe_b64encode(text.encode()).decode().rstrip("="),
    "percent": lambda text: quote(text, safe=""),
    "string": json.dumps,
}
_MARK = re.compile(r"§(?:@|w|\+|6|iban|IBAN|d)?")
_WRAP = re.compile(r"⟨(\w+):([^⟨⟩]*)⟩")


def filled(template: str, plant: Plant, spelt: Spell) -> str:
    text = re.sub("¤([^¤]+)¤", lambda m: spelt(m[1]), template)
    text = _MARK.sub(lambda m: CANARIES[m[0]](plant), text)
    while _WRAP.search(text):
        text = _WRAP.sub(lambda m: WRAPPED[m[1]](m[2]), text)
    return text


def header(side: str, line: str) -> Place:
    """Its name and its value."""
    name, _, value = line.partition(": ")

    def hide(entry: Any, log: Any, plant: Plant, spelt: Spell) -> None:
        entry[side]["headers"].append({"name": spelt(name), "value": filled(value, plant, spelt)})

    return hide


def address(url: str) -> Place:
    def hide(entry: Any, log: Any, plant: Plant, spelt: Spell) -> None:
        entry["request"]["url"] = filled(url, plant, spelt)

    return hide


def both_bodies(text: str, mime: str) -> Place:
    """As the answer and as what was sent."""

    def hide(entry: Any, log: Any, plant: Plant, spelt: Spell) -> None:
        body(entry, filled(text, plant, spelt), mime)
        entry["request"]["postData"] = {"mimeType": mime, "text": filled(text, plant, spelt)}

    return hide


def register(title: str, rows: Mapping[str, str], made: Callable[[str], Place]) -> None:
    for name, template in rows.items():
        PLACES[f"{title}: {name}"] = made(template)
