"""Addresses that say how long they are good for."""

import base64
import json
from datetime import UTC, datetime

import pytest

from harinspect.wire.signed_urls import SignedUrl, signed_url
from harinspect.wire.url import Url

NEW_YEAR = datetime(2026, 1, 1, tzinfo=UTC)
EPOCH = int(NEW_YEAR.timestamp())
HOUR_LATER = datetime(2026, 1, 1, 1, tzinfo=UTC)


def read(query: str) -> SignedUrl | None:
    url = Url.parse(f"https://files.example/k?{query}")
    assert url
    return signed_url(url)


def policy(document: object) -> str:
    text = base64.b64encode(json.dumps(document).encode()).decode()
    return text.replace("+", "-").replace("=", "_").replace("/", "~")


def statement(**times: int) -> object:
    return {"Statement": [{"Resource": "*", "Condition": {k: {"AWS:EpochTime": v} for k, v in times.items()}}]}


def cloudfront(document: object) -> str:
    return f"Policy={policy(document)}&Signature=x&Key-Pair-Id=K"


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        (
            "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Date=20260101T000000Z&X-Amz-Expires=3600"
            "&X-Amz-SignedHeaders=Content-Type%3Bhost&X-Amz-Signature=x",
            SignedUrl("aws-v4", NEW_YEAR, HOUR_LATER, ("content-type", "host")),
        ),
        ("X-Amz-Signature=x", SignedUrl("aws-v4")),
        ("X-Amz-Signature=x&X-Amz-Date=today&X-Amz-Expires=60", SignedUrl("aws-v4")),
        ("X-Amz-Signature=x&X-Amz-Date=20260101T000000Z&X-Amz-Expires=x", SignedUrl("aws-v4", NEW_YEAR)),
        (
            "X-Goog-Date=20260101T000000Z&X-Goog-Expires=3600&X-Goog-SignedHeaders=host&X-Goog-Signature=x",
            SignedUrl("gcs", NEW_YEAR, HOUR_LATER, ("host",)),
        ),
        (f"GoogleAccessId=a&Expires={EPOCH}&Signature=x", SignedUrl("gcs", expires=NEW_YEAR)),
        (f"AWSAccessKeyId=a&Expires={EPOCH}&Signature=x", SignedUrl("aws-v2", expires=NEW_YEAR)),
        (f"Expires={EPOCH}&Signature=x&Key-Pair-Id=K", SignedUrl("cloudfront", expires=NEW_YEAR)),
        (
            cloudfront(statement(DateGreaterThan=EPOCH, DateLessThan=EPOCH + 3600)),
            SignedUrl("cloudfront", NEW_YEAR, HOUR_LATER),
        ),
        (cloudfront(statement(DateLessThan=EPOCH)), SignedUrl("cloudfront", expires=NEW_YEAR)),
        (cloudfront({"Statement": []}), SignedUrl("cloudfront")),
        ("Policy=!!&Signature=x&Key-Pair-Id=K", SignedUrl("cloudfront")),
        (
            "sv=2024-11-04&st=2026-01-01&se=2026-01-01T02%3A00%3A00%2B01%3A00&sp=rl&sig=x",
            SignedUrl("azure-sas", NEW_YEAR, HOUR_LATER, permissions="rl"),
        ),
        ("sv=2024-11-04&se=2026-01-01T01:00Z&sig=x", SignedUrl("azure-sas", expires=HOUR_LATER)),
        ("sv=2024-11-04&se=never&sig=x", SignedUrl("azure-sas")),
        (f"expires={EPOCH}&signature={'0' * 64}", SignedUrl("laravel", expires=NEW_YEAR)),
        (f"expires={EPOCH}&signature=%E2%80%B9token:64+:9f3c%E2%80%BA", SignedUrl("laravel", expires=NEW_YEAR)),
        (f"signature={'0' * 64}", SignedUrl("laravel")),
    ],
)
def test_signed(query, expected):
    assert read(query) == expected


@pytest.mark.parametrize(
    "query",
    [
        "",
        "download",
        "signature=mine",
        "expires=soon&signature=mine",
        f"Expires={EPOCH}",
        "sig=x",
        "sv=1",
        "AWSAccessKeyId=a",
        "Key-Pair-Id=K",
        "GoogleAccessId=a",
    ],
)
def test_not_signed(query):
    assert read(query) is None
