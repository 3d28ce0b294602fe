"""Share links: who holds the token may read one report for a while, and nothing else.

    made = links.make(report_id, expires=expiry("7d", now), passphrase="...", strict=True)
    made.token          goes into the link; it is told this once, the database has its hash only
    links.of(report_id) for the owner: state, openings; links.revoke(link.id)

    links.open(token, passphrase) is asked once, by the page that the link leads to, and counts:
        Opened          show the report `link.report`, redacted further if `link.strict`; put `proof` in a cookie
        Asked           show a form for the passphrase; an attempt is looked at after `wait` seconds
        None            404, the same for a token that never was, a link that has expired and one that was revoked
    links.read(token, proof) is asked by the parts of that page; it counts nothing and takes no passphrase.

After a wrong passphrase everybody waits a little; who is to wait longer for their own is for the page to say, which
knows who asks. Methods raise StoreError where the database cannot be used, `open` also passphrases.Busy; call them from
a thread.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from datetime import datetime, timedelta
from math import ceil
from typing import Final, Literal

from msgspec import Struct
from sqlalchemy import ColumnElement, Select, select, update

from harinspect.store import passphrases
from harinspect.store.clock import Clock, utc_now
from harinspect.store.content import clean
from harinspect.store.database import Database
from harinspect.store.tables import LinkRow, ReportRow

TOKEN_BYTES: Final = 32


class Link(Struct, frozen=True, kw_only=True):
    """A link without its secret. `id` names it to its owner; `report` is the report's id; `opened` is the last time."""

    id: str
    report: str
    made: datetime
    expires: datetime
    revoked: datetime | None
    guarded: bool
    strict: bool
    openings: int
    opened: datetime | None

    def state(self, at: datetime) -> Literal["live", "expired", "revoked"]:
        if self.revoked is not None:
            return "revoked"
        return "live" if at < self.expires else "expired"


class Made(Struct, frozen=True):
    link: Link
    token: str


class Opened(Struct, frozen=True):
    """`proof` shows that the passphrase was given, for as long as the link lives; "" where none is needed."""

    link: Link
    proof: str


class Asked(Struct, frozen=True):
    """A passphrase is wanted. `wrong`: the one given was not it; `wait`: seconds before the next is looked at."""

    wrong: bool = False
    wait: int = 0


