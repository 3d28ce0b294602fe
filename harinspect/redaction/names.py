"""Which names (of headers, parameters, cookies, fields) stand beside a secret, in any spelling and case."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from harinspect.wire.regexes import regex

_WORDS: Final = regex(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
_LOWER_WORDS: Final = regex(r"[a-z]+")
_SECRET_WORD: Final = regex(
    r".*(?:tokens?|secret|passw(?:or)?d(?:confirm(?:ation)?|repeat|again|hash)?|passphrase|passcode|sess(?:ion)?id|apikey|accesskey(?:id)?|jwt|csrf|xsrf)"
    r"|pwd|pass|dpop|nextnonce|cnonce|keypairid|otp|totp|sid|sig|signature|hmac|credentials?|authorization|session|sess|bearer|assertion"
    r"|passwort|kennwort|contrasena|senha|motdepasse|wachtwoord|haslo|parola|wpnonce|accountkey"
    r"|saml(?:response|request|art)?|cookies?|cvv|cvc|verifier|privatekey|secretkey|seed|mnemonic|salt|geheim|dsn"
    r"|connectionstring|(?:security|secret)answer|.*(?:verification|sms|mfa|otp|twofactor|recovery|backup|invite|invitation"
    r"|reset|activation|confirmation|authorization|auth|device|coupon|onetime|security)codes?"
)
_KEY_OF: Final = frozenset(
    "api access secret private account subscription client consumer encryption license licence master shared auth app"
    " function functions publishable service server signing storage ssh stripe deploy hmac".split()
)
_SECRET_KEY: Final = regex(rf".*(?:{'|'.join(sorted(_KEY_OF))})keys?")  # where no case parts the words
_WEAK_WORD: Final = frozenset({"code", "state", "key", "auth", "nonce", "pin", "ticket"})
_PERSONAL: Final = regex(
    r".*(?:firstname|lastname|fullname|middlename|givenname|familyname|surname|maidenname|username|nickname|displayname"
    r"|realname|vorname|nachname|apellidos?|prenom|cognome|strasse|telefon|loginname|personname|customername|cardholder|cardholdername|accountname|accountholder)"
    r"|.*(?:street|streetaddress|addressline|postaladdress|homeaddress|billingaddress|shippingaddress|deliveryaddress)"
    r"|address|(?:user|client|remote|your|customer|visitor)?ip(?:address)?|(?:client|remote|user)addr(?:ess)?"
    r"|.*(?:emailaddress|email|mailaddress|phone|phoneno|phonenumber|telephone|mobilenumber|msisdn)|mobile|tel|fax"
    r"|.*(?:birthday|birthdate|dateofbirth|birthplace)|dob|.*(?:zipcode|postcode|postalcode|iban|bban|passportno|passportnumber"
    r"|taxid|taxnumber|vatid|nationalid|socialsecuritynumber|cardnumber|creditcard|ccnumber|accountnumber|accountno"
    r"|accountid|customerid|customernumber|patientid|memberid|driverlicense|routingnumber|deviceid|visitorid|advertisingid"
    r"|macaddress|macaddr|hwaddr)|mac|bssid|imei|imsi|ssn|pan|sub|mail"
)
_NO_PERSON_LAST: Final = frozenset(
    "type types policy required hint valid status error errors invalid missing format field label title message"
    " placeholder supported verified length count enabled url".split()
)
_PERSONAL_PARAMETER: Final = frozenset({"user", "login", "loginhint", "uid", "userid", "userhint", "card", "member"})
_USER_HEADER: Final = regex(r"(?:remote|x-remote|x-forwarded|x-auth|x-authenticated|x-webauth|x)-(?:user|login)(?:id)?")
_NO_SECRET_LAST: Final = frozenset(
    "type types expires expiry expired expiration exp in at url uri endpoint count counts length len size name names"
    " policy required hint strength age ttl valid validity status error errors invalid missing method alg algorithm"
    " enabled date time limit limits remaining used usage issuer scope scopes audience format field header headers"
    " param label title message placeholder supported changed reset forgot description reason consent banner lifetime"
    " timeout duration disabled".split()
)
_NO_SECRET_HEADER: Final = regex(
    r"(?:access-control-|sec-(?!websocket-protocol)|www-authenticate$|proxy-authenticate$|.*ratelimit|.*rate-limit"
    r"|surrogate-key$|(?:x-)?cache-key$|xkey$|idempotency-key$|clear-site-data$|x-amz-content-sha256$|key$|vary$"
    r"|.*-?token-?binding|.*hash$|host$|content-security-policy)"
)
_ID_HEADER: Final = regex(
    r"(?:.*(?:request|correlation|trace|trans|transaction|version|operation|activity|invocation|event|incident|support)-?_?id$"
    r"|.*(?:traceparent|trace-context|b3-)|b3$|cf-ray$|x-amz-(?:id-2|cf-id|cf-pop|rid)|x-amzn-|x-(?:iinfo|served-by|sucuri-id"
    r"|vercel-id|azure-ref|ms-ref|varnish|arr-log-id|github-request-id|fb-debug|cache|timer|guploader-uploadid)"
    r"|akamai-|etag$|if-none-match$|if-match$|content-md5$|content-digest$|digest$|x-msedge-ref$|via$|server-timing$|host$|:authority$"
    r"|last-event-id$|user-agent$|accept|content-type$|sec-(?!websocket-protocol)|date$|expires$|last-modified$|rndr-id$|fly-request-id$)"
)
_REQUEST_ID: Final = re.compile(
    r"(?:.*(?:request|correlation|trace|trans|transaction|operation|activity|incident|event)-?_?id$|traceparent$|cf-ray$"
    r"|x-amz-(?:id-2|cf-id|rid)$|x-iinfo$|x-sucuri-id$|x-vercel-id$|x-azure-ref$|x-msedge-ref$|x-guploader-uploadid$"
    r"|x-amzn-requestid$|x-cloud-trace-context$|x-arr-log-id$|akamai-grn$|x-reference-error$)"
)
_CLIENT_ADDRESS: Final = re.compile(
    r"x-forwarded-for$|forwarded$|x-real-ip$|true-client-ip$|cf-connecting-ip|x-client-ip$|fastly-client-ip$"
    r"|x-cluster-client-ip$|x-azure-(?:clientip|socketip)$|x-original-forwarded-for$|x-appengine-user-ip$"
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
    if any(_SECRET_WORD.fullmatch(part) for part in {*parts, *_between(name), "".join(parts)}):
        return True
    return _SECRET_KEY.fullmatch("".join(_between(name))) is not None


@lru_cache(maxsize=4096)
def is_weakly_secret(name: str) -> bool:
    """A value beside this name is a secret in an address, and elsewhere if it looks random ("code", "state", "key")."""
    return bool(_WEAK_WORD.intersection((*words(name)[-1:], *_between(name)[-1:])))


@lru_cache(maxsize=4096)
def is_personal(name: str) -> bool:
    """A value beside this name tells who somebody is, or where to find them."""
    parts = words(name)
    return bool(parts) and parts[-1] not in _NO_PERSON_LAST and _PERSONAL.fullmatch("".join(parts)) is not None


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
    return _USER_HEADER.fullmatch(name) is not None or is_personal(name)


@lru_cache(maxsize=4096)
def is_secret_header(name: str) -> bool:
    """`name` in lower case. Names such as Access-Control-Allow-Credentials or Sec-WebSocket-Key carry no secret."""
    if _NO_SECRET_HEADER.match(name) or _ID_HEADER.match(name):
        return False
    return is_secret(name) or words(name)[-1:] in (("key",), ("auth",), ("nonce",), ("pin",), ("ticket",))


@lru_cache(maxsize=4096)
def is_id_header(name: str) -> bool:
    """Its value identifies a request, an object or a build: random to the eye, needed for the diagnosis, no secret."""
    return bool(_ID_HEADER.match(name))


def is_url_header(name: str) -> bool:
    return name in _URL_HEADER


def is_client_address_header(name: str) -> bool:
    return bool(_CLIENT_ADDRESS.match(name))


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
    return bool(_REQUEST_ID.match(name))
