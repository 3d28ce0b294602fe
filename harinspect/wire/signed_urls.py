"""Addresses that carry their own permission: pre-signed and signed URLs, with the time they are good for.

>>> url = Url.parse("https://b.example/k?X-Amz-Date=20260102T030405Z&X-Amz-Expires=60&X-Amz-Signature=0")
>>> str(signed_url(url).expires)
'2026-01-02 03:05:05+00:00'
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Final, Literal

from msgspec import Struct

from harinspect.wire.regexes import regex
from harinspect.wire.url import Url

Kind = Literal[
    "aws-v4",
    "aws-v2",
    "cloudfront",
    "gcs",
    "azure-sas",
    "laravel",
    "oss",
    "cos",
    "edge-auth",
    "imagekit",
    "secure-link",
]
Params = Mapping[str, str]  # names in lower case

_SHA256: Final = regex(r"[0-9a-f]{64}")


class SignedUrl(Struct, frozen=True):
    """kind: whose scheme it is. starts, expires: UTC, None where the address does not say.

    signed_headers: lower-case names of the request headers under the signature. permissions: Azure's letters in `sp`.
    """

    kind: Kind
    starts: datetime | None = None
    expires: datetime | None = None
    signed_headers: tuple[str, ...] = ()
    permissions: str = ""


def signed_url(url: Url) -> SignedUrl | None:
    """What the query says about its own validity; None where no known scheme signed it."""
    if "=" not in url.query:
        return None
    params: dict[str, str] = {}
    for name, value in url.params():
        params.setdefault(name.lower(), value)
    return next((found for read in _SCHEMES if (found := read(params))), None)


def _aws_v4(params: Params) -> SignedUrl | None:
    """Amazon S3, "Authenticating requests: using query parameters (AWS Signature Version 4)"."""
    return _dated("aws-v4", "x-amz-", params) if _is_signed("x-amz-", params) else None


def _gcs(params: Params) -> SignedUrl | None:
    """Google Cloud Storage, V4 signed URLs, and V2 ones with GoogleAccessId."""
    if _is_signed("x-goog-", params):
        return _dated("gcs", "x-goog-", params)
    if "googleaccessid" in params and "signature" in params:
        return SignedUrl("gcs", expires=_epoch(params.get("expires")))
    return None


def _is_signed(prefix: str, params: Params) -> bool:
    """Its date and lifetime show it too: what clears secrets out of a file may take the signature as a whole."""
    return f"{prefix}signature" in params or {f"{prefix}date", f"{prefix}expires"} <= params.keys()


def _dated(kind: Kind, prefix: str, params: Params) -> SignedUrl:
    starts = _compact(params.get(f"{prefix}date", ""))
    lifetime = _seconds(params.get(f"{prefix}expires", ""))
    names = params.get(f"{prefix}signedheaders", "").lower()
    expires = starts + lifetime if starts and lifetime is not None else None
    return SignedUrl(kind, starts, expires, tuple(filter(None, names.split(";"))))


def _aws_v2(params: Params) -> SignedUrl | None:
    """Amazon S3, "Signing and authenticating REST requests", query string authentication."""
    if not {"awsaccesskeyid", "signature"} <= params.keys():
        return None
    return SignedUrl("aws-v2", expires=_epoch(params.get("expires")))


def _cloudfront(params: Params) -> SignedUrl | None:
    """Amazon CloudFront: a canned policy says Expires, a custom one is in Policy."""
    if not {"key-pair-id", "signature"} <= params.keys():
        return None
    if "policy" not in params:
        return SignedUrl("cloudfront", expires=_epoch(params.get("expires")))
    policy = params["policy"].replace("-", "+").replace("_", "=").replace("~", "/")
    return SignedUrl("cloudfront", _condition(policy, "DateGreaterThan"), _condition(policy, "DateLessThan"))


def _condition(policy: str, name: str) -> datetime | None:
    """The AWS:EpochTime of the condition `name` in the policy's first statement."""
    try:
        found: object = json.loads(base64.b64decode(policy, validate=True))
    except (binascii.Error, ValueError, RecursionError):
        return None
    match found:
        case {"Statement": [{"Condition": dict(conditions)}, *_]}:
            time = conditions.get(name)
            return _epoch(str(time.get("AWS:EpochTime"))) if isinstance(time, dict) else None
    return None


