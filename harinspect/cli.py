"""The command: inspect, redact, serve, demo, rules. Standard output bears the result, standard error the rest."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Optional

import typer

from harinspect import __version__
from harinspect.render.formats import Format, rendered
from harinspect.sharing import command as redact
from harinspect.web import options

if TYPE_CHECKING:
    from collections.abc import Callable

    from harinspect.inspecting import Rule
    from harinspect.report.model import Report
    from harinspect.store import Keeping
    from harinspect.web.access import Access
    from harinspect.web.kept import Kept

app = typer.Typer(
    name="harinspect",
    help="Tell why each request in a HAR file was refused, who has to act, and what to change.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
NOTHING_REFUSED, REFUSED, UNUSABLE = 0, 1, 2
LOOPBACK = "127.0.0.1"
QUIET_BELOW = 8_000_000  # bytes: a smaller file is read before a progress bar could be seen


def main() -> None:
    """The console script."""
    app()


@app.callback(invoke_without_command=True)
def common(
    version: Annotated[bool, typer.Option("--version", help="Print the version and exit.")] = False,
) -> None:
    if version:
        typer.echo(f"harinspect {__version__}")
        raise typer.Exit


Knowledge = Annotated[
    Optional[Path],  # noqa: UP045 - typer reads it at run time
    typer.Option("--knowledge", metavar="DIR", help="A folder with TOML files about products of your own."),
]


@app.command()
def inspect(
    files: Annotated[
        list[Path], typer.Argument(metavar="FILE...", help="HAR files (also .gz, .zip); - reads standard input.")
    ],
    format_: Annotated[Format, typer.Option("--format", "-f", help="How to write the report.")] = Format.TEXT,
    output: Annotated[Optional[Path], typer.Option("--output", "-o", help="Write to this file instead.")] = None,  # noqa: UP045 - typer reads it at run time
    color: Annotated[Optional[bool], typer.Option("--color/--no-color", help="Default: only on a terminal.")] = None,  # noqa: UP045
    knowledge: Knowledge = None,
) -> None:
    """Diagnose every refused request of one or more HAR files.

    Exit status: 0 nothing was refused, 1 something was, 2 a file could not be used.
    """
    _check(knowledge)
    reports: list[Report] = []
    unusable = False
    for file in files:
        found = _analysed(file, knowledge)
        unusable = unusable or found is None
        reports += found or ()
    if reports:
        several = len(reports) > 1 or len(files) > 1
        _write(_rendered(reports, format_, several, _wants_color(color, output)), output)
    raise typer.Exit(UNUSABLE if unusable else max(map(_status, reports), default=NOTHING_REFUSED))


def _check(knowledge: Path | None) -> None:
    """Ends with one sentence where the user's own files cannot be used, before anything else is done."""
    if knowledge is None:
        return
    from harinspect.knowledge import KnowledgeError, load

    try:
        load(knowledge)
    except KnowledgeError as problem:
        typer.echo(f"harinspect: {problem}.", err=True)
        raise typer.Exit(UNUSABLE) from problem


def _analysed(file: Path, knowledge: Path | None) -> tuple[Report, ...] | None:
    """The reports of one file, or None once the reason has been said."""
    from harinspect.har.model import NotHar
    from harinspect.pipeline import analyse

    try:
        with _progress(file) as progress:
            if str(file) == "-":
                return analyse(sys.stdin.buffer, name="standard input", progress=progress, knowledge=knowledge)
            return analyse(file, progress=progress, knowledge=knowledge)
    except NotHar as problem:
        typer.echo(f"harinspect: {file}: {problem}", err=True)
    return None


@contextmanager
def _progress(file: Path) -> Iterator[Callable[[int, int], None] | None]:
    """A bar on standard error while a long file is read, where someone can see it."""
    if not sys.stderr.isatty() or not file.is_file() or file.stat().st_size < QUIET_BELOW:
        yield None
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(f"Reading {file.name}", total=file.stat().st_size)
        yield lambda done, total: bar.update(task, completed=done, total=total)


def _status(report: Report) -> int:
    return REFUSED if any(denial.kind != "related" for denial in report.denials) else NOTHING_REFUSED


def _wants_color(asked: bool | None, output: Path | None) -> bool:
    import os

    if asked is not None:
        return asked
    return output is None and sys.stdout.isatty() and not os.environ.get("NO_COLOR")


def _rendered(reports: Sequence[Report], format_: Format, several: bool, color: bool) -> bytes:
    try:
        return rendered(reports, format_, several=several, width=_width(), color=color)
    except ValueError as problem:
        raise typer.BadParameter(str(problem), param_hint=f"--format {format_}") from problem


def _width() -> int:
    import shutil

    return max(60, min(shutil.get_terminal_size((80, 24)).columns, 120))


def _write(rendered: bytes, output: Path | None) -> None:
    if output is not None:
        try:
            output.write_bytes(rendered)
        except OSError as error:
            typer.echo(f"harinspect: {output} cannot be written ({error.strerror}).", err=True)
            raise typer.Exit(UNUSABLE) from error
        typer.echo(f"Written to {output}.", err=True)
        return
    sys.stdout.buffer.write(rendered if rendered.endswith(b"\n") else rendered + b"\n")
    sys.stdout.buffer.flush()


