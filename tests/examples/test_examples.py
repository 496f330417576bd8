"""The sample applications, run as their pages say."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings
from django_tenants.utils import tenant_context
from pytest_django.live_server_helper import LiveServer

from accounts.models import Account
from applications.grants import change_grants
from applications.models import Application
from tenants.addressing import base_url
from tenants.models import Tenant
from tests.cast import PASSWORD, new_secret
from tests.clients.customer import Customer
from tests.oidc.apis import COMMAND, ORDERS, found_orders

EXAMPLES = Path(settings.BASE_DIR) / "examples"
pytestmark = pytest.mark.client


def start(folder: str, program: str, **values: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, program],
        cwd=EXAMPLES / folder,
        env={**os.environ, **values, "PYTHONDONTWRITEBYTECODE": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.mark.parametrize("is_clerk", [True, False])
def test_a_service_calls_an_api_that_checks_its_token(
    live_server: LiveServer, acme: Tenant, reports: Application, is_clerk: bool
) -> None:
    orders = found_orders(acme)
    orders.permit(reports, roles=(orders.clerk,) if is_clerk else ())
    with tenant_context(acme):
        secret = new_secret(reports)
    with start(
        "service-and-api",
        "service.py",
        ISSUER=f"{base_url(acme)}/oidc",
        API=ORDERS,
        CLIENT_ID=reports.client_id,
        CLIENT_SECRET=secret,
    ) as service:
        said, problems = service.communicate(timeout=60)
    assert "Without a token: 401 {'error': 'invalid_token'}" in said
    if is_clerk:
        assert f"With a token: 200 {{'orders': ['a book'], 'asked_by': '{reports.client_id}'}}" in said
    else:
        assert "invalid_scope" in problems


def test_carol_signs_in_to_a_device(live_server: LiveServer, acme: Tenant, mobile: Application, carol: Account) -> None:
    with tenant_context(acme):
        change_grants(mobile, allows_device_grant=True, actor=COMMAND)
    with start("device", "device.py", ISSUER=f"{base_url(acme)}/oidc", CLIENT_ID=mobile.client_id) as device:
        assert device.stdout is not None
        asked = re.match(r"Open (\S+) and enter (\S+)", device.stdout.readline())
        assert asked is not None
        customer = Customer()
        answers = {"email": carol.email, "password": PASSWORD, "user_code": asked[2]}
        assert "signed in" in customer.walk(asked[1], answers=answers)
        said, problems = device.communicate(timeout=60)
    assert said.strip() == "Hello, Carol Carter", problems
