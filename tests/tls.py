"""The product behind TLS, for the libraries that accept nothing less."""

import ipaddress
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.core.servers.basehttp import ThreadedWSGIServer
from django.test import override_settings
from django.test.testcases import QuietWSGIRequestHandler


@dataclass(frozen=True)
class TlsServer:
    """Where the product answers, and the certificate to trust."""

    url: str
    certificate: str


def certificate_for(folder: Path, *names: str) -> tuple[Path, Path]:
    """A certificate for these host names, and 127.0.0.1, that only itself vouches for; and its key. Two files."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, names[0])])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(minutes=5))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([*map(x509.DNSName, names), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]),
            critical=False,
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    certificate_file, key_file = folder / "certificate.pem", folder / "key.pem"
    certificate_file.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    key_file.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return certificate_file, key_file


class _Handler(QuietWSGIRequestHandler):
    # On a connection that stays open, what is written second would wait for the client's word about the first.
    disable_nagle_algorithm = True


@contextmanager
def serving_tls(folder: Path) -> Iterator[TlsServer]:
    """The product at https://localhost on a free port, at CIAM_BASE_URL; the certificate is made in the folder."""
    certificate, key = certificate_for(folder, "localhost")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    server = ThreadedWSGIServer(("localhost", 0), _Handler, allow_reuse_address=False)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    server.base_environ["HTTPS"] = "on"
    server.set_app(WSGIHandler())
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    with override_settings(CIAM_BASE_URL=f"https://localhost:{server.server_port}"):
        thread.start()
        yield TlsServer(settings.CIAM_BASE_URL, str(certificate))
        server.shutdown()
        server.server_close()
        thread.join()
