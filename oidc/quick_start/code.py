"""The code of the quick start, by framework: all of it was run, and a test of each says so."""

import json
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.template.loader import render_to_string

from applications.models import Application
from applications.policies.frameworks import FRAMEWORKS
from oidc.wire.addresses import endpoints_of, issuer_of
from tenants.models import Tenant

DISCOVERY = "/.well-known/openid-configuration"
SCOPES = "openid profile email"
# The environment variables by which the code is told what doesn't belong into it.
VARIABLES = ("CLIENT_SECRET", "PRIVATE_KEY", "SESSION_KEY")
INSECURE_TRANSPORT = "AUTHLIB_INSECURE_TRANSPORT"
_FOLDER = "portal/applications/examples"


@dataclass(frozen=True)
class Example:
    """Code to copy for a framework: `framework` is its key, `file` the template.

    `install` is the command that fetches its libraries, `save_as` the file to save the code as, and `start` the command
    that starts it at the port of its redirect URI; each "" where there is nothing to say.
    """

    framework: str
    title: str
    file: str
    install: str = ""
    save_as: str = ""
    start: str = ""
    for_key_pair: bool = False


_FLASK = ("flask", "Python: Flask with Authlib")
_FLASK_COMMANDS = ("pip install flask authlib requests", "app.py", "flask run --port {port}")
EXAMPLES = (
    Example(*_FLASK, "web.txt", *_FLASK_COMMANDS),
    Example(*_FLASK, "web_key_pair.txt", *_FLASK_COMMANDS, for_key_pair=True),
    Example(
        "django",
        "Python: Django with Authlib",
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
    Example("appauth", "Configuration, as AppAuth and its like read it", "native.txt"),
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


def variables_of(code: str, tenant: Tenant) -> list[str]:
    """The environment variables that have to be set before the code is run."""
    wanted = [name for name in VARIABLES if name in code]
    # An issuer on this machine has no TLS, without which Authlib talks to nobody unless it is told to.
    return [*wanted, INSECURE_TRANSPORT] if "authlib" in code and issuer_of(tenant).startswith("http:") else wanted
