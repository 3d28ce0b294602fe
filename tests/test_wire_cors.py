"""The CORS check, preflights and Cross-Origin-Resource-Policy, with Chromium's names for each failure."""

import pytest

from harinspect.wire.cors import (
    AUTHORIZATION_UNDER_WILDCARD,
    OK,
    UNKNOWN,
    Check,
    cors_check,
    cross_origin_resource_policy,
    parse_list,
    preflight_check,
)
from harinspect.wire.headers import ABSENT, EVERYTHING, WITHHELD, Headers
from harinspect.wire.url import Url

ORIGIN = "https://a.example"
GOOD = (("Access-Control-Allow-Origin", ORIGIN), ("Access-Control-Allow-Credentials", "true"))


def url(text: str) -> Url:
    found = Url.parse(text)
    assert found
    return found


def allowing(origin: str | None, credentials: str | None = None) -> Headers:
    pairs = (("Access-Control-Allow-Origin", origin), ("Access-Control-Allow-Credentials", credentials))
    return Headers((name, value) for name, value in pairs if value is not None)


@pytest.mark.parametrize(
    ("allowed", "without", "included"),
    [
        (allowing(None), "MissingAllowOriginHeader", "MissingAllowOriginHeader"),
        (allowing("*"), OK, "WildcardOriginNotAllowed"),
        (allowing("*", "true"), OK, "WildcardOriginNotAllowed"),
        (allowing(ORIGIN), OK, "InvalidAllowCredentials"),
        (allowing(ORIGIN, "true"), OK, OK),
        (allowing(ORIGIN, "TRUE"), OK, "InvalidAllowCredentials"),
        (allowing(ORIGIN, "true "), OK, "InvalidAllowCredentials"),
        (allowing(ORIGIN, "true, true"), OK, "InvalidAllowCredentials"),
        (allowing("https://b.example", "true"), "AllowOriginMismatch", "AllowOriginMismatch"),
        (allowing("http://a.example", "true"), "AllowOriginMismatch", "AllowOriginMismatch"),
        (allowing("https://a.example/", "true"), "AllowOriginMismatch", "AllowOriginMismatch"),
        (allowing("https://a.example:443", "true"), "AllowOriginMismatch", "AllowOriginMismatch"),
        (allowing("https://A.example", "true"), "AllowOriginMismatch", "AllowOriginMismatch"),
        (allowing("https://*.example"), "AllowOriginMismatch", "AllowOriginMismatch"),
        (allowing("null"), "AllowOriginMismatch", "AllowOriginMismatch"),
        (allowing("a.example"), "InvalidAllowOriginValue", "InvalidAllowOriginValue"),
        (allowing("*.example"), "InvalidAllowOriginValue", "InvalidAllowOriginValue"),
        (allowing(""), "InvalidAllowOriginValue", "InvalidAllowOriginValue"),
        (allowing(f"{ORIGIN}, *"), "MultipleAllowOriginValues", "MultipleAllowOriginValues"),
        (allowing(f"{ORIGIN} https://b.example"), "MultipleAllowOriginValues", "MultipleAllowOriginValues"),
        (
            Headers([("access-control-allow-origin", ORIGIN)] * 2),
            "MultipleAllowOriginValues",
            "MultipleAllowOriginValues",
        ),
    ],
)
def test_the_cors_check(allowed, without, included):
    assert cors_check(allowed, ORIGIN, credentials=False).verdict == without
    assert cors_check(allowed, ORIGIN, credentials=True).verdict == included


def test_null_matches_an_opaque_origin():
    assert cors_check(allowing("null"), "null", credentials=False).passed


def test_what_the_file_withholds_is_not_missing():
    silent = Headers(withheld=EVERYTHING)
    assert cors_check(silent, ORIGIN, credentials=False).verdict == UNKNOWN
    half = Headers([("Access-Control-Allow-Origin", ORIGIN)], withheld=EVERYTHING)
    assert cors_check(half, ORIGIN, credentials=True).verdict == UNKNOWN
    assert cors_check(half, ORIGIN, credentials=False).passed


