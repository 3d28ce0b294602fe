"""An exchange as the report shows it: redacted, with the beginning of its bodies."""

from __future__ import annotations

from harinspect.har.model import Exchange, Initiator
from harinspect.redaction.reports import ReportRedactor
from harinspect.report import model
from harinspect.report.times import when
from harinspect.wire.headers import Headers

EXCERPT = 4096  # characters of a body


def exchange_part(exchange: Exchange, redactor: ReportRedactor) -> model.Exchange:
    """One exchange in full, as far as the file was kept open for it."""
    request, response = exchange.request, exchange.response
    sent = request.post_data.text if request.post_data else None
    return model.Exchange(
        exchange=exchange.index,
        started=when(exchange.started),
        duration=round(exchange.duration, 1),
        method=redactor.word(exchange.method),
        url=redactor.url(exchange.url),
        status=exchange.status,
        status_text=redactor.word(response.status_text),
        error=redactor.word(exchange.error) if exchange.error else exchange.error,
        resource_type=redactor.word(exchange.resource_type),
        http_version=redactor.word(request.http_version),
        server_ip=redactor.address(exchange.server_ip),
        initiator=_initiator(exchange.initiator, redactor),
        provisional=exchange.provisional,
        request_headers=_fields(request.headers, redactor, exchange.url),
        request_body=redactor.text(sent[:EXCERPT]) if sent else None,
        response_headers=_fields(response.headers, redactor),
        response_body=redactor.text(response.body[:EXCERPT]) if response.body else None,
    )


def _initiator(initiator: Initiator, redactor: ReportRedactor) -> str:
    return redactor.url(initiator.url) if initiator.url else redactor.word(initiator.kind)


def _fields(headers: Headers, redactor: ReportRedactor, url: str = "") -> tuple[model.Field, ...]:
    return tuple(
        model.Field(
            name=redactor.word(name),
            value=_path(value, url, redactor) if name == ":path" else redactor.header(name, value),
        )
        for name, value in headers
    )


def _path(value: str, url: str, redactor: ReportRedactor) -> str:
    """Of a pseudo-header (RFC 9113, section 8.3.1): the end of the address, and masked as it is there."""
    origin = url.removesuffix(value)
    shown = redactor.url(url)
    is_end = value.startswith("/") and origin != url and shown.startswith(f"{origin}/")
    return shown.removeprefix(origin) if is_end else redactor.header(":path", value)
