"""TLS: the name is checked against the certificate, the address against the guard."""

from __future__ import annotations

import ipaddress
import socket
import ssl
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from connectors.sdk import Call, ConfigurationError, Egress, TransientError
from tests.connectors.sdk.probe import Probe, ProbeConfig

NAME = "dam.internal"
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"


@dataclass
class SecureServer:
    """Answers every request with JSON, and notes the name that clients asked for in TLS."""

    port: int
    ca_bundle: str
    names: list[str | None] = field(default_factory=list)


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[SecureServer]:
    certificate = _make_certificate(tmp_path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    listening = socket.create_server(("127.0.0.1", 0))
    served = SecureServer(listening.getsockname()[1], str(certificate))

    def note(_: ssl.SSLSocket, name: str | None, __: ssl.SSLContext) -> None:
        served.names.append(name)

    context.sni_callback = note
    stopping = threading.Event()
    thread = threading.Thread(target=_serve, args=(listening, context, stopping))
    thread.start()
    monkeypatch.setattr(socket, "getaddrinfo", _loopback)
    yield served
    stopping.set()
    thread.join()
    listening.close()


def _loopback(host: str, port: int, **_: Any) -> list[Any]:
    return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))]


def _serve(listening: socket.socket, context: ssl.SSLContext, stopping: threading.Event) -> None:
    listening.settimeout(0.02)
    while not stopping.is_set():
        try:
            client, _ = listening.accept()
        except TimeoutError:
            continue
        client.settimeout(5)
        with client:
            try:
                with context.wrap_socket(client, server_side=True) as secure:
                    while secure.recv(65_536):
                        secure.sendall(ANSWER)
            except OSError:
                continue


def _make_certificate(folder: Path) -> Path:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, NAME)])
    names: list[x509.GeneralName] = [x509.DNSName(NAME), x509.IPAddress(ipaddress.ip_address("127.0.0.9"))]
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path = folder / "server.pem"
    path.write_bytes(private + certificate.public_bytes(serialization.Encoding.PEM))
    return path


def _probe(server: SecureServer, host: str, *, ca_bundle: str | None) -> Probe:
    egress = Egress(allowed_hosts=frozenset({host}), ca_bundle=ca_bundle)
    return Probe(ProbeConfig(base_url=f"https://{host}:{server.port}"), egress=egress)


def test_the_name_is_asked_for_and_checked_though_the_address_is_called(server: SecureServer) -> None:
    probe = _probe(server, NAME, ca_bundle=server.ca_bundle)
    assert probe.get_json("files", Call.within(10)) == {}
    assert probe.get_json("files", Call.within(10)) == {}
    assert server.names == [NAME], "the pooled connection is used again"
    probe.close()


@pytest.mark.parametrize("host", ["other.internal", "127.0.0.1"])
def test_a_certificate_for_another_name_is_refused(server: SecureServer, host: str) -> None:
    probe = _probe(server, host, ca_bundle=server.ca_bundle)
    with pytest.raises(ConfigurationError, match="the certificate of the server is not valid"):
        probe.get_json("files", Call.within(10))
    probe.close()


def test_an_authority_that_nobody_trusts_is_refused(
    server: SecureServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also when the environment names a bundle: what is trusted comes with the egress settings."""
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", server.ca_bundle)
    probe = _probe(server, NAME, ca_bundle=None)
    with pytest.raises(ConfigurationError, match="the certificate of the server is not valid"):
        probe.get_json("files", Call.within(10))
    probe.close()


def test_a_server_that_speaks_no_tls_is_told_from_a_bad_certificate() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def answer() -> None:
            client, _ = listening.accept()
            with client:
                client.recv(65_536)
                client.sendall(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")

        thread = threading.Thread(target=answer)
        thread.start()
        probe = Probe(
            ProbeConfig(base_url=f"https://127.0.0.1:{listening.getsockname()[1]}"),
            egress=Egress(allowed_hosts=frozenset({"127.0.0.1"})),
        )
        with pytest.raises(TransientError, match="no secure connection"):
            probe.get_json("files", Call.within(10))
        thread.join()
        probe.close()


def test_a_bundle_that_is_not_there_is_a_setting_to_change(server: SecureServer) -> None:
    probe = _probe(server, NAME, ca_bundle="/no/such/bundle.pem")
    with pytest.raises(ConfigurationError, match="authorities"):
        probe.get_json("files", Call.within(10))
    probe.close()
