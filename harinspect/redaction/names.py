"""Which names (of headers, parameters, cookies, fields) stand beside a secret, in any spelling and case."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Final

from harinspect.wire.regexes import regex


class _Names:
    """Names in lower case, by how they are written: the whole of them, how they begin or end, or what is in them."""

    def __init__(self, whole: str = "", begin: str = "", end: Iterable[str] = (), within: str = "") -> None:
        self._whole = frozenset(whole.split())
        self._begin = tuple(begin.split())
        self._end = tuple(end)
        self._within = tuple(within.split())

    def __contains__(self, name: str) -> bool:
        return (
            name in self._whole
            or name.startswith(self._begin)
            or name.endswith(self._end)
            or any(part in name for part in self._within)
        )


def _joined(firsts: str, seconds: Iterable[str]) -> Iterator[str]:
    """Every one of the first with every one of the second."""
    return (first + second for second in seconds for first in firsts.split())


_WORDS: Final = regex(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
_LOWER_WORDS: Final = regex(r"[a-z]+")
_SECRET_WORD: Final = _Names(
    "pwd pass dpop nextnonce cnonce keypairid otp totp sid sig signature hmac credential credentials authorization"
    " session sess bearer assertion passwort kennwort contrasena senha motdepasse wachtwoord haslo parola wpnonce"
    " accountkey saml samlresponse samlrequest samlart cookie cookies cvv cvc verifier privatekey secretkey seed"
    " mnemonic salt geheim dsn connectionstring securityanswer secretanswer",
    end=(
        *"token tokens secret passphrase passcode sessid sessionid apikey accesskey accesskeyid jwt csrf xsrf".split(),
        *_joined("password passwd", ("", "confirm", "confirmation", "repeat", "again", "hash")),
        *_joined(
            "verification sms mfa otp twofactor recovery backup invite invitation reset activation confirmation"
            " authorization auth device coupon onetime security",
            ("code", "codes"),
        ),
    ),
)
_SECRET_KEY: Final = _Names(  # where no case parts the words
    end=_joined(
        "api access secret private account subscription client consumer encryption license licence master shared auth"
        " app function functions publishable service server signing storage ssh stripe deploy hmac",
        ("key", "keys"),
    )
)
_WEAK_WORD: Final = frozenset({"code", "state", "key", "auth", "nonce", "pin", "ticket"})
_PERSONAL: Final = _Names(
    " ".join(
        (
            "address mobile tel fax dob mac bssid imei imsi ssn pan sub mail ip ipaddress",
            *_joined("user client remote your customer visitor", ("ip", "ipaddress")),
            *_joined("client remote user", ("addr", "address")),
        )
    ),
    end=(
        "firstname lastname fullname middlename givenname familyname surname maidenname username nickname displayname"
        " realname vorname nachname apellido apellidos prenom cognome strasse telefon loginname personname customername"
        " cardholder cardholdername accountname accountholder street streetaddress addressline postaladdress"
        " homeaddress billingaddress shippingaddress deliveryaddress emailaddress email mailaddress phone phoneno"
        " phonenumber telephone mobilenumber msisdn birthday birthdate dateofbirth birthplace zipcode postcode"
        " postalcode iban bban passportno passportnumber taxid taxnumber vatid nationalid socialsecuritynumber"
        " cardnumber creditcard ccnumber accountnumber accountno accountid customerid customernumber patientid memberid"
        " driverlicense routingnumber deviceid visitorid advertisingid macaddress macaddr hwaddr"
    ).split(),
)
_NO_PERSON_LAST: Final = frozenset(
    "type types policy required hint valid status error errors invalid missing format field label title message"
    " placeholder supported verified length count enabled url".split()
)
_PERSONAL_PARAMETER: Final = frozenset({"user", "login", "loginhint", "uid", "userid", "userhint", "card", "member"})
_USER_HEADER: Final = frozenset(
    _joined(
        "remote- x-remote- x-forwarded- x-auth- x-authenticated- x-webauth- x-", ("user", "userid", "login", "loginid")
    )
)
_NO_SECRET_LAST: Final = frozenset(
    "type types expires expiry expired expiration exp in at url uri endpoint count counts length len size name names"
    " policy required hint strength age ttl valid validity status error errors invalid missing method alg algorithm"
    " enabled date time limit limits remaining used usage issuer scope scopes audience format field header headers"
    " param label title message placeholder supported changed reset forgot description reason consent banner lifetime"
    " timeout duration disabled".split()
)
_NO_SECRET_HEADER: Final = _Names(
    "www-authenticate proxy-authenticate surrogate-key cache-key x-cache-key xkey idempotency-key clear-site-data"
    " x-amz-content-sha256 key vary host",
    begin="access-control- content-security-policy",
    end=("hash",),
    within="ratelimit rate-limit token-binding tokenbinding",
)
_IDS: Final = ("id", "-id", "_id", "-_id")
_ID_HEADER: Final = _Names(
    "b3 cf-ray etag if-none-match if-match content-md5 content-digest digest x-msedge-ref via server-timing host"
    " :authority last-event-id user-agent content-type date expires last-modified rndr-id fly-request-id",
    begin="x-amz-id-2 x-amz-cf-id x-amz-cf-pop x-amz-rid x-amzn- x-iinfo x-served-by x-sucuri-id x-vercel-id x-ms-ref"
    " x-azure-ref x-varnish x-arr-log-id x-github-request-id x-fb-debug x-cache x-timer x-guploader-uploadid akamai-"
    " accept",
    end=_joined(
        "request correlation trace trans transaction version operation activity invocation event incident support", _IDS
    ),
    within="traceparent trace-context b3-",
)
_REQUEST_ID: Final = _Names(
    "traceparent cf-ray x-amz-id-2 x-amz-cf-id x-amz-rid x-iinfo x-sucuri-id x-vercel-id x-azure-ref x-msedge-ref"
    " x-guploader-uploadid x-amzn-requestid x-cloud-trace-context x-arr-log-id akamai-grn x-reference-error",
    end=_joined("request correlation trace trans transaction operation activity incident event", _IDS),
)
_CLIENT_ADDRESS: Final = _Names(
    "x-forwarded-for forwarded x-real-ip true-client-ip x-client-ip fastly-client-ip x-cluster-client-ip"
    " x-azure-clientip x-azure-socketip x-original-forwarded-for x-appengine-user-ip",
    begin="cf-connecting-ip",
)
_URL_HEADER: Final = frozenset(
    "location referer referrer content-location origin :path sourcemap x-sourcemap x-original-url x-rewrite-url"
    " x-accel-redirect x-forwarded-uri hx-current-url hx-redirect hx-location destination"
    " access-control-allow-origin".split()
)
# a signed address without these cannot be judged; they are times, scopes and algorithms, no secrets
_KEPT_PARAMETER: Final = frozenset(
    "x-amz-date x-amz-expires x-amz-algorithm x-amz-signedheaders expires se st sp spr sv sr x-goog-date x-goog-expires"
    " x-goog-algorithm x-goog-signedheaders response_type response_mode code_challenge_method grant_type"
    " token_type".split()
)
_CREDENTIAL_SCOPE: Final = frozenset({"x-amz-credential", "x-goog-credential", "credential"})
_KINDS: Final = (
    ("pass", "password"),
    ("pwd", "password"),
    ("csrf", "csrf"),
    ("xsrf", "csrf"),
    ("sess", "session"),
    ("sid", "session"),
    ("signature", "signature"),
    ("sig", "signature"),
    ("secret", "secret"),
    ("token", "token"),
    ("key", "key"),
    ("code", "code"),
    ("state", "state"),
    ("nonce", "nonce"),
    ("cookie", "cookie"),
    ("mail", "email"),
    ("phone", "phone"),
    ("card", "card"),
    ("address", "address"),
    ("name", "name"),
)


@lru_cache(maxsize=4096)
def words(name: str) -> tuple[str, ...]:
    """The words of a name, lower case: "X-CSRFToken" and "xCsrf_token" alike."""
    return tuple(word.lower() for word in _WORDS.findall(name) if not word.isdigit())


def _between(name: str) -> list[str]:
    """The words as punctuation parts them, for names whose case tells nothing: "x-aPi-kEy"."""
    return _LOWER_WORDS.findall(name.lower())


@lru_cache(maxsize=4096)
def is_secret(name: str) -> bool:
    """A value beside this name is a secret, wherever it stands."""
    parts = words(name)
    if not parts or parts[-1] in _NO_SECRET_LAST:
        return False
    if any(part in _SECRET_WORD for part in {*parts, *_between(name), "".join(parts)}):
        return True
    return "".join(_between(name)) in _SECRET_KEY


@lru_cache(maxsize=4096)
def is_weakly_secret(name: str) -> bool:
    """A value beside this name is a secret in an address, and elsewhere if it looks random ("code", "state", "key")."""
    return bool(_WEAK_WORD.intersection((*words(name)[-1:], *_between(name)[-1:])))


@lru_cache(maxsize=4096)
def is_personal(name: str) -> bool:
    """A value beside this name tells who somebody is, or where to find them."""
    parts = words(name)
    return bool(parts) and parts[-1] not in _NO_PERSON_LAST and "".join(parts) in _PERSONAL


@lru_cache(maxsize=4096)
def is_personal_parameter(name: str) -> bool:
    """The same in an address, where a value is no part of a sentence."""
    return is_personal(name) or "".join(words(name)) in _PERSONAL_PARAMETER


@lru_cache(maxsize=4096)
def is_name(name: str) -> bool:
    """A value beside this name may be a person's, as well as any other thing's."""
    return "".join(words(name)) == "name"


@lru_cache(maxsize=4096)
def is_telling(name: str) -> bool:
    """May any value beside this name have to be masked?"""
    return is_secret(name) or is_weakly_secret(name) or is_personal(name) or is_name(name)


@lru_cache(maxsize=4096)
def is_user_header(name: str) -> bool:
    """`name` in lower case: what a proxy that signs users in tells the application behind it."""
    return name in _USER_HEADER or is_personal(name)


@lru_cache(maxsize=4096)
def is_secret_header(name: str) -> bool:
    """`name` in lower case. Names such as Access-Control-Allow-Credentials or Sec-WebSocket-Key carry no secret."""
    if name in _NO_SECRET_HEADER or is_id_header(name):
        return False
    return is_secret(name) or words(name)[-1:] in (("key",), ("auth",), ("nonce",), ("pin",), ("ticket",))


@lru_cache(maxsize=4096)
def is_id_header(name: str) -> bool:
    """Its value identifies a request, an object or a build: random to the eye, needed for the diagnosis, no secret."""
    by_browser = name.startswith("sec-") and not name.startswith("sec-websocket-protocol")
    return by_browser or name in _ID_HEADER


def is_url_header(name: str) -> bool:
    return name in _URL_HEADER


def is_client_address_header(name: str) -> bool:
    return name in _CLIENT_ADDRESS


def is_kept_parameter(name: str) -> bool:
    return name.lower() in _KEPT_PARAMETER


def is_credential_scope(name: str) -> bool:
    """AWS and Google signatures: a key id, then date, region and service (which a diagnosis needs)."""
    return name.lower() in _CREDENTIAL_SCOPE


def kind(name: str) -> str:
    """The kind that a mark shows for a value beside this name."""
    squashed = "".join(words(name))
    return next((shown for part, shown in _KINDS if part in squashed), "token")


def is_request_id(name: str) -> bool:
    """`name` in lower case: a header by which a server's or a CDN's log finds one request again."""
    return name in _REQUEST_ID
