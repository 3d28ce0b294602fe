"""The first thing that is read: what was refused, and why, in a sentence."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from harinspect.report import model

STRENGTH = {"certain": 0, "likely": 1, "hint": 2}
UNEXPLAINED = frozenset({"server.unexplained-403", "cors.blocked-unsent"})


def summarised(denials: Sequence[model.Denial], preflights: Collection[int] = ()) -> model.Summary:
    """The causes of all denials: the same cause over many requests is one cause with a list.

    `preflights`: those refused preflights whose requests are denials too; the sentence counts the two as one.
    """
    told: dict[str, list[tuple[model.Denial, model.Finding]]] = {}
    for denial in denials:
        if denial.findings:
            told.setdefault(denial.findings[0].cause, []).append((denial, denial.findings[0]))
    causes = sorted((_cause(rows) for rows in told.values()), key=_order)
    return model.Summary(
        denials=len(denials),
        causes=tuple(causes),
        sentence=_sentence([d for d in denials if d.exchange not in preflights], causes),
    )


def _cause(rows: Sequence[tuple[model.Denial, model.Finding]]) -> model.SummaryCause:
    best = min((finding for _, finding in rows), key=lambda finding: STRENGTH[finding.confidence])
    return model.SummaryCause(
        cause=best.cause,
        title=best.title,
        responsible=best.responsible,
        confidence=best.confidence,
        denials=tuple(denial.exchange for denial, _ in rows),
    )


def _order(cause: model.SummaryCause) -> tuple[bool, bool, int, int]:
    """Refusals in their own right after 403s; unexplained ones behind what is known; then the surest, then the most."""
    related = cause.cause.startswith("status.")
    return related, cause.cause in UNEXPLAINED, STRENGTH[cause.confidence], -len(cause.denials)


def _sentence(denials: Sequence[model.Denial], causes: Sequence[model.SummaryCause]) -> str:
    refused = [denial for denial in denials if denial.kind != "related"]
    if not refused:
        return "Nothing in this file was refused with 403 or blocked by the browser."
    forbidden = sum(denial.kind == "forbidden" for denial in refused)
    parts = [_count(forbidden, "was", "were", "answered 403")] if forbidden else []
    if len(refused) > forbidden:
        parts.append(_count(len(refused) - forbidden, "was", "were", "blocked by the browser"))
    counted = " and ".join(parts)
    known = [cause for cause in causes if cause.confidence != "hint" and not cause.cause.startswith("status.")]
    if not known:
        return f"{counted}. The file alone does not prove why; see what speaks for which cause, and what would tell."
    lead = _within_a_sentence(known[0].title)
    more = f", and {len(known) - 1} other cause{'s' if len(known) > 2 else ''}" if len(known) > 1 else ""
    return f"{counted}: {lead}{more}."


def _within_a_sentence(title: str) -> str:
    """With a small first letter, unless the first word is a name: HTTPS, SameSite=None, Access-Control-Allow-Origin."""
    first = title.split()[0]
    is_name = any(letter.isupper() or letter == "-" for letter in first[1:])
    return title if is_name else title[0].lower() + title[1:]


def _count(number: int, one: str, many: str, what: str) -> str:
    return f"{number:,} request{'' if number == 1 else 's'} {one if number == 1 else many} {what}"
