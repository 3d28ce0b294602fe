"""The objects of SARIF 2.1.0 (OASIS, section 3) that we write, and nothing of the rest. Empty members are left out."""

from __future__ import annotations

from typing import Literal

import msgspec

from harinspect.report.model import Fix, Verified

Level = Literal["error", "warning", "note"]
Kind = Literal["object", "array", "value"]
SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"


class Part(msgspec.Struct, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    """Shared settings of all objects."""


class Message(Part, frozen=True, kw_only=True):
    """Section 3.11."""

    text: str
    markdown: str = ""


class ArtifactLocation(Part, frozen=True, kw_only=True):
    """Section 3.4. `uri` is a relative reference (RFC 3986 section 4.2)."""

    uri: str
    index: int = -1


class PhysicalLocation(Part, frozen=True, kw_only=True):
    """Section 3.29."""

    artifact_location: ArtifactLocation


class LogicalLocation(Part, frozen=True, kw_only=True):
    """Section 3.33. `fully_qualified_name` is a JSON pointer into the HAR (RFC 6901)."""

    fully_qualified_name: str
    kind: Kind


class Location(Part, frozen=True, kw_only=True):
    """Section 3.28."""

    physical_location: PhysicalLocation
    logical_locations: tuple[LogicalLocation, ...]
    message: Message | None = None


class WebRequest(Part, frozen=True, kw_only=True):
    """Section 3.46."""

    method: str
    target: str


class WebResponse(Part, frozen=True, kw_only=True):
    """Section 3.47."""

    status_code: int


class Told(Part, frozen=True, kw_only=True):
    """What a result has for us beyond SARIF: its property bag (section 3.8). `place` 1 is the answer."""

    place: int
    cause: str
    confidence: str
    basis: str
    responsible: str
    temporary: str
    fixes: tuple[Fix, ...] = ()
    verified: Verified | None = None


class Result(Part, frozen=True, kw_only=True):
    """Section 3.27."""

    rule_id: str
    rule_index: int
    level: Level
    message: Message
    locations: tuple[Location, ...]
    partial_fingerprints: dict[str, str]
    properties: Told
    related_locations: tuple[Location, ...] = ()
    web_request: WebRequest | None = None
    web_response: WebResponse | None = None


class RuleProperties(Part, frozen=True, kw_only=True):
    cause: str
    refs: tuple[str, ...] = ()


class Rule(Part, frozen=True, kw_only=True):
    """A reportingDescriptor, section 3.49."""

    id: str
    short_description: Message
    properties: RuleProperties
    help_uri: str = ""


class Driver(Part, frozen=True, kw_only=True):
    """A toolComponent, section 3.19."""

    name: str
    version: str
    rules: tuple[Rule, ...] = ()
    language: str = "en-US"  # as the standard's default


class Tool(Part, frozen=True, kw_only=True):
    """Section 3.18."""

    driver: Driver


class Notification(Part, frozen=True, kw_only=True):
    """Section 3.58: what of the run is no result."""

    level: Level
    message: Message
    locations: tuple[Location, ...] = ()


class Invocation(Part, frozen=True, kw_only=True):
    """Section 3.20."""

    execution_successful: bool
    tool_execution_notifications: tuple[Notification, ...] = ()


class Artifact(Part, frozen=True, kw_only=True):
    """Section 3.24."""

    location: ArtifactLocation
    length: int
    roles: tuple[str, ...]


class AutomationDetails(Part, frozen=True, kw_only=True):
    """Section 3.17."""

    id: str


class Run(Part, frozen=True, kw_only=True):
    """Section 3.14."""

    tool: Tool
    automation_details: AutomationDetails
    invocations: tuple[Invocation, ...]
    artifacts: tuple[Artifact, ...]
    results: tuple[Result, ...]  # always there: an empty array says that nothing was found, section 3.14.23


class Log(Part, frozen=True, kw_only=True):
    """Section 3.13."""

    schema: str = msgspec.field(name="$schema")
    version: str
    runs: tuple[Run, ...]