class Links:
    """Safe to use from several threads and processes."""

    def __init__(self, database: Database, clock: Clock = utc_now) -> None:
        self._database = database
        self._clock = clock

    def make(self, report: str, *, expires: datetime, passphrase: str = "", strict: bool = False) -> Made | None:
        """A new link to the report; None where there is no such report. Raises passphrases.Unfit."""
        token = secrets.token_urlsafe(TOKEN_BYTES)
        stretched = passphrases.stretched(passphrase) if passphrase else None
        with self._database.writing() as session:
            number = session.scalars(select(ReportRow.number).where(ReportRow.id == clean(report))).one_or_none()
            if number is None:
                return None
            row = LinkRow(
                id=secrets.token_urlsafe(9),
                report=number,
                token=_digest(token),
                made=self._clock(),
                expires=expires,
                strict=strict,
                passphrase=stretched,
            )
            session.add(row)
        return Made(_link(row, report), token)

    def of(self, report: str) -> tuple[Link, ...]:
        """All links to the report, newest first, the dead ones too."""
        query = select(LinkRow).join(ReportRow, LinkRow.report == ReportRow.number)
        with self._database.reading() as session:
            rows = session.scalars(query.where(ReportRow.id == clean(report)).order_by(LinkRow.number.desc())).all()
        return tuple(_link(row, report) for row in rows)

    def revoke(self, id: str) -> bool:
        """End a link now; False where it is unknown or already revoked."""
        change = update(LinkRow).where(LinkRow.id == clean(id), LinkRow.revoked.is_(None)).returning(LinkRow.number)
        with self._database.writing() as session:
            return session.scalars(change.values(revoked=self._clock())).one_or_none() is not None

    def open(self, token: str, passphrase: str | None = None, proof: str = "") -> Opened | Asked | None:
        """Open the report behind the token and count that. None for whatever is not a live link."""
        found = self._live(token)
        if found is None:
            return None
        if _is_proven(found.row, token, proof):
            return self._opened(found, token)
        if not passphrase:
            return Asked(wait=self._wait(found.row))
        with passphrases.line():
            return self._attempt(found, token, passphrase)

    def read(self, token: str, proof: str = "") -> Link | None:
        """The link, for a part of a page that `open` has opened; None where it is not live, or not proven."""
        found = self._live(token)
        return _link(found.row, found.report) if found and _is_proven(found.row, token, proof) else None

    def _live(self, token: str) -> _Found | None:
        """The live link of the token. Dead ones are not even read, so nothing tells them from unknown ones."""
        digest = _digest(token)
        query = select(LinkRow, ReportRow.id).join(ReportRow, LinkRow.report == ReportRow.number)
        with self._database.reading() as session:
            row = session.execute(query.where(LinkRow.token == digest, *self._is_live())).one_or_none()
        if row is None or not hmac.compare_digest(row[0].token, digest):
            return None
        return _Found(*row)

    def _is_live(self) -> tuple[ColumnElement[bool], ...]:
        return LinkRow.revoked.is_(None), LinkRow.expires > self._clock()

    def _attempt(self, found: _Found, token: str, passphrase: str) -> Opened | Asked | None:
        """Counts as wrong before it is looked at, so that attempts at the same time do not get around the wait."""
        with self._database.writing() as session:
            row = session.scalars(self._to_change(found)).one_or_none()
            if row is None:
                return None
            if wait := self._wait(row):
                return Asked(wait=wait)
            row.failures += 1
            row.waits_until = self._clock() + timedelta(seconds=passphrases.pause_for_all(row.failures))
        if not passphrases.fits(row.passphrase or "", passphrase):
            return Asked(wrong=True, wait=self._wait(row))
        return self._opened(found, token, forgiven=True)

    def _opened(self, found: _Found, token: str, *, forgiven: bool = False) -> Opened | None:
        """Counted, unless the link has died meanwhile. `forgiven`: the wrong passphrases before are."""
        with self._database.writing() as session:
            row = session.scalars(self._to_change(found)).one_or_none()
            if row is None:
                return None
            row.openings += 1
            row.opened = self._clock()
            if forgiven:
                row.failures, row.waits_until = 0, None
        return Opened(_link(row, found.report), _proof(row, token))

    def _to_change(self, found: _Found) -> Select[LinkRow]:
        return select(LinkRow).where(LinkRow.number == found.row.number, *self._is_live()).with_for_update()

    def _wait(self, row: LinkRow) -> int:
        """Whole seconds until an attempt is looked at."""
        left = (row.waits_until - self._clock()).total_seconds() if row.waits_until else 0
        return min(max(0, ceil(left)), passphrases.MOST_SECONDS)


class _Found(Struct, frozen=True):
    row: LinkRow
    report: str


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()


def _proof(row: LinkRow, token: str) -> str:
    """Only who has the token and the database can make it; the one has no passphrase's hash, the other no token."""
    if row.passphrase is None:
        return ""
    return hmac.new(row.passphrase.encode(), token.encode("utf-8", "surrogatepass"), "sha256").hexdigest()


def _is_proven(row: LinkRow, token: str, proof: str) -> bool:
    return row.passphrase is None or hmac.compare_digest(_proof(row, token).encode(), proof.encode("utf-8", "replace"))


def _link(row: LinkRow, report: str) -> Link:
    return Link(
        id=row.id,
        report=report,
        made=row.made,
        expires=row.expires,
        revoked=row.revoked,
        guarded=row.passphrase is not None,
        strict=row.strict,
        openings=row.openings,
        opened=row.opened,
    )
