"""Whom the page is open to: this machine alone, or others who sign in over TLS. Decided before it starts."""

from __future__ import annotations

import re
import ssl
from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from pathlib import Path
from typing import Final

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network
LOCALHOST: Final = "localhost"
_TOKEN: Final = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}")  # RFC 9110 section 5.6.2
_MAPPED: Final = 96  # bits before an IPv4 address in an IPv6 one (RFC 4291 section 2.5.5.2)
_SIGN_IN: Final = (
    "sign-in by --password-file FILE ('harinspect password FILE' makes one), or by --trust-header NAME --from ADDRESS"
    " behind a proxy that signs people in"
)
_TLS: Final = "TLS by --certfile FILE --keyfile FILE, or by the proxy that --from ADDRESS names"


class NotSafe(ValueError):
    """The page may not be opened like that; one or two sentences for who started it."""


@dataclass(frozen=True, slots=True)
class Options:
    """What the command line says about it."""

    host: str = "127.0.0.1"
    password_file: Path | None = None
    trust_header: str = ""
    proxies: Sequence[str] = ()
    certfile: Path | None = None
    keyfile: Path | None = None
    names: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Access:
    """Who is let in. `password` is a hash, "" where none is asked for; `header` names the signed-in user where one of
    `proxies` sends it; `behind_proxy` says that nobody but them may speak with us; `hosts` are allowed beside those of
    loopback.
    """

    password: str = ""
    header: str = ""
    proxies: tuple[Network, ...] = ()
    behind_proxy: bool = False
    hosts: tuple[str, ...] = ()
    certfile: Path | None = None
    keyfile: Path | None = None

    @property
    def is_open(self) -> bool:
        """Nobody has to sign in."""
        return not (self.password or self.header)

    def is_proxy(self, peer: Address | None) -> bool:
        return peer is not None and any(peer in network for network in self.proxies)


EVERYBODY_HERE: Final = Access()


def access(options: Options) -> Access:
    """What follows from the options. Raises NotSafe; StoreError where the password file cannot be used."""
    _check_pairs(options)
    if not is_loopback(options.host):
        _check_exposed(options)
    if options.certfile and options.keyfile:
        _check_certificate(options.certfile, options.keyfile)
    return Access(
        _password(options.password_file),
        _header(options.trust_header),
        tuple(_network(text) for text in options.proxies),
        not is_loopback(options.host) and options.certfile is None,
        (options.host, *options.names),
        options.certfile,
        options.keyfile,
    )


def is_loopback(host: str) -> bool:
    found = address(host)
    return host.lower() == LOCALHOST if found is None else found.is_loopback


def address(text: str) -> Address | None:
    """The IP address that the text is, None where it is none; IPv4 in the clothes of IPv6 becomes IPv4 again."""
    try:
        found = ip_address(text.partition("%")[0])
    except ValueError:
        return None
    return (isinstance(found, IPv6Address) and found.ipv4_mapped) or found


def _check_pairs(options: Options) -> None:
    if (options.certfile is None) != (options.keyfile is None):
        raise NotSafe("--certfile and --keyfile go together: name both files.")
    if options.password_file and options.trust_header:
        raise NotSafe("Choose one way to sign in: --password-file, or --trust-header.")
    if options.trust_header and not options.proxies:
        raise NotSafe("--trust-header needs --from ADDRESS, the address of the proxy that sets this header.")
    if options.proxies and not (options.trust_header or options.password_file):
        raise NotSafe(f"--from names a proxy, but nobody would have to sign in: add {_SIGN_IN}.")


def _check_exposed(options: Options) -> None:
    """Others can reach the page there: they must sign in, and nobody on the way may listen."""
    missing = []
    if not (options.password_file or options.trust_header):
        missing.append(_SIGN_IN)
    if not (options.certfile or options.proxies):
        missing.append(_TLS)
    if missing:
        raise NotSafe(
            f"Others could reach {options.host}: the page does not start there without {'; and '.join(missing)}."
        )


def _check_certificate(certfile: Path, keyfile: Path) -> None:
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(certfile, keyfile, password=lambda: "")
    except FileNotFoundError as error:
        raise NotSafe(f"--certfile {certfile} or --keyfile {keyfile} is not there.") from error
    except (OSError, ValueError) as error:  # ssl.SSLError is an OSError
        raise NotSafe(
            f"--certfile {certfile} and --keyfile {keyfile} cannot be used: PEM files are needed, the key"
            " without a passphrase and made for the certificate."
        ) from error


def _password(file: Path | None) -> str:
    if file is None:
        return ""
    from harinspect.store import passwords

    return passwords.read(file)


def _header(name: str) -> str:
    if name and not _TOKEN.fullmatch(name):
        raise NotSafe(f"--trust-header {name!r} is no name of a header.")
    return name.lower()


def _network(text: str) -> Network:
    try:
        found = ip_network(text, strict=False)
    except ValueError as error:
        raise NotSafe(
            f"--from {text!r} is no IP address; write one such as 10.0.0.5, or a network such as 10.0.0.0/24."
        ) from error
    if not found.prefixlen:
        raise NotSafe(f"--from {text!r} is everybody; name the proxy's own address.")
    if isinstance(found, IPv6Network) and found.network_address.ipv4_mapped and found.prefixlen >= _MAPPED:
        return IPv4Network((found.network_address.ipv4_mapped, found.prefixlen - _MAPPED))
    return found
