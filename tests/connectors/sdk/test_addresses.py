"""The outbound guard: which addresses are public, and that the one checked is the one called."""

from __future__ import annotations

import socket
import time
from typing import Any

import pytest

from connectors.sdk import Call, ConfigurationError, ConnectorError, Egress, TransientError
from connectors.sdk.addresses import check_address, is_public, resolve
from connectors.sdk.testing.simulator import SimAnswer, SimRequest, SimulatorServer, json_answer
from tests.connectors.sdk.probe import Probe, ProbeConfig

PUBLIC = [
    "93.184.216.34",
    "1.1.1.1",
    "2606:2800:220:1:248:1893:25c8:1946",
    "64:ff9b::5db8:d822",
    "::ffff:1.1.1.1",
]
NOT_PUBLIC = [
    "0.0.0.0",
    "10.1.2.3",
    "100.64.0.1",
    "100.100.100.200",
    "127.0.0.1",
    "127.255.255.254",
    "168.63.129.16",
    "169.254.169.254",
    "172.16.0.1",
    "172.31.255.255",
    "192.0.0.192",
    "192.0.2.1",
    "192.88.99.1",
    "192.168.1.1",
    "198.18.0.1",
    "198.51.100.7",
    "203.0.113.9",
    "224.0.0.1",
    "239.255.255.250",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::127.0.0.1",
    "::ffff:127.0.0.1",
    "::ffff:169.254.169.254",
    "::ffff:0:127.0.0.1",
    "64:ff9b::7f00:1",
    "64:ff9b::a9fe:a9fe",
    "64:ff9b:1::1",
    "100::1",
    "2001::1",
    "2001:db8::1",
    "2002:7f00:1::",
    "2002:a9fe:a9fe::1",
    "3fff::1",
    "fc00::1",
    "fd00:ec2::254",
    "fe80::1",
    "fe80::1%eth0",
    "fec0::1",
    "ff02::1",
    "not an address",
]


