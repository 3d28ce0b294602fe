"""The store from end to end, as the page uses it."""

from __future__ import annotations

from pathlib import Path

from harinspect.store.archive import open_archive
from harinspect.store.expiry import expiry
from harinspect.store.links import Asked, Opened
from harinspect.store.search import Search
from tests.page_fixtures import full_report
from tests.store_fixtures import Watch


def test_a_report_is_kept_found_shared_revoked_and_deleted(tmp_path: Path):
    watch = Watch()
    with open_archive(tmp_path / "data", watch) as archive:
        kept = archive.reports.add(full_report())
        assert archive.reports.annotate(kept.id, labels=["VIP", "shop"], ticket="SUP-4711", notes="Asked on Friday.")
        [listed] = archive.reports.find(Search.parse("ticket:sup-4711 label:vip friday"))
        assert (listed.id, listed.name, listed.labels) == (kept.id, "customer-4711.har", ("shop", "VIP"))

        made = archive.links.make(kept.id, expires=expiry("1h", watch()), passphrase="wide open sea", strict=True)
        assert made is not None

    with open_archive(tmp_path / "data", watch) as archive:
        assert archive.links.open(made.token) == Asked()
        assert archive.links.open(made.token, "narrow sea") == Asked(wrong=True, wait=1)
        assert archive.links.open(made.token, "wide open sea") == Asked(wait=1)
        watch.go_on(seconds=1)
        opened = archive.links.open(made.token, "wide open sea")
        assert isinstance(opened, Opened)
        assert opened.link.strict
        shown = archive.reports.get(opened.link.report)
        assert shown is not None
        assert shown.report == full_report()
        assert archive.links.read(made.token, opened.proof) == opened.link
        assert [link.openings for link in archive.links.of(kept.id)] == [1]

        assert archive.links.revoke(made.link.id)
        assert archive.links.open(made.token, "wide open sea") is None
        assert archive.links.read(made.token, opened.proof) is None

        assert archive.reports.remove(kept.id)
        assert archive.reports.find() == ()
        assert archive.links.of(kept.id) == ()