def test_a_check_that_does_not_know_neither_passed_nor_failed():
    unknown = Check(UNKNOWN, "#cors-check step 2")
    assert not unknown.passed
    assert not unknown.failed


def test_a_failure_says_which_header_said_what_and_where_the_standard_has_it():
    found = cors_check(allowing("https://b.example"), ORIGIN, credentials=False)
    assert found == Check(
        "AllowOriginMismatch", "#cors-check step 4", "access-control-allow-origin", "https://b.example"
    )
    assert found.failed


def preflight(response: Headers, status=204, credentials=False, method="PUT", names=("x-key",)) -> Check:
    return preflight_check(status, response, ORIGIN, credentials, method, names)


def granting(methods: str | None = "PUT", headers: str | None = "X-Key", *more: tuple[str, str]) -> Headers:
    lists = (("Access-Control-Allow-Methods", methods), ("Access-Control-Allow-Headers", headers))
    return Headers([*GOOD, *((name, value) for name, value in lists if value is not None), *more])


@pytest.mark.parametrize("credentials", [False, True])
@pytest.mark.parametrize("status", [200, 204, 299])
def test_a_preflight_that_passes(status, credentials):
    found = preflight(granting(), status, credentials)
    assert (found.verdict, found.note) == (OK, "")


@pytest.mark.parametrize("status", [0, 199, 300, 304, 401, 403, 404, 405, 500])
def test_a_preflight_must_be_answered_with_an_ok_status(status):
    assert preflight(granting(), status).verdict == "PreflightInvalidStatus"


def test_a_redirected_preflight_fails_before_all_else():
    assert preflight(Headers([("Location", "/login")]), 302).verdict == "PreflightDisallowedRedirect"
    assert preflight(granting(None, None, ("Location", "/")), 308).verdict == "PreflightDisallowedRedirect"
    assert preflight(granting(), 302).verdict == "PreflightInvalidStatus"


@pytest.mark.parametrize(
    ("response", "credentials", "verdict"),
    [
        (allowing(None), False, "PreflightMissingAllowOriginHeader"),
        (allowing("*"), True, "PreflightWildcardOriginNotAllowed"),
        (allowing("https://b.example"), False, "PreflightAllowOriginMismatch"),
        (allowing(f"{ORIGIN},{ORIGIN}"), False, "PreflightMultipleAllowOriginValues"),
        (allowing("a.example"), False, "PreflightInvalidAllowOriginValue"),
        (allowing(ORIGIN), True, "PreflightInvalidAllowCredentials"),
    ],
)
@pytest.mark.parametrize("status", [204, 403])
def test_the_cors_check_of_a_preflight_goes_before_its_status(response, credentials, verdict, status):
    assert preflight(response, status, credentials).verdict == verdict


@pytest.mark.parametrize(
    ("methods", "credentials", "method", "allowed"),
    [
        ("GET, PUT", False, "PUT", True),
        ("put", False, "PUT", False),
        ("PATCH", False, "patch", False),
        ("*", False, "PUT", True),
        ("*", True, "PUT", False),
        (None, False, "PUT", False),
        (None, True, "POST", True),
        ("", False, "DELETE", False),
        ("PUT", True, "GET", True),
    ],
)
def test_methods_are_case_sensitive_and_the_wildcard_is_not_for_credentials(methods, credentials, method, allowed):
    found = preflight(granting(methods), 204, credentials, method)
    assert found.passed is allowed
    if not allowed:
        assert found.verdict == "MethodDisallowedByPreflightResponse"
        assert (found.header, found.value) == ("access-control-allow-methods", method)


