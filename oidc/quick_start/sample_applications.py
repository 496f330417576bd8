"""The sample applications of `examples/`, handed out with the values of a registered application."""

import io
import shlex
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from applications.lookup.clients import entitlements_by_id
from applications.models import Application
from applications.policies.grants import AUTHORIZATION_CODE, CLIENT_CREDENTIALS, DEVICE_CODE
from oidc.quick_start.code import INSECURE_TRANSPORT
from oidc.wire.addresses import issuer_of
from tenants.models import Tenant

FOLDER = settings.BASE_DIR / "examples"
SETTINGS_FILE = "settings.env"
HOME = "http://localhost:3000/"
LEFT_BEHIND = frozenset({"node_modules", ".venv", "__pycache__", SETTINGS_FILE})


@dataclass(frozen=True)
class SampleApplication:
    """A sample, the grant it uses, and where it receives customers: redirect URI and address after sign-out, or "".

    `framework` is what an application is written with that is registered for it.
    """

    folder: str
    name: Promise
    kinds: tuple[str, ...]
    redirect_uri: str = ""
    signed_out_uri: str = ""
    grant: str = AUTHORIZATION_CODE
    framework: str = ""

    def fits(self, application: Application) -> bool:
        """Whether the application can run it as it is registered. The samples know secrets alone."""
        if self.grant not in application.grant_types:
            return False
        return application.kind in self.kinds and (application.is_public or application.uses_secret)

    def is_registered_with(self, application: Application) -> bool:
        """Whether customers can come back to it."""
        return not self.redirect_uri or (
            self.redirect_uri in application.redirect_uri_list
            and self.signed_out_uri in application.post_logout_redirect_uri_list
        )


SAMPLES = (
    SampleApplication(
        "flask", _("Python: Flask with Authlib"), (Application.Kind.WEB,), f"{HOME}callback", HOME, framework="flask"
    ),
    SampleApplication(
        "express",
        _("JavaScript: Express with openid-client"),
        (Application.Kind.WEB,),
        f"{HOME}callback",
        HOME,
        framework="express",
    ),
    SampleApplication(
        "single-page",
        _("JavaScript: oidc-client-ts, without a framework"),
        (Application.Kind.SPA,),
        HOME,
        HOME,
        framework="oidc-client-ts",
    ),
    SampleApplication("device", _("Python: a device without a browser"), (Application.Kind.NATIVE,), grant=DEVICE_CODE),
    SampleApplication(
        "service-and-api",
        _("Python: a service that calls an API"),
        (Application.Kind.SERVICE,),
        grant=CLIENT_CREDENTIALS,
    ),
)


def samples_for(application: Application) -> tuple[SampleApplication, ...]:
    """Those that fit the application."""
    return tuple(sample for sample in SAMPLES if sample.fits(application))


def zipped(sample: SampleApplication, *, application: Application, tenant: Tenant, secret: str = "") -> bytes:
    """The sample's folder as a zip file, with the application's values in `SETTINGS_FILE`.

    A client secret is among them only if it is given, since nobody can read one again.
    """
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in _files(FOLDER / sample.folder):
            archive.write(path, f"{sample.folder}/{path.relative_to(FOLDER / sample.folder).as_posix()}")
        archive.writestr(f"{sample.folder}/{SETTINGS_FILE}", _settings(sample, application, tenant, secret))
    return packed.getvalue()


def _files(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not LEFT_BEHIND & set(path.relative_to(folder).parts):
            yield path


def _settings(sample: SampleApplication, application: Application, tenant: Tenant, secret: str) -> str:
    """What `run.sh` reads: lines of a shell."""
    values = {"ISSUER": issuer_of(tenant), "CLIENT_ID": application.client_id}
    if sample.redirect_uri:
        values["PORT"] = str(urlsplit(sample.redirect_uri).port)
    if sample.folder == "service-and-api":
        values |= _api_of(application)
    if sample.folder == "flask" and values["ISSUER"].startswith("http:"):
        values[INSECURE_TRANSPORT] = "1"
    lines = [f"{name}={shlex.quote(value)}" for name, value in values.items()]
    if secret:
        lines += ["# Keep this file to yourself.", f"CLIENT_SECRET={shlex.quote(secret)}"]
    elif not application.is_public:
        lines += [
            "# Create one under Credentials, and put it here. Keep this file to yourself from then on.",
            "CLIENT_SECRET=",
        ]
    return "\n".join([*lines, ""])


def _api_of(application: Application) -> dict[str, str]:
    """The first API that the service has a role at, else the one that the sample's own page tells to set up."""
    roles = entitlements_by_id(application.client_id).service_roles
    return next(
        ({"API": uri, "ROLE": values[0]} for uri, values in roles.items()),
        {"API": "https://orders.example", "ROLE": "clerk"},
    )
