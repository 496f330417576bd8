from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.conf import settings
from playwright._impl._api_structures import SetCookieParam
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import Page
from pytest_django.live_server_helper import LiveServer

from tenants.models import Tenant
from tests.browser import Browser
from tests.oidc.conftest import shop  # noqa: F401 - what Ada chooses, Bookshop is told
from tests.portal.registrations import NEW, flow_of


@pytest.fixture
def window(live_server: LiveServer, olga_portal: Browser, chromium: Chromium) -> Iterator[Callable[..., Page]]:
    """Opens a window at the portal in which Olga is signed in; takes Playwright's options of a context."""
    name = settings.SESSION_COOKIE_NAME
    session: SetCookieParam = {"name": name, "value": olga_portal.cookies[name].value, "url": settings.CIAM_BASE_URL}
    contexts = []

    def opened(**options: Any) -> Page:
        contexts.append(chromium.new_context(base_url=settings.CIAM_BASE_URL, **options))
        contexts[-1].add_cookies([session])
        return contexts[-1].new_page()

    yield opened
    for context in contexts:
        context.close()


@pytest.fixture
def register(ada_portal: Browser, acme: Tenant) -> Callable[..., Any]:
    def send(**changes: Any) -> Any:
        details = {
            "name": "Newsletter",
            "kind": "web",
            "redirect_uris": "https://news.example/callback",
            "user_flow": str(flow_of(acme).pk),
        }
        return ada_portal.post(NEW, details | changes)

    return send