@pytest.mark.parametrize("address", PUBLIC)
def test_a_public_address_may_be_called(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize("address", NOT_PUBLIC)
def test_no_other_address_may_be_called(address: str) -> None:
    assert not is_public(address)


def _answers(*addresses: str) -> Any:
    """A resolver that gives these addresses, one set for each time that it is asked."""
    asked: list[str] = []

    def getaddrinfo(host: str, port: int, **_: Any) -> list[Any]:
        asked.append(host)
        address = addresses[min(len(asked), len(addresses)) - 1]
        families = {one: socket.AF_INET6 if ":" in one else socket.AF_INET for one in address.split()}
        return [(family, socket.SOCK_STREAM, 6, "", (one, port)) for one, family in families.items()]

    getaddrinfo.asked = asked  # type: ignore[attr-defined]
    return getaddrinfo


@pytest.mark.parametrize("url", ["http://dam.example/", "https://dam.example:8443/api"])
def test_one_private_address_among_public_ones_refuses_the_name(
    monkeypatch: pytest.MonkeyPatch, url: str
) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", _answers("1.1.1.1 10.0.0.1"))
    with pytest.raises(ConfigurationError, match=r"^address not allowed: dam\.example$"):
        check_address(url, Egress())


def test_a_public_name_is_allowed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", _answers("1.1.1.1"))
    check_address("https://dam.example/api", Egress())


@pytest.mark.parametrize(
    ("host", "listed", "allowed"),
    [
        ("127.0.0.1:8801", "127.0.0.1", True),
        ("127.0.0.1:8801", "127.0.0.1:8801", True),
        ("127.0.0.1:8802", "127.0.0.1:8801", False),
        ("[::1]:8801", "[::1]:8801", True),
        ("[::1]:8801", "::1", True),
        ("DAM.internal:80", "dam.internal", True),
        ("dam.internal.", "dam.internal", True),
        ("evil.dam.internal", "dam.internal", False),
        ("dam.internal.evil", "dam.internal", False),
        # What resolves to a listed address is not itself listed.
        ("other.internal", "127.0.0.1", False),
    ],
)
def test_the_allow_list_names_hosts_or_hosts_with_a_port(
    monkeypatch: pytest.MonkeyPatch, host: str, listed: str, allowed: bool
) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", _answers("127.0.0.1"))
    egress = Egress(allowed_hosts=frozenset({listed}))
    if allowed:
        check_address(f"http://{host}/", egress)
    else:
        with pytest.raises(ConfigurationError, match="address not allowed"):
            check_address(f"http://{host}/", egress)


@pytest.mark.parametrize(
    "url",
    [
        "ftp://dam.example/",
        "file:///etc/passwd",
        "dam.example",
        "https://",
        "https:///path",
        "http://[::1",
        "http://dam.example:99999/",
        "https://ada:s3cret@dam.example/",
        "https://@dam.example/",
        "javascript:alert(1)",
        "",
    ],
)
def test_what_is_no_plain_web_address_is_refused_in_words(url: str) -> None:
    with pytest.raises(ConfigurationError) as error:
        check_address(url, Egress())
    assert "s3cret" not in str(error.value)


@pytest.mark.parametrize("host", ["2130706433", "0x7f000001", "0177.0.0.1", "127.1", "localhost"])
def test_other_ways_to_write_loopback_lead_nowhere(host: str) -> None:
    with pytest.raises(ConnectorError):
        check_address(f"http://{host}/", Egress())


def test_a_name_that_does_not_resolve_is_no_reason_to_change_settings(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def getaddrinfo(*_: Any, **__: Any) -> Any:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    with pytest.raises(TransientError, match=r"host not found: dam\.example"):
        check_address("https://dam.example", Egress())
    with pytest.raises(TransientError, match="host not found"):
        check_address(f"https://{'a' * 64}.example", Egress())


def test_a_resolver_that_hangs_does_not_hold_the_call(monkeypatch: pytest.MonkeyPatch) -> None:
    woken = []

    def getaddrinfo(*_: Any, **__: Any) -> Any:
        time.sleep(1)
        woken.append(True)
        return []

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    with pytest.raises(TransientError) as error:
        check_address("https://dam.example", Egress(), timeout_s=0.05)
    assert error.value.timeout
    assert not woken
    probe = Probe(ProbeConfig(base_url="https://dam.example"))
    with pytest.raises(TransientError) as error:
        probe.get_json("files", Call.within(0.05))
    assert error.value.timeout
    assert not woken


def test_an_address_needs_no_resolver(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", None)
    deadline = time.monotonic() + 1
    assert resolve("1.1.1.1", 80, Egress(), deadline=deadline) == ((socket.AF_INET, ("1.1.1.1", 80)),)
    found = resolve("2606:4700::1111", 443, Egress(), deadline=deadline)
    assert found == ((socket.AF_INET6, ("2606:4700::1111", 443, 0, 0)),)


class Answering(SimulatorServer):
    def answer(self, request: SimRequest) -> SimAnswer:
        return json_answer({"host": request.headers["host"]})


def test_a_name_that_rebinds_is_resolved_once_and_never_reached(monkeypatch: pytest.MonkeyPatch) -> None:
    """The first answer is public, every later one is loopback, where a server waits."""
    with Answering() as simulator:
        resolver = _answers("10.255.255.1", "127.0.0.1")
        monkeypatch.setattr(socket, "getaddrinfo", resolver)
        probe = Probe(ProbeConfig(base_url=f"http://rebind.example:{simulator.port}"))
        with pytest.raises(ConfigurationError, match=r"address not allowed: rebind\.example"):
            probe.get_json("files", Call.within(1))
        assert resolver.asked == ["rebind.example"]
        assert not simulator.requests
        probe.close()


def test_the_call_goes_to_the_address_that_was_checked(monkeypatch: pytest.MonkeyPatch) -> None:
    """The name stays in the Host header; what it would resolve to a second time plays no part."""
    with Answering() as simulator:
        resolver = _answers("127.0.0.1", "10.255.255.1")
        monkeypatch.setattr(socket, "getaddrinfo", resolver)
        egress = Egress(allowed_hosts=frozenset({"dam.internal"}))
        host = f"dam.internal:{simulator.port}"
        probe = Probe(ProbeConfig(base_url=f"http://{host}"), egress=egress)
        assert probe.get_json("files", Call.within(5)) == {"host": host}
        assert probe.get_json("files", Call.within(5)) == {"host": host}
        assert resolver.asked == ["dam.internal"], "the pooled connection is used again"
        probe.close()


def test_the_second_address_of_a_name_is_tried_when_the_first_refuses(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with Answering() as simulator:
        monkeypatch.setattr(socket, "getaddrinfo", _answers("::1 127.0.0.1"))
        egress = Egress(allowed_hosts=frozenset({"dam.internal"}))
        probe = Probe(ProbeConfig(base_url=f"http://dam.internal:{simulator.port}"), egress=egress)
        assert probe.get_json("files", Call.within(5))
        probe.close()


def test_a_proxy_named_by_the_environment_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    with Answering() as simulator, Answering() as proxy:
        for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, proxy.url)
        probe = Probe(
            ProbeConfig(base_url=simulator.url), egress=Egress(allowed_hosts=frozenset({"127.0.0.1"}))
        )
        assert probe.get_json("files", Call.within(5)) == {"host": simulator.host}
        assert not proxy.requests
        probe.close()


def test_ipv6_addresses_are_checked_and_called_like_others() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        base_url = f"http://[::1]:{port}"
        with pytest.raises(ConfigurationError, match="address not allowed: ::1"):
            Probe(ProbeConfig(base_url=base_url)).get_json("files", Call.within(5))
        egress = Egress(allowed_hosts=frozenset({f"[::1]:{port}"}))
        with pytest.raises(TransientError, match="the connection failed"):
            Probe(ProbeConfig(base_url=base_url), egress=egress).get_json("files", Call.within(5))