@app.command()
def rules(
    rule: Annotated[Optional[str], typer.Argument(metavar="[ID]", help="Print one rule in full.")] = None,  # noqa: UP045
    knowledge: Knowledge = None,
) -> None:
    """List every rule, or explain one."""
    from harinspect.inspectors import all_rules

    known = all_rules() | _own_rules(knowledge)
    if rule is None:
        width = max(map(len, known))
        typer.echo("\n".join(f"{rule_id:<{width}}  {stated.title}" for rule_id, stated in sorted(known.items())))
        return
    if rule not in known:
        typer.echo(f"harinspect: there is no rule {rule}; 'harinspect rules' lists them.", err=True)
        raise typer.Exit(UNUSABLE)
    stated = known[rule]
    typer.echo(f"{stated.id}: {stated.title}\ncause {stated.cause}; who acts: {stated.responsible}\n\n{stated.why}\n")
    for fix in stated.fixes:
        typer.echo(f"  {fix.audience} ({fix.effort}): {fix.text}")
    typer.echo("".join(f"\n  {ref}" for ref in stated.refs))


def _own_rules(knowledge: Path | None) -> dict[str, Rule]:
    _check(knowledge)
    if knowledge is None:
        return {}
    from harinspect.inspectors.answer import rules_of
    from harinspect.knowledge import load

    return rules_of(load(knowledge))


app.command("redact")(redact)

Host = Annotated[str, typer.Option(help="Address to listen on.")]
Port = Annotated[int, typer.Option(help="Port to listen on.", min=1, max=65535)]
OpenBrowser = Annotated[Optional[bool], typer.Option("--open/--no-open", help="Default: where there is a screen.")]  # noqa: UP045


@app.command()
def serve(
    host: Host = LOOPBACK,
    port: Port = 8403,
    open_browser: Annotated[bool, typer.Option("--open/--no-open", help="Open it in a browser.")] = False,
    knowledge: Knowledge = None,
    data: options.Data = None,
    forget_after: options.ForgetAfter = None,
    password_file: options.PasswordFile = None,
    trust_header: options.TrustHeader = "",
    proxies: options.Proxies = None,
    certfile: options.CertFile = None,
    keyfile: options.KeyFile = None,
    names: options.Names = None,
) -> None:
    """Start the page.

    Reports are kept, redacted. Where others can reach it, it demands sign-in and TLS.
    """
    from harinspect.web.access import Options

    asked = Options(host, password_file, trust_header, proxies or (), certfile, keyfile, names or ())
    _check(knowledge)
    access = options.checked(asked, port)
    with options.kept(data, forget_after) as kept:
        _serve(kept.archive.reports, host, port, access, open_browser, knowledge, kept)


app.command("password")(options.password)


@app.command()
def demo(
    host: Host = LOOPBACK, port: Port = 8403, open_browser: OpenBrowser = None, knowledge: Knowledge = None
) -> None:
    """Start the page with the samples analysed, keeping nothing."""
    from harinspect.pipeline import analyse
    from harinspect.render import shipped_folder
    from harinspect.sharing import packed
    from harinspect.store import Store
    from harinspect.web.access import Options

    options.check_alone(host)
    _check(knowledge)
    access = options.checked(Options(host), port)
    files = sorted(shipped_folder("sample_hars").glob("*.har"))
    store = Store()
    for file in files:
        for report in analyse(file, knowledge=knowledge):
            store.recordings.put(store.add(report, sample=True).id, *packed(file))
    typer.echo(f"{len(files)} sample recordings analysed.", err=True)
    _serve(store, host, port, access, open_browser, knowledge)


def _serve(
    store: Keeping,
    host: str,
    port: int,
    access: Access,
    open_browser: bool | None,
    knowledge: Path | None,
    kept: Kept | None = None,
) -> None:
    from harinspect import web
    from harinspect.web.access import is_loopback

    scheme = "https" if access.certfile else "http"
    address = f"{scheme}://[{host}]:{port}" if ":" in host else f"{scheme}://{host}:{port}"
    typer.echo(f"harinspect is on {address} (Ctrl+C stops it).", err=True)
    if not is_loopback(host) and access.hosts == (host,):
        typer.echo("It answers to the address of this machine; --allow-host NAME adds a name.", err=True)
    if _has_screen() if open_browser is None else open_browser:
        _open_soon(address)
    web.serve(host, port, store, access, knowledge=knowledge, kept=kept)


def _has_screen() -> bool:
    """A browser is opened only where a person can see it."""
    import os

    return sys.platform in ("darwin", "win32") or bool({"DISPLAY", "WAYLAND_DISPLAY"} & os.environ.keys())


def _open_soon(address: str) -> None:
    """Once the server has had time to come up; a machine without a browser is no error."""
    import threading
    import webbrowser

    timer = threading.Timer(1.0, webbrowser.open, [address])
    timer.daemon = True
    timer.start()
