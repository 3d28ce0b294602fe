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
from harinspect.knowledge.changes import Precautions, precautions_for
from harinspect.knowledge.fixes import Recipe, Snippet, recipe
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
    "recipe",
    "reference",
    "who_answered",
]
