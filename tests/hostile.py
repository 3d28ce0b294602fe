"""Recordings that attack whoever looks at them: payloads in every text field of a HAR, known and unknown ones."""

from __future__ import annotations

import json
from io import BytesIO
from itertools import count

from harinspect.pipeline import analyse
from harinspect.report.model import Report

RUN = "window.pwned=1"
_HANDLERS = (
    "<img src=x onerror={}>",
    "<svg onload={}>",
    "<svg><animate onbegin={} attributeName=x dur=1s>",
    "<body onload={}>",
    "<iframe onload={}></iframe>",
    "<input autofocus onfocus={}>",
    "<details open ontoggle={}>",
    "<video><source onerror={}></video>",
    "<audio src=x onerror={}>",
    "<marquee onstart={}>x</marquee>",
    "<a href=x onmouseover={}>x</a>",
    "<style>@keyframes x{{}}</style><b style='animation-name:x' onanimationstart={}>x</b>",
    "<form><button formaction=javascript:{}>x</button></form>",
    "<object data='javascript:{}'></object>",
    "<embed src='javascript:{}'>",
    "<a href='javascript:{}'>x</a>",
    "<a href=' jAvA\tscript:{}'>x</a>",
    "<a href='&#106;avascript:{}'>x</a>",
    "<iframe src='javascript:{}'></iframe>",
    "<iframe srcdoc='<script>parent.{}</script>'></iframe>",
    "<meta http-equiv=refresh content='0;url=javascript:{}'>",
    "<base href='javascript:{}//'>",
    "<link rel=stylesheet href='javascript:{}'>",
    "<script>{}</script>",
    "<script src='data:text/javascript,{}'></script>",
    "<ScRiPt >{}</sCrIpT >",
    "<scr<script>ipt>{}</scr</script>ipt>",
    "</title><script>{}</script>",
    "</textarea><script>{}</script>",
    "</style><script>{}</script>",
    "</script><script>{}</script>",
    "</code></pre><script>{}</script>",
    "--><script>{}</script><!--",
    "]]><script>{}</script>",
    "<svg><script>{}</script></svg>",
    "<svg><use href='data:image/svg+xml,<svg onload={}>'></use></svg>",
    "<math><mtext><img src onerror={}></mtext></math>",
    "<math href='javascript:{}'>x</math>",
    "<noscript><p title='</noscript><img src onerror={}>'>",
    "<template><script>{}</script></template>",
    "<xmp><p title='</xmp><img src onerror={}>'>",
    '"><img src=x onerror={}>',
    "'><img src=x onerror={}>",
    '" onmouseover={} x="',
    "' onfocus={} autofocus tabindex=1 x='",
    "` onerror={} `",
    "<img src=`x` onerror=`{}`>",
    "<img/src=x/onerror={}>",
    "<<img src=x onerror={}//>",
    "<img src=x onerror\x00={}>",
    "<\x00script>{}</script>",
    "<img src=x one\u202error={}>",
    "\u202e<script>{}</script>\u202c",
    "\ufeff<script>{}</script>",
    "\u2028{}\u2029",
    "&lt;script&gt;{}&lt;/script&gt;",
    "%3Cscript%3E{}%3C/script%3E",
    "\\u003cscript\\u003e{}\\u003c/script\\u003e",
    "+ADw-script+AD4-{}+ADw-/script+AD4-",
    "javascript:{}",
    "data:text/html,<script>{}</script>",
    "<div hx-get=/ hx-trigger=load hx-on:load={} hx-vals='js:{{x:{}}}'>x</div>",
    "<div data-copy data-copy-url=javascript:{}>x</div>",
    "[x](javascript:{})",
    "![x](javascript:{})",
    "[x]: javascript:{}\n[x]",
    "<javascript:{}>",
    "\n\n<script>{}</script>\n\n",
    "```\n<script>{}</script>",
    "~~~\n</details><script>{}</script>",
    "| x | <img src onerror={}> |\n|---|---|",
)
PAYLOADS = (
    *(shape.replace("{}", RUN).replace("{{", "{").replace("}}", "}") for shape in _HANDLERS),
    "{{7*7}}{{config}}{{''.__class__.__mro__}}",
    "{% for x in ().__class__.__base__.__subclasses__() %}{{x}}{% endfor %}",
    "${7*7}#{7*7}<%= 7*7 %>{0}{x!r}%s%n",
    "{#{% raw %}{{ view }}",
    "\x1b[31mred\x1b[0m\x1b]0;title\x07\x1b]8;;https://evil.example\x1b\\link\x1b]8;;\x1b\\",
    "\x9b31mred\x90q\x9c\x1bc\x1b[2J\x08\x08\x7f\r\nsecond line",
    "\u202egnp.exe\u2066\u2069\u200f\u061c\u200e hidden",
    "nothing\x00after\x00",
    "\ud800 \udfff lone",
    '=HYPERLINK("https://evil.example")\t@SUM(1)',
)
_CORS = ("Access-Control-Allow-Origin", "Access-Control-Allow-Headers", "Access-Control-Allow-Methods", "Vary")
_SENT = ("Origin", "Referer", "User-Agent", "Authorization", "Cookie", "X-Csrf-Token", "Accept", "Host")
_GOT = ("Server", "Via", "X-Cache", "WWW-Authenticate", "Content-Type", "Retry-After", "X-Request-Id", "Refresh")


