"""Apache's mod_auth_openidc as Debian has it: sign-in, refresh and sign-out."""

import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

import httpx
import pytest
from django_tenants.utils import tenant_context
from pytest_django.live_server_helper import LiveServer

from accounts.models import Account
from applications.models import Application
from applications.services.registration import register_application
from audit.services import Actor
from tenants.addressing import base_url
from tenants.models import Tenant
from tests.cast import PASSWORD, new_secret
from tests.clients.customer import Customer

MODULES = Path("/usr/lib/apache2/modules")
APACHE = shutil.which("apache2", path=f"{os.environ['PATH']}:/usr/sbin")
pytestmark = [
    pytest.mark.client,
    pytest.mark.skipif(
        APACHE is None or not (MODULES / "mod_auth_openidc.so").exists(),
        reason="Apache's mod_auth_openidc isn't installed, and apt couldn't install it.",
    ),
]
USED = ("mpm_event", "authz_core", "authn_core", "authz_user", "include", "mime", "dir", "auth_openidc")
CONFIGURATION = """
ServerRoot {folder}
ServerName localhost
Listen 127.0.0.1:{port}
PidFile {folder}/apache.pid
Mutex posixsem
ErrorLog {folder}/error.log
User www-data
Group www-data
{modules}
DocumentRoot {folder}/site
TypesConfig /dev/null
AddType text/html .shtml .html
AddOutputFilter INCLUDES .shtml
OIDCProviderMetadataURL {issuer}/.well-known/openid-configuration
OIDCClientID {client_id}
OIDCClientSecret {secret}
OIDCRedirectURI {site}back
OIDCDefaultLoggedOutURL {site}bye.html
OIDCCryptoPassphrase "of the shop"
OIDCScope "openid profile email offline_access"
OIDCPKCEMethod S256
OIDCPassIDTokenAs claims
OIDCPassRefreshToken On
<Directory {folder}/site>
    Options +Includes
</Directory>
<Location />
    AuthType openid-connect
    Require valid-user
</Location>
<Location /bye.html>
    AuthType None
    Require all granted
</Location>
"""
PAGE = "|".join(
    f'<!--#echo var="{name}" -->'
    for name in ("REMOTE_USER", "OIDC_CLAIM_email", "OIDC_CLAIM_name", "OIDC_access_token", "OIDC_refresh_token")
)


@dataclass
class Site:
    """A site of static pages that Apache shows to customers only."""

    address: str

    def shown_to(self, customer: Customer) -> list[str]:
        """What the page knows of the customer."""
        return customer.http.get(f"{self.address}index.shtml").text.strip().split("|")

    def sign_in(self, carol: Account) -> Customer:
        customer = Customer()
        answers = {"email": carol.email, "password": PASSWORD}
        back = customer.go(f"{self.address}index.shtml", until=f"{self.address}back", answers=answers)
        arrived = customer.http.get(back)
        assert arrived.headers["location"] == f"{self.address}index.shtml", arrived.text
        return customer


@pytest.fixture
def site(live_server: LiveServer, acme: Tenant) -> Iterator[Site]:
    port = free_port()
    address = f"http://localhost:{port}/"
    with tenant_context(acme):
        application = register_application(
            name="Reading room",
            kind=Application.Kind.WEB,
            redirect_uris=[f"{address}back"],
            post_logout_redirect_uris=[f"{address}bye.html"],
            actor=Actor.command(),
        )
        secret = new_secret(application)
    # Not pytest's own folder, which only its owner may enter: as root, Apache reads as somebody else.
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        (folder / "site").mkdir()
        (folder / "site" / "index.shtml").write_text(PAGE)
        (folder / "site" / "bye.html").write_text("Goodbye")
        configuration = CONFIGURATION.format(
            folder=folder,
            port=port,
            site=address,
            issuer=f"{base_url(acme)}/oidc",
            client_id=application.client_id,
            secret=secret,
            modules="\n".join(f"LoadModule {name}_module {MODULES}/mod_{name}.so" for name in USED),
        )
        (folder / "apache.conf").write_text(configuration)
        assert APACHE is not None
        server = subprocess.Popen([APACHE, "-f", str(folder / "apache.conf"), "-D", "FOREGROUND"])
        try:
            wait_for(f"{address}bye.html", server, folder / "error.log")
            yield Site(address)
        finally:
            server.terminate()
            server.wait(20)


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


def wait_for(url: str, server: subprocess.Popen[bytes], log: Path) -> None:
    with httpx.Client() as asking:
        for _ in range(100):
            assert server.poll() is None, log.read_text() if log.exists() else "Apache ended."
            try:
                if asking.get(url).status_code == 200:
                    return
            except httpx.TransportError:
                pass
            time.sleep(0.1)
    raise AssertionError(log.read_text())


def test_apache_signs_carol_in_refreshes_and_signs_out(site: Site, carol: Account) -> None:
    customer = site.sign_in(carol)
    user, email, name, access_token, refresh_token = site.shown_to(customer)
    assert str(carol.pk) in user
    assert (email, name) == (carol.email, "Carol Carter")

    asked = urlencode({"refresh": f"{site.address}index.shtml", "access_token": access_token})
    refreshed = customer.http.get(f"{site.address}back?{asked}")
    assert refreshed.headers["location"] == f"{site.address}index.shtml"
    renewed = site.shown_to(customer)
    assert renewed[1] == carol.email
    assert renewed[3] != access_token
    assert renewed[4] != refresh_token

    asked = urlencode({"logout": f"{site.address}bye.html"})
    signed_out = customer.http.get(f"{site.address}back?{asked}", follow_redirects=True)
    assert str(signed_out.url) == f"{site.address}bye.html"
    again = customer.http.get(f"{site.address}index.shtml", follow_redirects=True)
    assert 'type="email"' in again.text
