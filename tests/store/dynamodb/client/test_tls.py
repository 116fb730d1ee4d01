"""Whose certificates the client accepts."""

import hashlib
import re
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from ipaddress import ip_address
from pathlib import Path

import pytest
from botocore.exceptions import SSLError
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from runledger.store.dynamodb.connections import AMAZON_ROOTS, tls_context
from tests.store.dynamodb.client.clients import json_client
from tests.store.dynamodb.client.scripted import item_of
from tests.support.servers import listening

# https://www.amazontrust.com/repository/
FINGERPRINTS = {
    "8ecde6884f3d87b1125ba31ac3fcb13d7016de7f57cc904fe1cb97c6ae98196e",
    "1ba5b2aa8c65401a82960118f80bec4f62304d83cec4713a19c39c011ea46db4",
    "18ce6cfe7bf14e60b2e347b8dfe868cb31d02ebb3ada271569f50343b46db3a4",
    "e35d28419ed02025cfa69038cd623962458da5c695fbdea3c22b0bfb25897092",
    "568d6905a2c88708a4b3025190edcfedb1974a606a13c6e5290fcb2ae63edab5",
}
ROOTS_VARIABLES = ("AWS_CA_BUNDLE", "REQUESTS_CA_BUNDLE", "SSL_CERT_FILE")


@pytest.fixture(autouse=True)
def _no_roots_named(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ROOTS_VARIABLES:
        monkeypatch.delenv(name, raising=False)


def trusted(host: str) -> set[str]:
    """The fingerprints of the roots for a host."""
    roots = tls_context(host).get_ca_certs(binary_form=True)
    return {hashlib.sha256(root).hexdigest() for root in roots}


def test_amazons_roots_are_those_that_aws_names() -> None:
    text = AMAZON_ROOTS.read_text("utf-8")
    assert trusted("dynamodb.eu-central-1.amazonaws.com") == FINGERPRINTS
    assert set(re.findall(r"^# ([0-9a-f]{64})$", text, re.MULTILINE)) == FINGERPRINTS


@pytest.mark.parametrize("host", ["localhost", "amazonaws.com.example", "xamazonaws.com"])
def test_other_hosts_have_the_usual_roots(host: str) -> None:
    usual = ssl.create_default_context().get_ca_certs(binary_form=True)
    assert trusted(host) == {hashlib.sha256(root).hexdigest() for root in usual}


@pytest.mark.parametrize("variable", ROOTS_VARIABLES)
def test_a_server_is_trusted_by_the_roots_that_a_variable_names(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, variable: str
) -> None:
    with served_with_a_certificate(tmp_path) as endpoint:
        with pytest.raises(SSLError, match="certificate verify failed"):
            json_client(endpoint).get_item(**item_of(1))
        monkeypatch.setenv(variable, str(tmp_path / "certificate.pem"))
        assert json_client(endpoint).get_item(**item_of(1))["Item"] == {"pk": {"S": "1"}}


class TlsHandler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        body = b'{"Item": {"pk": {"S": "1"}}}'
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


class TlsServer(HTTPServer):
    def handle_error(self, *_: object) -> None:
        """A client that does not trust the server goes away."""


@contextmanager
def served_with_a_certificate(folder: Path) -> Iterator[str]:
    """Serve with a certificate that nobody signed."""
    key, certificate = ec.generate_private_key(ec.SECP256R1()), folder / "certificate.pem"
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    host = x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))])
    made = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
    made = made.not_valid_before(now).not_valid_after(now + timedelta(days=1))
    signed = made.add_extension(host, critical=False).sign(key, hashes.SHA256())
    certificate.write_bytes(signed.public_bytes(serialization.Encoding.PEM))
    unencrypted = serialization.NoEncryption()
    pkcs8 = serialization.PrivateFormat.PKCS8
    private = key.private_bytes(serialization.Encoding.PEM, pkcs8, unencrypted)
    (folder / "key.pem").write_bytes(private)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, folder / "key.pem")
    server = TlsServer(("127.0.0.1", 0), TlsHandler)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    with listening(server) as port:
        yield f"https://127.0.0.1:{port}"
