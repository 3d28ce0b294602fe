"""Which names stand beside secrets: in any spelling, and not more than those."""

from __future__ import annotations

import pytest

from harinspect.redaction import names


@pytest.mark.parametrize(
    "name",
    """token access_token accessToken ACCESS-TOKEN id_token refresh_token csrfToken XSRF-TOKEN _csrf
    csrfmiddlewaretoken authenticity_token __RequestVerificationToken password passwd newPassword
    password_confirmation password1 pwd client_secret clientSecret api_key apiKey APIKey apikey X-Api-Key
    x-amz-security-token JSESSIONID PHPSESSID sessionid session_id sid sig signature otp SAMLResponse
    client_assertion jwt private_key accessKey AccountKey aws_secret_access_key passphrase code_verifier
    oauth_token user[password] session""".split(),
)
def test_secret_names(name: str) -> None:
    assert names.is_secret(name)


@pytest.mark.parametrize(
    "name",
    """token_type tokenType expires_in token_expires_in accessTokenExpiresAt token_endpoint tokenUrl
    password_policy passwordRequired author authority compass tokenCount max_tokens_used key keyboard monkey
    id user name code state status error error_description sessionTimeout signatureAlgorithm session_name
    design sign sizes passenger assigned""".split(),
)
def test_other_names(name: str) -> None:
    assert not names.is_secret(name)


@pytest.mark.parametrize(
    "name",
    """x-api-key api-key apikey x-auth-token x-csrf-token x-xsrf-token x-csrftoken x-amz-security-token
    ocp-apim-subscription-key x-functions-key x-goog-api-key private-token x-session-id x-auth x-vault-token
    x-shopify-access-token dpop-nonce x-goog-iap-jwt-assertion openai-sentinel-chat-requirements-token
    x-master-key""".split(),
)
def test_secret_headers(name: str) -> None:
    assert names.is_secret_header(name)


@pytest.mark.parametrize(
    "name",
    """sec-websocket-key access-control-allow-credentials access-control-request-headers www-authenticate
    proxy-authenticate sec-fetch-site x-ratelimit-remaining ratelimit surrogate-key cache-key vary etag
    x-request-id cf-ray idempotency-key x-amz-content-sha256 content-type x-frame-options clear-site-data
    x-amzn-requestid""".split(),
)
def test_other_headers(name: str) -> None:
    assert not names.is_secret_header(name)


@pytest.mark.parametrize("name", ["x-request-id", "cf-ray", "x-amz-id-2", "traceparent", "x-correlation-id", "x-iinfo"])
def test_headers_that_find_a_request_again(name: str) -> None:
    assert names.is_request_id(name)
    assert names.is_id_header(name)


@pytest.mark.parametrize("name", ["etag", "server", "x-session-id", "set-cookie"])
def test_headers_that_do_not(name: str) -> None:
    assert not names.is_request_id(name)


def test_a_name_of_no_words_is_no_secret() -> None:
    assert not names.is_secret("123")
    assert not names.is_weakly_secret("-")
