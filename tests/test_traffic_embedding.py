"""Answers that a page must not have: marked by the browser, or shown by the check where the exporter leaves no mark."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from harinspect.har.model import Exchange, Har, Initiator
from harinspect.traffic.build import build
from harinspect.traffic.embedding import KeptBack, embedder, kept_back
from harinspect.traffic.model import Traffic
from harinspect.wire.headers import Headers
from tests.builders import exchange, har, traffic

PAGE, IMAGE = "https://app.example/", "https://cdn.other.example/a.png"
NO_CORS = {"Sec-Fetch-Mode": "no-cors", "Referer": PAGE}
DEMANDS = {"Cross-Origin-Embedder-Policy": "require-corp"}


def page(got: dict[str, str] | None = None, url: str = PAGE, index: int = 0, **rest: object) -> Exchange:
    return exchange(index, url, got=got, body="<p>", **rest)  # type: ignore[arg-type]


def image(policy: str = "", status: int = 200, url: str = IMAGE, **rest: object) -> Exchange:
    got = {"Cross-Origin-Resource-Policy": policy} if policy else {}
    return exchange(1, url, status, **({"sent": NO_CORS, "got": got} | rest))  # type: ignore[arg-type]


def kept(about: Exchange, *others: Exchange, exporter: str = "firefox") -> KeptBack | None:
    made: Har = har(*others, about)
    return kept_back(about, build(replace(made, source=replace(made.source, exporter=exporter))))


@pytest.mark.parametrize(
    ("error", "by_coep"),
    [
        ("net::ERR_BLOCKED_BY_RESPONSE.NotSameOrigin", False),
        ("net::ERR_BLOCKED_BY_RESPONSE.NotSameSite", False),
        ("net::ERR_BLOCKED_BY_RESPONSE.NotSameOriginAfterDefaultedToSameOriginByCoep", True),
        ("net::ERR_BLOCKED_BY_RESPONSE.CoepFrameResourceNeedsCoepHeader", True),
    ],
)
def test_the_browsers_own_mark_is_taken_at_its_word(error: str, by_coep: bool) -> None:
    found = kept(image(error=error), page(), exporter="chrome")
    assert found is not None
    assert (found.verdict, found.by_coep) == (error.rpartition(".")[2], by_coep)
    assert found.page is not None
    assert found.page.index == 0


@pytest.mark.parametrize("error", ["net::ERR_BLOCKED_BY_CLIENT", "net::ERR_BLOCKED_BY_ORB", "net::ERR_FAILED"])
def test_other_marks_tell_of_other_reasons(error: str) -> None:
    assert kept(image(error=error), page(), exporter="chrome") is None


def test_a_marked_answer_needs_no_page_in_the_file() -> None:
    found = kept(image(error="net::ERR_BLOCKED_BY_RESPONSE.NotSameSite", sent={}), exporter="chrome")
    assert found == KeptBack("NotSameSite", None)


@pytest.mark.parametrize(
    ("policy", "demand", "verdict"),
    [
        ("same-origin", {}, "corp-not-same-origin"),
        ("same-site", {}, "corp-not-same-site"),
        ("", DEMANDS, "corp-not-same-origin-after-defaulted-to-same-origin-by-coep"),
        ("", {"Cross-Origin-Embedder-Policy": 'require-corp; report-to="a"'}, "corp-not-same-origin-after-defaulted"),
    ],
)
def test_without_marks_the_check_decides(policy: str, demand: dict[str, str], verdict: str) -> None:
    found = kept(image(policy), page(demand))
    assert found is not None
    assert found.verdict.startswith(verdict)
    assert found.by_coep is bool(demand)


@pytest.mark.parametrize(
    ("policy", "demand"),
    [
        ("cross-origin", DEMANDS),
        ("cross-origin", {}),
        ("", {}),
        ("", {"Cross-Origin-Embedder-Policy": "credentialless"}),
        ("unheard-of", {}),
    ],
)
def test_what_the_policies_allow_is_not_kept(policy: str, demand: dict[str, str]) -> None:
    assert kept(image(policy), page(demand)) is None


def test_the_same_origin_may_have_it() -> None:
    assert kept(image("same-origin", url="https://app.example/a.png"), page(DEMANDS)) is None


def test_the_same_site_may_have_it() -> None:
    assert kept(image("same-site", url="https://cdn.app.example/a.png"), page(url="https://app.example/")) is None


@pytest.mark.parametrize("exporter", ["chrome", "edge"])
def test_an_exporter_that_marks_what_was_blocked_has_marked_all(exporter: str) -> None:
    assert kept(image("same-origin"), page(), exporter=exporter) is None


@pytest.mark.parametrize(
    "about",
    [
        image("same-origin", sent={"Sec-Fetch-Mode": "cors", "Referer": PAGE}),
        image("same-origin", sent={"Referer": PAGE}),
        image("same-origin", status=403),
        image("same-origin", status=304),
        image("same-origin", from_cache=True),
        image("same-origin", url="http://[broken/"),
        image("same-origin", sent=NO_CORS | {"Referer": "https://elsewhere.example/"}),
    ],
)
def test_silence_where_the_check_does_not_apply_or_the_page_is_unknown(about: Exchange) -> None:
    assert kept(about, page()) is None


def test_a_withheld_policy_proves_nothing() -> None:
    about = image()
    about = replace(about, response=replace(about.response, headers=Headers([], {"cross-origin-resource-policy"})))
    assert kept(about, page(DEMANDS)) is None


def found_page(about: Exchange, *others: Exchange) -> int | None:
    made: Traffic = traffic(*others, about)
    document = embedder(about, made)
    return document.index if document else None


def test_the_embedder_is_the_document_that_the_referer_or_the_initiator_names() -> None:
    other = page(url="https://other.example/")
    assert found_page(image(), replace(other, index=5), page()) == 0
    assert found_page(image(sent={}, initiator=Initiator("parser", PAGE)), page()) == 0


def test_else_the_first_document_of_its_page() -> None:
    first = page(url="https://app.example/article", page="page_1")
    frame = page(url="https://frame.example/", index=5, at=0.5, page="page_1")
    assert found_page(image(sent={}, page="page_1"), first, frame) == 0
    assert found_page(image(sent={}, page="page_2"), first, frame) is None


def test_a_referer_cut_down_to_the_origin_does_not_name_the_home_page() -> None:
    home = page(page="page_1")
    article = page(url="https://app.example/article", index=5, at=0.5, page="page_2")
    assert found_page(image(page="page_2"), home, article) == 5


def test_of_several_visits_the_latest_before_the_request_counts() -> None:
    again = page(index=5, at=0.5)
    later = page(index=6, at=9)
    assert found_page(image(), page(), again, later) == 5


def test_undated_documents_go_by_their_place() -> None:
    before, after = (replace(page(index=index), started=None) for index in (0, 2))
    assert found_page(image(), before, after) == 0


def test_a_document_is_not_its_own_embedder() -> None:
    about = replace(page(index=1), page="page_1", initiator=Initiator("other", PAGE))
    assert found_page(about) is None
