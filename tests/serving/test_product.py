"""The product itself, served as operators serve it."""

from collections.abc import Iterator

import httpx
import pytest
from django.conf import settings
from django.db import connection
from django_tenants.utils import tenant_context

from applications.models import Application
from audit.models import Event
from oidc.wire.addresses import issuer_of
from tenants.models import Tenant
from tests.serving.granian import granian

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def product(home: Tenant) -> Iterator[httpx.Client]:
    """A process of its own on this run's database, behind one proxy. The client speaks as that proxy does."""
    address = settings.DATABASE_OWNER | {name: connection.settings_dict[name] for name in ("HOST", "PORT", "NAME")}
    environment = {
        "DATABASE_URL": "postgresql://{USER}:{PASSWORD}@{HOST}:{PORT}/{NAME}".format(**address),
        "CIAM_TRUSTED_PROXIES": "1",
        "PORT": str(settings.PORT),
    }
    with granian("ciam_portal.rsgi:application", **environment) as port:
        headers = {"Host": f"localhost:{settings.PORT}", "X-Forwarded-For": "192.0.2.9"}
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", headers=headers, timeout=20) as client:
            yield client


def test_a_client_is_served_and_known_by_the_address_that_the_proxy_saw(
    product: httpx.Client, acme: Tenant, bookshop: Application, bookshop_secret: str
) -> None:
    assert product.get("/healthz").json() == {"status": "ok"}
    assert product.get("/readyz").json() == {"status": "ready"}
    token = issuer_of(acme).removeprefix(settings.CIAM_BASE_URL) + "/token"

    def ask(secret: str, **headers: str) -> httpx.Response:
        # In chunks, as some clients send it, without a length.
        form = iter([b"grant_type=refresh_token", b"&refresh_token=none"])
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        return product.post(token, content=form, headers=kind | headers, auth=(bookshop.client_id, secret))

    assert ask(bookshop_secret).json()["error"] == "invalid_grant"
    assert ask("wrong", X_Forwarded_For="6.6.6.6").json()["error"] == "invalid_client"
    with tenant_context(acme):
        addresses = set(Event.objects.exclude(ip=None).values_list("ip", flat=True))
    assert addresses == {"192.0.2.9"}


def test_more_than_any_form_sends_is_refused_before_it_is_kept(product: httpx.Client) -> None:
    anonymous = product.post("/t/acme/sign-in/", files={"file": b"x" * 3_000_000})
    assert anonymous.status_code == 413
    assert "1,024 KB" in anonymous.text
