"""The examples of the quick start, one for each framework: each was run, and its test says so."""

import json
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.template.loader import render_to_string

from applications.models import Application
from oidc.wire.addresses import endpoints_of, issuer_of
from tenants.models import Tenant

DISCOVERY = "/.well-known/openid-configuration"
SCOPES = "openid profile email"
_FOLDER = "portal/applications/examples"


@dataclass(frozen=True)
class Framework:
    """What an application is written with: `key` names it in addresses, `example` is the file with the code to copy.

    `install` is the command that fetches its libraries, `save_as` the file to save the code as, and `start` the command
    that starts it at the port of its redirect URI; each "" where there is nothing to say.
    """

    key: str
    name: str
    kind: str
    example: str
    install: str = ""
    save_as: str = ""
    start: str = ""
    for_key_pair: bool = False

    def fits(self, application: Application) -> bool:
        """Whether the application can use it as it is registered."""
        return self.kind == application.kind and self.for_key_pair == application.uses_key_pair


FRAMEWORKS = (
    Framework(
        "flask",
        "Python: Flask with Authlib",
        Application.Kind.WEB,
        "web.txt",
        "pip install flask authlib requests",
        "app.py",
        "flask run --port {port}",
    ),
    Framework(
        "express",
        "JavaScript: Express",
        Application.Kind.WEB,
        "web_express.txt",
        "npm install express express-openid-connect",
        "app.mjs",
        "node app.mjs",
    ),
    Framework(
        "flask",
        "Python: Flask with Authlib",
        Application.Kind.WEB,
        "web_key_pair.txt",
        "pip install flask authlib requests",
        "app.py",
        "flask run --port {port}",
        for_key_pair=True,
    ),
    Framework(
        "oidc-client-ts", "JavaScript: oidc-client-ts", Application.Kind.SPA, "spa.txt", "npm install oidc-client-ts"
    ),
    Framework("appauth", "Configuration, as AppAuth and its like read it", Application.Kind.NATIVE, "native.txt"),
    Framework("curl", "curl", Application.Kind.SERVICE, "service.txt"),
    Framework("requests", "Python: Requests", Application.Kind.SERVICE, "service_requests.txt", "pip install requests"),
    Framework(
        "authlib",
        "Python: Authlib",
        Application.Kind.SERVICE,
        "service_key_pair.txt",
        "pip install authlib requests",
        for_key_pair=True,
    ),
)


def frameworks_for(application: Application) -> dict[str, Framework]:
    """Those that fit the application, by key; there is at least one."""
    return {framework.key: framework for framework in FRAMEWORKS if framework.fits(application)}


def code_of(framework: Framework, application: Application, tenant: Tenant, *, redirect_uri: str) -> str:
    """The code to copy, with the application's values. Its strings are JSON, which Python and JavaScript read too."""
    place = urlsplit(redirect_uri or "https://your-application.example/callback")
    callback = place.path or "/"
    values: dict[str, str | int] = {
        "issuer": issuer_of(tenant),
        "discovery_url": issuer_of(tenant) + DISCOVERY,
        "token_endpoint": endpoints_of(tenant)["token_endpoint"],
        "client_id": application.client_id,
        "redirect_uri": place.geturl(),
        "origin": f"{place.scheme}://{place.netloc}",
        "port": place.port or 3000,
        "callback_path": callback,
        "home_path": "/me" if callback == "/" else "/",
        "scopes": SCOPES,
    }
    literals = {name: json.dumps(value) for name, value in values.items()}
    return render_to_string(f"{_FOLDER}/{framework.example}", literals).strip()