@pytest.mark.parametrize(
    ("headers", "credentials", "names", "refused"),
    [
        ("X-KEY", False, ("x-key",), None),
        ("x-key,content-type", True, ("X-Key", "Content-Type"), None),
        ("*", False, ("x-key", "content-type"), None),
        ("*", True, ("x-key",), "x-key"),
        (None, False, ("x-key",), "x-key"),
        (None, False, (), None),
        ("x-key", False, ("x-other", "x-key", "a-first"), "a-first"),
        ("authorization", True, ("authorization",), None),
        ("x-key", False, ("authorization",), "authorization"),
    ],
)
def test_header_names_are_case_insensitive(headers, credentials, names, refused):
    found = preflight(granting("PUT", headers), 204, credentials, "PUT", names)
    assert found.passed is (refused is None)
    assert found.note == ""
    if refused:
        assert found.verdict == "HeaderDisallowedByPreflightResponse"
        assert (found.header, found.value) == ("access-control-allow-headers", refused)


def test_authorization_under_a_wildcard_passes_for_now():
    found = preflight(granting("PUT", "*"), names=("authorization",))
    assert (found.verdict, found.note) == (OK, AUTHORIZATION_UNDER_WILDCARD)
    assert preflight(granting("PUT", "*, authorization"), names=("authorization",)).note == ""


def test_lists_that_are_none():
    assert preflight(granting("PUT;GET")).verdict == "InvalidAllowMethodsPreflightResponse"
    assert preflight(granting("PUT", "x key")).verdict == "InvalidAllowHeadersPreflightResponse"


def test_a_preflight_whose_headers_the_file_withholds_is_unknown():
    silent = Headers(withheld=EVERYTHING)
    assert preflight(silent).verdict == UNKNOWN
    assert preflight(silent, 403).verdict == "PreflightInvalidStatus"
    only_origin = Headers(GOOD, withheld=EVERYTHING)
    assert preflight(only_origin).verdict == UNKNOWN
    assert preflight(only_origin, method="GET").verdict == UNKNOWN
    assert preflight(only_origin, method="GET", names=()).passed


@pytest.mark.parametrize(
    ("value", "members"),
    [
        ("GET, PUT", ("GET", "PUT")),
        ("", ()),
        (" , x-a,\t", ("x-a",)),
        ("*", ("*",)),
        ("GET PUT", None),
        ('"GET"', None),
        ("[x]", None),
    ],
)
def test_lists_of_tokens(value, members):
    assert parse_list(value) == members


@pytest.mark.parametrize(
    ("policy", "page", "verdict"),
    [
        ("same-origin", "https://api.example.com/", OK),
        ("same-origin", "https://www.example.com/", "corp-not-same-origin"),
        ("same-site", "https://www.example.com/", OK),
        ("same-site", "http://www.example.com/", "corp-not-same-site"),
        ("same-site", "https://www.example.net/", "corp-not-same-site"),
        ("same-site", "data:,x", "corp-not-same-site"),
        ("cross-origin", "https://www.example.net/", OK),
        ("SAME-ORIGIN", "https://www.example.net/", OK),
        ("same-origin, same-origin", "https://www.example.net/", OK),
        (ABSENT, "https://www.example.net/", OK),
        (WITHHELD, "https://www.example.net/", UNKNOWN),
        (WITHHELD, "https://api.example.com/", OK),
    ],
)
def test_cross_origin_resource_policy(policy, page, verdict):
    found = cross_origin_resource_policy(policy, url(page), url("https://api.example.com/x.png"))
    assert found.verdict == verdict


def test_an_http_file_may_be_used_by_its_https_sibling():
    found = cross_origin_resource_policy("same-site", url("http://a.example.com/"), url("http://b.example.com/"))
    assert found.passed


@pytest.mark.parametrize(
    ("policy", "verdict"),
    [
        (ABSENT, "corp-not-same-origin-after-defaulted-to-same-origin-by-coep"),
        ("nonsense", "corp-not-same-origin-after-defaulted-to-same-origin-by-coep"),
        ("same-origin", "corp-not-same-origin"),
        ("same-site", OK),
        ("cross-origin", OK),
    ],
)
def test_an_embedder_that_requires_a_policy(policy, verdict):
    page, file = url("https://www.example.com/"), url("https://api.example.com/x.png")
    assert cross_origin_resource_policy(policy, page, file, coep_require_corp=True).verdict == verdict