def _azure_sas(params: Params) -> SignedUrl | None:
    """Azure Storage, shared access signatures: sv the version, sig the signature, st and se the times."""
    if not {"sv", "sig"} <= params.keys():
        return None
    return SignedUrl(
        "azure-sas", _iso(params.get("st", "")), _iso(params.get("se", "")), permissions=params.get("sp", "")
    )


def _laravel(params: Params) -> SignedUrl | None:
    """Laravel's signed routes: an HMAC-SHA256 in hexadecimal, and `expires` on temporary ones."""
    if "signature" not in params:
        return None
    expires = _epoch(params.get("expires"))
    return SignedUrl("laravel", expires=expires) if expires or _SHA256.fullmatch(params["signature"]) else None


def _oss(params: Params) -> SignedUrl | None:
    """Alibaba Cloud OSS, V4 signatures in the query (V1 ones have Expires and Signature as others do)."""
    return _dated("oss", "x-oss-", params) if "x-oss-signature" in params else None


def _cos(params: Params) -> SignedUrl | None:
    """Tencent COS, request signatures: q-sign-time is "start;end" in seconds."""
    if "q-signature" not in params:
        return None
    start, _, end = params.get("q-sign-time", "").partition(";")
    return SignedUrl("cos", _epoch(start), _epoch(end))


def _edge_auth(params: Params) -> SignedUrl | None:
    """Akamai EdgeAuth tokens: `st=1~exp=2~acl=/*~hmac=0` under a name that the configuration chooses."""
    value = next((v for name, v in params.items() if name in _EDGE_NAMES and "hmac=" in v), None)
    if value is None:
        return None
    fields = dict(field.partition("=")[::2] for field in value.split("~"))
    return SignedUrl("edge-auth", _epoch(fields.get("st")), _epoch(fields.get("exp")))


def _imagekit(params: Params) -> SignedUrl | None:
    """ImageKit, signed URLs: ik-s the signature, ik-t the end."""
    return SignedUrl("imagekit", expires=_epoch(params.get("ik-t"))) if "ik-s" in params else None


def _secure_link(params: Params) -> SignedUrl | None:
    """The secure_link module of nginx (md5) and Bunny's token authentication (token), with `expires`."""
    proof = params.get("md5") or params.get("token") or ""
    expires = _epoch(params.get("expires")) if re.fullmatch(r"[0-9]{10}", params.get("expires", "")) else None
    return SignedUrl("secure-link", expires=expires) if expires and _DIGEST.fullmatch(proof) else None


_EDGE_NAMES: Final = frozenset({"hdnts", "hdnea", "hdntl"})
# 16 bytes or more in some base64; or our own mark for as much
_DIGEST: Final = regex(r"[\w+/.~-]{16,}=*|\u2039\w+:(?:16-31|32-63|64\+):\w+\u203a")

_SCHEMES: Final[tuple[Callable[[Params], SignedUrl | None], ...]] = (
    _aws_v4,
    _gcs,
    _aws_v2,
    _cloudfront,
    _azure_sas,
    _laravel,
    _oss,
    _cos,
    _edge_auth,
    _imagekit,
    _secure_link,
)


def _compact(text: str) -> datetime | None:
    try:
        return datetime.strptime(text, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    except ValueError:
        return None


def _seconds(text: str) -> timedelta | None:
    return timedelta(seconds=int(text)) if re.fullmatch(r"[0-9]{1,9}", text) else None


def _epoch(text: str | None) -> datetime | None:
    return datetime.fromtimestamp(int(text), UTC) if text and re.fullmatch(r"[0-9]{1,11}", text) else None


def _iso(text: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)