def entries(payload: str) -> list[dict[str, object]]:
    """A redirect, a refused page, a refused POST, a failed preflight with its request, a call blocked unanswered."""
    home = "https://shop.example"
    asked = [_pair(name, payload) for name in (*_SENT, "Access-Control-Request-Headers", payload)]
    told = [_pair(name, payload) for name in (*_GOT, *_CORS, payload)]
    cookie = _pair("Set-Cookie", f"{payload}={payload}; Path={payload}; Domain={payload}; SameSite={payload}")
    leave = _pair("Location", f"{home}/next/{payload}")
    cors = [_pair("Origin", home), _pair("Sec-Fetch-Mode", "cors"), *asked[1:]]
    wanted = [_pair("Access-Control-Request-Method", "PUT"), _pair("Access-Control-Request-Headers", f"x-a, {payload}")]
    page = [_pair("Content-Type", "text/html"), *told]
    return [
        _entry(payload, f"{home}/{payload}?q={payload}#{payload}", 302, asked, [leave, cookie, *told]),
        _entry(payload, f"{home}/next/{payload}", 403, asked, page),
        _entry(payload, f"{home}/save?{payload}={payload}", 403, asked, page, method="POST"),
        _entry(payload, f"https://api.example/{payload}", 403, [*cors, *wanted], told, method="OPTIONS"),
        _entry(payload, f"https://api.example/{payload}", 0, cors, [], method="PUT"),
        _entry(payload, payload, 403, asked, told, method=payload),
        _entry(payload, f"https://{payload}@shop.example:8080/x;{payload}", 401, asked, told),
    ]


def har(*payloads: str) -> bytes:
    """A recording of all payloads; what has one place only bears the first."""
    first = payloads[0]
    rows = [row | {"pageref": f"p{first}"} for payload in payloads for row in entries(payload)]
    seconds = count()
    for row in rows:
        row["startedDateTime"] = f"2026-03-02T09:{next(seconds) // 60 % 60:02}:{next(seconds) % 60:02}.000Z"
    log = {
        "version": "1.2",
        "creator": {"name": first, "version": first, "comment": first},
        "browser": {"name": first, "version": first},
        "comment": first,
        "pages": [
            {
                "id": f"p{first}",
                "title": first,
                "startedDateTime": "2026-03-02T09:00:00.000Z",
                "pageTimings": {"onLoad": 1, "comment": first},
                "comment": first,
            }
        ],
        "entries": rows,
        "_made": first,
    }
    return json.dumps({"log": log}).encode()


def report(*payloads: str) -> Report:
    """What is made of it; the first payload names the file, too."""
    (made,) = analyse(BytesIO(har(*payloads)), name=f"{payloads[0]}.har")
    return made


def _pair(name: str, value: str) -> dict[str, object]:
    return {"name": name, "value": value, "comment": value}


def _entry(
    payload: str,
    url: str,
    status: int,
    sent: list[dict[str, object]],
    got: list[dict[str, object]],
    *,
    method: str = "GET",
) -> dict[str, object]:
    cookie = _pair(payload, payload) | {"path": payload, "domain": payload, "expires": payload, "sameSite": payload}
    post = {"mimeType": payload, "text": payload, "params": [_pair(payload, payload) | {"fileName": payload}]}
    frame = {"functionName": payload, "url": payload, "scriptId": payload, "lineNumber": 1, "columnNumber": 1}
    return {
        "time": 5,
        "request": {
            "method": method,
            "url": url,
            "httpVersion": payload,
            "headers": sent,
            "cookies": [cookie],
            "queryString": [_pair(payload, payload)],
            "postData": post if method == "POST" else None,
            "headersSize": -1,
            "bodySize": -1,
        },
        "response": {
            "status": status,
            "statusText": payload,
            "httpVersion": payload,
            "headers": got,
            "cookies": [cookie],
            "redirectURL": payload,
            "content": {"mimeType": "text/html", "text": f"<h1>403 Forbidden</h1>{payload}", "size": 1},
            "_error": payload if not status else None,
        },
        "serverIPAddress": payload,
        "connection": payload,
        "comment": payload,
        "cache": {},
        "timings": {"send": 0, "wait": 5, "receive": 0, "comment": payload},
        "_resourceType": payload if method == "OPTIONS" else "fetch",
        "_initiator": {"type": payload, "url": payload, "stack": {"callFrames": [frame], "description": payload}},
        "_priority": payload,
        payload: payload,
    }
