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
        (
            "x-oss-date=20260101T000000Z&x-oss-expires=3600&x-oss-signature=x",
            SignedUrl("oss", NEW_YEAR, HOUR_LATER),
        ),
        (f"q-sign-time={EPOCH}%3B{EPOCH + 3600}&q-signature=x", SignedUrl("cos", NEW_YEAR, HOUR_LATER)),
        ("q-signature=x", SignedUrl("cos")),
        (f"hdnts=st={EPOCH}~exp={EPOCH + 3600}~acl=/*~hmac=0", SignedUrl("edge-auth", NEW_YEAR, HOUR_LATER)),
        (f"hdnea=exp={EPOCH}~hmac%3D0", SignedUrl("edge-auth", expires=NEW_YEAR)),
        (f"ik-t={EPOCH}&ik-s=0", SignedUrl("imagekit", expires=NEW_YEAR)),
        (f"md5=_e4Nc3iduzkWRm01TBBNYw&expires={EPOCH}", SignedUrl("secure-link", expires=NEW_YEAR)),
        (f"token=HcR-xyzabcdefghijk&expires={EPOCH}", SignedUrl("secure-link", expires=NEW_YEAR)),
        (f"token=%E2%80%B9token:16-31:9f3c%E2%80%BA&expires={EPOCH}", SignedUrl("secure-link", expires=NEW_YEAR)),
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
        f"token=abc&expires={EPOCH}",
        f"token=%E2%80%B9token:1-7:9f3c%E2%80%BA&expires={EPOCH}",
        "token=HcR-xyzabcdefghijk&expires=3600",
        f"expires={EPOCH}",
        f"hdnts={EPOCH}",
        "X-Amz-Expires=60",
        "X-Goog-Date=20260102T030405Z",
    ],
)
def test_not_signed(query):
    assert read(query) is None


@pytest.mark.parametrize("prefix", ["X-Amz", "X-Goog"])
def test_a_signature_that_was_cleared_away_leaves_its_times(prefix):
    times = f"{prefix}-Date=20260102T030405Z&{prefix}-Expires=60"
    assert read(times) == read(f"{times}&{prefix}-Signature=0")
    assert read(times) is not None
