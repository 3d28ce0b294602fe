"""A user's own patterns of what to mask, in one TOML file.

[[pattern]]
kind = "customer"                 # shown in the mark: lower-case letters and hyphens, at most 16
regex = 'CUST-[0-9]{6}'           # anywhere in a text; a group named "value" masks only that part

[[name]]
names = ["tenant", "x-internal-ref"]   # values beside these names, in any case, are masked
kind = "tenant"
"""

from __future__ import annotations

import re
from functools import partial
from pathlib import Path
from typing import Final

import msgspec
from msgspec import Struct

from harinspect.redaction.credentials import Mask

KIND: Final = re.compile(r"[a-z][a-z-]{0,15}")


class PatternsError(ValueError):
    """The file cannot be used; the message is one sentence for a person."""


class Pattern(Struct, frozen=True, forbid_unknown_fields=True):
    """A shape of a secret."""

    regex: str
    kind: str = "custom"


class Names(Struct, frozen=True, forbid_unknown_fields=True):
    """Names that stand beside secrets."""

    names: list[str]
    kind: str = "custom"


class File(Struct, frozen=True, forbid_unknown_fields=True):
    """All of a file."""

    pattern: list[Pattern] = []
    name: list[Names] = []


class Patterns:
    """Patterns that are ready to be searched for; none by default."""

    def __init__(self, file: File | None = None) -> None:
        file = file or File()
        self._shapes = [(one.kind, re.compile(one.regex)) for one in file.pattern]
        self._kinds = {name.lower(): one.kind for one in file.name for name in one.names}

    @classmethod
    def load(cls, path: Path) -> Patterns:
        """Read a file. Raises PatternsError with one sentence."""
        import tomllib  # most recordings are masked without such a file, and need not wait for this import

        try:
            file = msgspec.convert(tomllib.loads(path.read_text(encoding="utf-8")), File)
            found = cls(file)
        except OSError as error:
            raise PatternsError(f"The file {path} cannot be read") from error
        except re.error as error:
            raise PatternsError(f"{path}: a regex cannot be used ({error})") from error
        except (ValueError, msgspec.ValidationError) as error:
            raise PatternsError(f"{path}: {error}") from error
        for kind in {one.kind for one in file.pattern} | {one.kind for one in file.name}:
            if not KIND.fullmatch(kind):
                raise PatternsError(f"{path}: a kind has up to 16 lower-case letters and hyphens, unlike {kind!r}")
        return found

    def kind_of(self, name: str) -> str:
        """The kind of a secret beside this name, "" for none."""
        return self._kinds.get(name.lower(), "") if self._kinds else ""

    def sub(self, text: str, mask: Mask) -> str:
        """The text with all that fits masked."""
        for kind, shape in self._shapes:
            text = shape.sub(partial(_masked, kind, mask), text)
        return text


def _masked(kind: str, mask: Mask, found: re.Match[str]) -> str:
    if not found.groupdict().get("value"):
        return mask(kind, found[0]) if found[0] else found[0]
    start, end = (place - found.start() for place in found.span("value"))
    return found[0][:start] + mask(kind, found["value"]) + found[0][end:]
