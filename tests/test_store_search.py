"""Searching by host, cause, label, ticket and text."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.dialects import postgresql

from harinspect.store.archive import Archive, open_archive
from harinspect.store.search import Search, conditions
from harinspect.store.tables import ReportRow
from tests.store_fixtures import told


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archive]:
    """Three reports; their names are the answers."""
    with open_archive(tmp_path_factory.mktemp("store") / "data") as opened:
        reports = opened.reports
        one = reports.add(told("one", "api.shop.example", "cors.acao-mismatch"))
        two = reports.add(told("two", "shop.example", "cookie.expired"))
        reports.add(told("three", "xn--bcher-kva.example", "cookie-jar.full"))
        reports.add(told("sample", "shop.example"), sample=True)
        reports.annotate(one.id, labels=["VIP", "two words"], ticket="SUP-471", notes="100% sure: Straße_1")
        reports.annotate(two.id, labels=["vip lounge"], ticket="SUP-4711")
        yield opened


def names(archive: Archive, wanted: Search) -> set[str]:
    found = {listed.name for listed in archive.reports.find(wanted)}
    assert archive.reports.count(wanted) == len(found)
    return found


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        (Search(), {"one", "two", "three"}),
        (Search(samples=True), {"one", "two", "three", "sample"}),
        (Search(host="shop.example"), {"one", "two"}),
        (Search(host="API.shop.example."), {"one"}),
        (Search(host="https://api.shop.example:8443/x?y"), {"one"}),
        (Search(host="op.example"), set()),
        (Search(host="%"), set()),
        (Search(host="Bücher.example"), {"three"}),
        (Search(host="[::bad"), set()),
        (Search(cause="cors.acao-mismatch"), {"one"}),
        (Search(cause="CORS"), {"one"}),
        (Search(cause="cookie."), {"two"}),
        (Search(cause="cook"), set()),
        (Search(label="vip"), {"one"}),
        (Search(label=" Two Words "), {"one"}),
        (Search(ticket="sup-4711"), {"two"}),
        (Search(ticket="471"), {"one", "two"}),
        (Search(ticket="_"), set()),
        (Search(text="STRASSE"), {"one"}),
        (Search(text="100%"), {"one"}),
        (Search(text="e_1"), {"one"}),
        (Search(text="t_o"), set()),
        (Search(text="lounge 4711"), {"two"}),
        (Search(text="lounge api.shop"), set()),
        (Search(text="title full"), {"three"}),
        (Search(text="403"), {"one", "two", "three"}),
        (Search(text="items", host="shop.example", cause="cookie", label="vip lounge", ticket="SUP"), {"two"}),
        (Search(text="items", host="shop.example", cause="cookie", label="vip"), set()),
    ],
    ids=str,
)
def test_all_that_is_given_must_hold(archive: Archive, wanted: Search, found: set[str]):
    assert names(archive, wanted) == found


@pytest.mark.parametrize(
    ("line", "wanted"),
    [
        ("", Search()),
        ("some words", Search(text="some words")),
        ("host:a.example cause:cors", Search(host="a.example", cause="cors")),
        ('label:"two words" ticket:SUP-1 rest', Search(label="two words", ticket="SUP-1", text="rest")),
        ("https://a.example/x 12:30", Search(text="https://a.example/x 12:30")),
        ('"quoted words"', Search(text="quoted words")),
        ("samples:yes", Search(text="samples:yes")),
        ("host:", Search(text="host:")),
    ],
)
def test_one_line_holds_it_all(line: str, wanted: Search):
    assert Search.parse(line) == wanted


@given(st.text(max_size=80))
def test_any_line_can_be_searched_for(archive: Archive, line: str):
    assert names(archive, Search.parse(line)) <= {"one", "two", "three"}


@given(st.builds(Search, text=st.text(), host=st.text(), cause=st.text(), label=st.text(), ticket=st.text()))
def test_the_same_query_can_be_put_to_postgresql(wanted: Search):
    query = select(ReportRow.id).where(*conditions(wanted))
    assert "FROM reports" in str(query.compile(dialect=postgresql.dialect()))
