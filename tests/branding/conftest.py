from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import Page
from pytest_django.live_server_helper import LiveServer

from accounts.models import Account
from tenants.models import Tenant
from tests.browser import Browser


@pytest.fixture
def open_portal(live_server: LiveServer, home: Tenant, ada: Account, chromium: Chromium) -> Iterator[Any]:
    """Open a window in which Ada is signed in."""
    portal = Browser(home)
    portal.sign_in(ada)
    session = portal.cookies[settings.SESSION_COOKIE_NAME].value
    contexts = []

    def open_window(**options: Any) -> Page:
        context = chromium.new_context(base_url=settings.CIAM_BASE_URL, **options)
        contexts.append(context)
        context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": settings.CIAM_BASE_URL}])
        return context.new_page()

    yield open_window
    for context in contexts:
        context.close()
