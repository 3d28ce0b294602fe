"""The marks of redacted values, as tests read them."""

from __future__ import annotations

from urllib.parse import parse_qsl

from harinspect.redaction.marks import MARK


def details(mark: str) -> dict[str, str]:
    """The readable fields of a JWT's mark by name."""
    found = MARK.fullmatch(mark)
    assert found is not None
    fields = found["details"].replace("%20", " ").strip()
    return dict(parse_qsl(fields, separator=" ", keep_blank_values=True))
