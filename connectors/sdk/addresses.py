"""Where outbound calls may go: names are resolved once, and every address is checked.

The connection goes to an address that was checked, so a name that resolves otherwise a moment later
(DNS rebinding) gains nothing.
"""

from __future__ import annotations

import ipaddress
import socket
import threading
import time
from collections.abc import Sequence
from typing import Any
from urllib.parse import SplitResult, urlsplit

from connectors.sdk.connector import Egress
from connectors.sdk.errors import ConfigurationError, TransientError

__all__ = ["AddressRefusedError", "HostNotFoundError", "check_address", "is_listed", "is_public", "resolve"]

SocketAddress = tuple[int, tuple[Any, ...]]
"""Address family, and what ``connect`` takes."""

_GLOBAL_UNICAST = ipaddress.IPv6Network("2000::/3")
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
_OTHER_REFUSED = (
    ipaddress.IPv6Network("2001::/23"),  # Teredo and other protocol assignments.
    ipaddress.IPv6Network("2001:db8::/32"),
    ipaddress.IPv6Network("2002::/16"),  # 6to4 leads into whatever IPv4 address it embeds.
    ipaddress.IPv6Network("3fff::/20"),
    ipaddress.IPv4Network("192.0.0.0/24"),  # Protocol assignments; one cloud's metadata is among them.
    ipaddress.IPv4Network("192.88.99.0/24"),  # The 6to4 relays.
    ipaddress.IPv4Network("168.63.129.16/32"),  # Azure's host agent, a public number inside its networks.
)
_PORTS = {"http": 80, "https": 443}


class AddressRefusedError(Exception):
    """The host, or an address that it resolves to, may not be called. Its text is the host."""


class HostNotFoundError(Exception):
    """The name does not resolve. Its text is the host."""


def is_public(address: str) -> bool:
    """Whether an IP address belongs to the public internet, also when it hides in an IPv6 form."""
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return False
    if isinstance(ip, ipaddress.IPv6Address):
        embedded = ip.ipv4_mapped or (ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF) if ip in _NAT64 else None)
        if embedded is None:
            return ip in _GLOBAL_UNICAST and ip.is_global and not _is_otherwise_refused(ip)
        ip = embedded
    return ip.is_global and not (ip.is_multicast or ip.is_reserved or _is_otherwise_refused(ip))


def is_listed(host: str, port: int, egress: Egress) -> bool:
    """Whether an administrator allowed this host, at any port or at this one."""
    name = host.lower().rstrip(".").strip("[]")
    forms = {name, f"{name}:{port}", f"[{name}]", f"[{name}]:{port}"}
    return not forms.isdisjoint(entry.lower() for entry in egress.allowed_hosts)


def resolve(host: str, port: int, egress: Egress, *, deadline: float) -> Sequence[SocketAddress]:
    """The addresses of a host, all of them checked.

    Raises:
        AddressRefusedError: One of them is not public and the host is not listed.
        HostNotFoundError: The name does not resolve.
        TimeoutError: It does not resolve until ``deadline``.
    """
    addresses = _literal(host, port) or _look_up(host, port, deadline=deadline)
    if not is_listed(host, port, egress) and not all(is_public(sockaddr[0]) for _, sockaddr in addresses):
        raise AddressRefusedError(host)
    return addresses


def check_address(url: str, egress: Egress, *, timeout_s: float = 2.0) -> None:
    """Say in words what is wrong with an address that somebody typed into a form.

    Raises:
        ConfigurationError: It is not an http(s) address, holds a user name, or may not be called.
        TransientError: Its name does not resolve now.
    """
    parts = _split(url)
    host, port = parts.hostname or "", parts.port or _PORTS[parts.scheme]
    try:
        resolve(host, port, egress, deadline=time.monotonic() + timeout_s)
    except AddressRefusedError:
        raise ConfigurationError(f"address not allowed: {host}") from None
    except HostNotFoundError:
        raise TransientError(f"host not found: {host}") from None
    except TimeoutError:
        raise TransientError(f"host not found in time: {host}", timeout=True) from None


def _split(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        _ = parts.port  # Reading it checks it.
    except ValueError:
        raise ConfigurationError("this is not an address") from None
    if parts.scheme not in _PORTS or not parts.hostname:
        raise ConfigurationError("the address has to begin with https:// or http:// and a host")
    if parts.username is not None or parts.password is not None:
        raise ConfigurationError("the address must not hold a user name or password")
    return parts


def _is_otherwise_refused(ip: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    return any(ip in network for network in _OTHER_REFUSED if network.version == ip.version)


def _literal(host: str, port: int) -> Sequence[SocketAddress]:
    try:
        ip = ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return ()
    if ip.version == 4:
        return ((socket.AF_INET, (str(ip), port)),)
    return ((socket.AF_INET6, (str(ip), port, 0, 0)),)


def _look_up(host: str, port: int, *, deadline: float) -> Sequence[SocketAddress]:
    """Ask the resolver in a thread of its own: it has no deadline, and cannot be interrupted."""
    found: list[SocketAddress] = []
    failed: list[Exception] = []

    def ask() -> None:
        try:
            infos = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
            found.extend((family, sockaddr) for family, _, _, _, sockaddr in infos)
        except (OSError, UnicodeError) as error:  # A label over 63 characters is a UnicodeError.
            failed.append(error)

    thread = threading.Thread(target=ask, name="name-lookup", daemon=True)
    thread.start()
    thread.join(min(max(0.0, deadline - time.monotonic()), threading.TIMEOUT_MAX))
    if thread.is_alive():
        raise TimeoutError
    if failed or not found:
        raise HostNotFoundError(host)
    return found
