"""The options that keep reports and that open the page to others, and the command that makes the password file."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Optional

import typer

if TYPE_CHECKING:
    from harinspect.web.access import Access, Options
    from harinspect.web.kept import Kept

_UNUSABLE = 2
PasswordFile = Annotated[
    Optional[Path],  # noqa: UP045 - typer reads it at run time
    typer.Option(
        "--password-file", metavar="FILE", help="Ask for this password; 'harinspect password' makes the file."
    ),
]
TrustHeader = Annotated[
    str, typer.Option("--trust-header", metavar="NAME", help="The header in which a proxy names who signed in there.")
]
Proxies = Annotated[
    Optional[list[str]],  # noqa: UP045
    typer.Option("--from", metavar="ADDRESS", help="The address of that proxy; it speaks TLS with the browsers."),
]
CertFile = Annotated[
    Optional[Path],  # noqa: UP045
    typer.Option("--certfile", metavar="FILE", help="Speak TLS with this certificate (PEM, with its chain)."),
]
KeyFile = Annotated[
    Optional[Path],  # noqa: UP045
    typer.Option("--keyfile", metavar="FILE", help="The key of the certificate (PEM)."),
]
Names = Annotated[
    Optional[list[str]],  # noqa: UP045
    typer.Option("--allow-host", metavar="NAME", help="A name that browsers may call the page by; may be repeated."),
]
Data = Annotated[
    Optional[Path],  # noqa: UP045
    typer.Option("--data", metavar="DIR", help="Keep reports in this folder. Default: where this system keeps data."),
]
ForgetAfter = Annotated[
    Optional[str],  # noqa: UP045
    typer.Option("--forget-after", metavar="SPAN", help="Delete reports after so long: 12h, 30d, 8w. Default: never."),
]


@contextmanager
def kept(data: Path | None, forget_after: str | None) -> Iterator[Kept]:
    """The reports on disk, closed at the end. Ends with a sentence where they, or the span, cannot be used."""
    from harinspect.store.archive import open_archive
    from harinspect.store.expiry import span
    from harinspect.web.kept import Kept

    try:
        after = span(forget_after) if forget_after else None
        archive = open_archive(data)
    except ValueError as problem:  # NoExpiry and StoreError, whose words are sentences
        typer.echo(f"harinspect: {problem}", err=True)
        raise typer.Exit(_UNUSABLE) from problem
    with archive:
        yield Kept(archive, after)


def trouble_with(host: str, port: int) -> str:
    """Why nothing can listen there, "" if it can, said before the server says it in its own way."""
    import errno
    import socket

    try:
        with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((host, port))
    except (OSError, UnicodeError) as error:
        number = getattr(error, "errno", None)
        if number == errno.EADDRINUSE:
            return f"port {port} is in use; choose another with --port."
        if number == errno.EACCES:
            return f"port {port} needs more rights than you have; choose another with --port."
        if number == errno.EADDRNOTAVAIL:
            return f"this machine has no address {host} to listen on."
        return f"{host} is no address to listen on."
    return ""


def checked(asked: Options, port: int) -> Access:
    """Whom the page is opened to. Ends with a sentence where that is not safe, or where nothing can listen."""
    from harinspect.web.access import access

    try:
        if trouble := trouble_with(asked.host, port):
            raise ValueError(trouble)
        return access(asked)
    except ValueError as problem:  # NotSafe and StoreError, whose words are sentences
        typer.echo(f"harinspect: {problem}", err=True)
        raise typer.Exit(_UNUSABLE) from problem


def check_alone(host: str) -> None:
    """Ends with a sentence where others could reach the demo."""
    from harinspect.web.access import is_loopback

    if is_loopback(host):
        return
    typer.echo("harinspect: the demo is for this machine alone; 'harinspect serve' can be opened to others.", err=True)
    raise typer.Exit(_UNUSABLE)


def password(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Where to keep its hash, readable by you alone.")],
) -> None:
    """Write the file for serve --password-file.

    Asks for the password twice, and keeps its hash alone.
    """
    from harinspect.store import passwords
    from harinspect.store.passphrases import Unfit
    from harinspect.store.trouble import StoreError

    try:
        passwords.write(file, _asked_twice())
    except (Unfit, StoreError) as problem:
        typer.echo(f"harinspect: {problem}", err=True)
        raise typer.Exit(_UNUSABLE) from problem
    typer.echo(f"Written to {file}, which only you can read.", err=True)


def _asked_twice() -> str:
    """From the terminal without an echo, or from a pipe: there once is enough, and twice must agree. Raises Unfit."""
    from harinspect.store.passphrases import Unfit

    if sys.stdin.isatty():
        from getpass import getpass

        first, second = getpass("Password: "), getpass("Again: ")
    else:
        told = sys.stdin.read(10_000).splitlines()
        first, second = "".join(told[:1]), "".join(told[1:2] or told[:1])
    if first != second:
        raise Unfit("The two passwords differ; nothing was written.")
    return first
