"""Facts as data: causes, the products that refuse requests and how they say so, and recipes for repair."""

from harinspect.knowledge.answers import (
    Answer,
    Hit,
    Library,
    Memory,
    load,
    presence,
    reference,
    who_answered,
)
from harinspect.knowledge.causes import Cause, causes
from harinspect.knowledge.changes import Precautions, precautions, precautions_for
from harinspect.knowledge.fixes import Recipe, Snippet, recipe
from harinspect.knowledge.guidance import checks, meanings, myths, steps
from harinspect.knowledge.quality import quality
from harinspect.knowledge.readings import Clue
from harinspect.knowledge.records import Record, Remedy, Responder
from harinspect.knowledge.tables import KnowledgeError

__all__ = [
    "Answer",
    "Cause",
    "Clue",
    "Hit",
    "KnowledgeError",
    "Library",
    "Memory",
    "Precautions",
    "Recipe",
    "Record",
    "Remedy",
    "Responder",
    "Snippet",
    "causes",
    "load",
    "precautions_for",
    "presence",
    "read_all",
    "recipe",
    "reference",
    "who_answered",
]


def read_all() -> None:
    """Read what every analysis asks for, which keeps it for the next (knowledge/kept.py)."""
    for read in (load, causes, checks, meanings, myths, precautions, quality, steps):
        read()
