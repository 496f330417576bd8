"""Behind nginx that asks for certificates, by the lines of docs/how-to/mutual-tls.md."""

import json
import os
import re
import shutil
import ssl
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from django_tenants.utils import tenant_context

from applications.models import Application
from applications.services.application import change_application
from audit.services import Actor
from tenants.models import Tenant
from tests.client_certificates import Holder, certified
from tests.environment import ROOT
from tests.oidc.key_holder import jwk
from tests.serving.conftest import Served, free_port, serving
from tests.serving.strange_clients import TOKEN
from tests.tls import certificate_for
from tests.waiting import until

NGINX = shutil.which("nginx", path="/usr/sbin:/usr/bin")
HEADER = "X-Client-Cert"
pytestmark = [
    pytest.mark.long,
    pytest.mark.skipif(NGINX is None, reason="nginx isn't installed, and apt couldn't install it."),
]

AUTHORITY = certified("CN=Acme authority")
SHOP, EVE = certified("CN=shop", by=AUTHORITY), certified("CN=shop")


class Edge:
    """Where nginx asks for certificates."""

    def __init__(self, folder: Path, port: int) -> None:
        self._folder, self.url = folder, f"https://localhost:{port}"

    def ask(self, path: str, holder: Holder | None = None, **sent: object) -> httpx.Response:
        """The answer to somebody who shows a certificate, or none."""
        trust = ssl.create_default_context(cafile=str(self._folder / "certificate.pem"))
        if holder:
            trust.load_cert_chain(*holder.written_to(self._folder, "client"))
        with httpx.Client(verify=trust, base_url=self.url, timeout=20) as client:
            return client.request("POST" if "data" in sent else "GET", path, **sent)  # type: ignore[arg-type]


@pytest.fixture
def edge(transactional_db: None, tmp_path: Path) -> Iterator[Edge]:
    with serving(
        tmp_path,
        CIAM_TRUSTED_PROXIES="1",
        CIAM_CLIENT_CERTIFICATE_HEADER=HEADER,
        CIAM_CLIENT_CERTIFICATE_VERIFIED="X-Client-Verify",
    ) as served:
        port = _configure(tmp_path, served)
        process = subprocess.Popen([str(NGINX), "-p", str(tmp_path), "-c", str(tmp_path / "nginx.conf")])
        try:
            yield _once_up(Edge(tmp_path, port))
        finally:
            process.terminate()
            process.wait()


def _configure(folder: Path, served: Served) -> int:
    """Write the document's lines into a configuration, with the files and ports of a test. Returns the port."""
    page = (ROOT / "docs" / "how-to" / "mutual-tls.md").read_text()
    lines = re.search(r"^\*\*nginx\*\*.*?^```\n(.*?)^```", page, flags=re.MULTILINE | re.DOTALL)
    assert lines
    text, port = lines[1], free_port()
    certificate, key = certificate_for(folder, "localhost")
    (folder / "authorities.pem").write_text(AUTHORITY.pem)
    for old, new in {
        "listen 8443": f"listen 127.0.0.1:{port}",
        "/etc/nginx/login.pem": str(certificate),
        "/etc/nginx/login.key": str(key),
        "/etc/nginx/authorities.pem": str(folder / "authorities.pem"),
        "web-1:8000": f"127.0.0.1:{served.port}",
    }.items():
        assert old in text, f"{old!r} isn't among the document's lines."
        text = text.replace(old, new)
    user = "user root;\n" if os.geteuid() == 0 else ""
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    paths = "".join(f"{kind}_temp_path {folder}/{kind};" for kind in kinds)
    head = f"daemon off;\n{user}pid {folder}/pid;\nerror_log {folder}/log;\nevents {{}}\n"
    (folder / "nginx.conf").write_text(f"{head}http {{\naccess_log off;\n{paths}\n{text}}}\n")
    return port


def _once_up(edge: Edge) -> Edge:
    for _ in range(100):
        try:
            edge.ask("/healthz")
        except httpx.TransportError:
            time.sleep(0.05)
        else:
            return edge
    raise TimeoutError("nginx doesn't answer.")


def test_o57_only_whoever_holds_the_key_of_the_certificate_is_the_client(
    edge: Edge, acme: Tenant, reports: Application
) -> None:
    """Eve shows a certificate of the same subject that she has made herself, or writes the header."""
    with tenant_context(acme):
        subject = {"certificate_field": "subject_dn", "certificate_subject": "CN=shop"}
        change_application(
            reports, auth_method="tls_client_auth", binds_to_certificate=True, actor=Actor.command(), **subject
        )
    asked = {"grant_type": "client_credentials", "client_id": reports.client_id}
    for name in (HEADER, HEADER.replace("-", "_"), HEADER.lower()):
        forged = {name: SHOP.escaped, "X-Client-Verify": "SUCCESS"}
        assert edge.ask(TOKEN, data=asked, headers=forged).status_code == 401
        assert edge.ask(TOKEN, EVE, data=asked, headers=forged).status_code == 401
    answer = edge.ask(TOKEN, SHOP, data=asked)
    assert answer.status_code == 200, answer.text
    about = {**asked, "token": answer.json()["access_token"]}
    told = edge.ask(TOKEN.replace("/token", "/introspect"), SHOP, data=about).json()
    assert told["cnf"] == {"x5t#S256": SHOP.thumbprint}
    # Another one of its own: nobody vouches for it, and its key is known.
    with tenant_context(acme):
        keys = json.dumps({"keys": [jwk(EVE.key)]})
        of_its_own = {"certificate_field": "", "certificate_subject": "", "jwks": keys}
        change_application(reports, auth_method="self_signed_tls_client_auth", actor=Actor.command(), **of_its_own)
    until(lambda: edge.ask(TOKEN, EVE, data=asked).status_code == 200)
    assert edge.ask(TOKEN, SHOP, data=asked).status_code == 401
