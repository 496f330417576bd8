"""The code of the quick start, by framework: all of it was run, and a test of each says so."""

import json
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.template.loader import render_to_string
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from applications.models import Application
from applications.policies.frameworks import FRAMEWORKS
from oidc.wire.addresses import endpoints_of, issuer_of
from tenants.models import Tenant

DISCOVERY = "/.well-known/openid-configuration"
SCOPES = "openid profile email"
# The environment variables by which the code is told what doesn't belong into it.
INSECURE_TRANSPORT = "AUTHLIB_INSECURE_TRANSPORT"
VARIABLES = {
    "CLIENT_SECRET": _("A client secret of this application"),
    "PRIVATE_KEY": _("The application’s private key (PEM). The example signs with RS256, so it is an RSA key."),
    "SESSION_KEY": _("A long random text of your own"),
    # An issuer on this machine has no TLS, without which Authlib talks to nobody unless it is told to.
    INSECURE_TRANSPORT: _("1, since this issuer is on your own computer and has no TLS"),
}
_FOLDER = "portal/applications/examples"


@dataclass(frozen=True)
class Example:
    """Code to copy for a framework: `framework` is its key, `file` the template.

    `install` is the command that fetches its libraries, `save_as` the file to save the code as, and `start` the command
    that starts it at the port of its redirect URI; each "" where there is nothing to say.
    """

    framework: str
    title: str | Promise
    file: str
    install: str = ""
    save_as: str = ""
    start: str = ""
    for_key_pair: bool = False


_FLASK = ("flask", _("Python: Flask with Authlib"))
_FLASK_COMMANDS = ("pip install flask authlib requests", "app.py", "flask run --port {port}")
EXAMPLES = (
    Example(*_FLASK, "web.txt", *_FLASK_COMMANDS),
    Example(*_FLASK, "web_key_pair.txt", *_FLASK_COMMANDS, for_key_pair=True),
    Example(
        "django",
        _("Python: Django with Authlib"),
        "web_django.txt",
        "pip install django authlib requests",
        "<project>/urls.py",
        "python manage.py runserver {port}",
    ),
    Example(
        "express",
        "JavaScript: Express",
        "web_express.txt",
        "npm install express express-openid-connect",
        "app.mjs",
        "node app.mjs",
    ),
    Example("oidc-client-ts", "JavaScript: oidc-client-ts", "spa.txt", "npm install oidc-client-ts"),
    Example("appauth", _("Configuration in the format that AppAuth and similar libraries read"), "native.txt"),
    Example("curl", "curl", "service.txt"),
    Example("requests", "Python: Requests", "service_requests.txt", "pip install requests"),
    Example(
        "authlib",
        "Python: Authlib",
        "service_key_pair.txt",
        "pip install authlib requests",
        for_key_pair=True,
    ),
)


def examples_for(application: Application) -> dict[str, Example]:
    """Those that it can use as it is registered, by framework: its own first, if it has any there. At least one."""
    known = FRAMEWORKS[application.kind]
    fitting = {
        example.framework: example
        for example in EXAMPLES
        if example.framework in known and example.for_key_pair == application.uses_key_pair
    }
    return dict(sorted(fitting.items(), key=lambda each: each[0] != application.framework))


def code_of(example: Example, application: Application, tenant: Tenant, *, redirect_uri: str) -> str:
    """The code to copy, with the application's values. Its strings are JSON, which Python and JavaScript read too."""
    place = urlsplit(redirect_uri or "https://your-application.example/callback")
    callback = place.path or "/"
    home = "/me" if callback == "/" else "/"
    values: dict[str, str | int] = {
        "issuer": issuer_of(tenant),
        "discovery_url": issuer_of(tenant) + DISCOVERY,
        "token_endpoint": endpoints_of(tenant)["token_endpoint"],
        "client_id": application.client_id,
        "redirect_uri": place.geturl(),
        "origin": f"{place.scheme}://{place.netloc}",
        "port": place.port or 3000,
        "callback_path": callback,
        "home_path": home,
        # As Django writes them.
        "callback_route": callback[1:],
        "home_route": home[1:],
        "scopes": SCOPES,
    }
    literals = {name: json.dumps(value) for name, value in values.items()}
    return render_to_string(f"{_FOLDER}/{example.file}", literals).strip()


def variables_of(code: str, tenant: Tenant) -> dict[str, Promise]:
    """The environment variables that have to be set before the code is run, each with what it is set to."""
    has_no_tls = issuer_of(tenant).startswith("http:")
    wanted = {INSECURE_TRANSPORT: has_no_tls and "authlib" in code}
    return {name: meaning for name, meaning in VARIABLES.items() if wanted.get(name, name in code)}
