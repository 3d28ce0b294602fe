"""What an owner notes on a report: labels, a ticket, notes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final, Self

from msgspec import Struct
from sqlalchemy import delete
from sqlalchemy.orm import Session

from harinspect.report.fences import one_line, printable
from harinspect.store.content import clean, folded
from harinspect.store.listing import labels_of
from harinspect.store.tables import LabelRow, ReportRow

LABELS: Final = 20
LABEL_LENGTH: Final = 50
TICKET_LENGTH: Final = 100
NOTES_LENGTH: Final = 20_000


class TooLong(ValueError):
    """One sentence for the person who typed it."""


class Remarks(Struct, frozen=True):
    """`None` leaves a part as it is. `labels` are by their folded form, so that those that differ in case are one."""

    labels: Mapping[str, str] | None
    ticket: str | None
    notes: str | None

    @classmethod
    def of(cls, labels: Iterable[str] | None, ticket: str | None, notes: str | None) -> Self:
        """Made fit to be kept. Raises TooLong."""
        return cls(
            None if labels is None else _labels(labels),
            None if ticket is None else _short("The ticket", _line(ticket), TICKET_LENGTH),
            None if notes is None else _short("The text of the notes", printable(clean(notes)).strip(), NOTES_LENGTH),
        )

    def write(self, session: Session, row: ReportRow) -> None:
        """Put them on the report, and what a search looks through with them."""
        row.ticket = row.ticket if self.ticket is None else self.ticket
        row.notes = row.notes if self.notes is None else self.notes
        if self.labels is not None:
            session.execute(delete(LabelRow).where(LabelRow.report == row.number))
            session.add_all(LabelRow(report=row.number, key=key, label=label) for key, label in self.labels.items())
            session.flush()
        labels = labels_of(session, [row.number]).get(row.number, ())
        row.noted = folded("\n".join((row.ticket, *labels, row.notes)))


def _labels(typed: Iterable[str]) -> Mapping[str, str]:
    labels = {folded(label): _short("A label", label, LABEL_LENGTH) for label in map(_line, typed) if label}
    if len(labels) > LABELS:
        raise TooLong(f"A report has room for {LABELS} labels.")
    return labels


def _line(text: str) -> str:
    return one_line(clean(text), len(text) + 1).strip()


def _short(what: str, text: str, most: int) -> str:
    if len(text) > most:
        raise TooLong(f"{what} is longer than {most} characters.")
    return text
