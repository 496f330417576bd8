"""The cast, each by name, and the doors they use. See `tests.cast` for who is who."""

import gc
import os
from collections.abc import Callable, Iterator
from threading import Thread
from typing import Any

import pytest
from _pytest import runner
from django.conf import settings
from django_tenants.utils import tenant_context
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer
from pytest_django.plugin import DjangoDbBlocker, blocking_manager_key

from accounts.credentials import hashers
from accounts.models import Account
from applications.models import Application
from common.database.caches import forget_everything
from tenants.models import Tenant
from tenants.postgresql import connection
from tests import database
from tests.browser import Browser
from tests.cast import new_secret, tenant_named
from tests.compiled import compile_share
from tests.headroom import with_headroom
from tests.kept import as_founded
from tests.live import live
from tests.real_browser import real_browser
from tests.spread import long_ones_first
from tests.stand_ins import begin_cast, begin_test, stand_ins
from tools.translations import compile_catalogues
from userflows.journeys.attempts import crowds
from userflows.journeys.attempts.crowds import Begun

# Several browsers share the cores: what a person would see at once may take a while.
expect.set_options(timeout=20_000)

PROCESSES = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
GARBAGE = (50_000, 20, 50)
"""So many new objects before the youngest are looked through, so often that before the older, and that before all."""


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--rounds", type=int, default=10, help="how often many redeem the same thing at once")
    parser.addoption("--besieged", type=int, default=8, help="how many sign in at once during a siege")
    parser.addoption("--samples", type=int, default=50, help="how many looks of customer pages axe is shown")
    parser.addoption("--chaos-people", type=int, default=40, help="how many sign up in the chaos")
    parser.addoption("--chaos-kills", type=int, default=1, help="how often each of web server and worker is killed")
    parser.addoption("--chaos-crashes", type=int, default=1, help="how often the database crashes")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_setupnodes(config: pytest.Config) -> None:
    """While the processes of a run look for their tests, the one that hands them out has nothing else to do."""
    Thread(target=_build_templates, args=[config.stash[blocking_manager_key]]).start()


def _build_templates(blocker: DjangoDbBlocker) -> None:
    with blocker.unblock(), stand_ins():
        begin_cast()
        database.build()


@pytest.hookimpl(tryfirst=True)
def pytest_collection(session: pytest.Session) -> None:
    if PROCESSES > 1:
        compile_share(session.config, int(os.environ["PYTEST_XDIST_WORKER"].removeprefix("gw")), PROCESSES)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """In a run of several processes no browser is left for the end."""
    if PROCESSES > 1:
        items[:] = long_ones_first(items, PROCESSES)


def pytest_collection_finish() -> None:
    """What is there by now stays to the end: nobody looks through it for garbage again, and seldom through the rest."""
    gc.collect()
    gc.freeze()
    gc.enable()
    gc.set_threshold(*GARBAGE)


@pytest.hookimpl(tryfirst=True)
@with_headroom
def pytest_runtest_protocol(item: pytest.Item, nextitem: pytest.Item | None) -> bool:
    return runner.pytest_runtest_protocol(item, nextitem)


@pytest.fixture
def rounds(pytestconfig: pytest.Config) -> int:
    """How often many bring the same thing at once: more often by `make rounds`."""
    number: int = pytestconfig.getoption("--rounds")
    return number


@pytest.fixture(scope="session", autouse=True)
def _compiled_catalogues() -> None:
    """The pages speak what the catalogues say now."""
    compile_catalogues()


@pytest.fixture(scope="session", autouse=True)
def _with_stand_ins() -> Iterator[None]:
    with stand_ins():
        yield


@pytest.fixture(scope="session")
def django_db_setup(django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    with django_db_blocker.unblock():
        begin_cast()
        database.prepare(f"ciam_run_{os.getpid()}")
        yield
        database.discard()


@pytest.fixture(autouse=True)
def _start_in_public(request: pytest.FixtureRequest) -> Iterator[None]:
    """The wrapper's chosen tenant outlives a rollback, and so does what a process keeps of a tenant."""
    forget_everything()
    begin_test()
    if "django_db_setup" in request.fixturenames:
        connection.set_schema_to_public()
    yield
    forget_everything()
    connection.set_schema_to_public()


@pytest.fixture
def nobody_came_before(monkeypatch: pytest.MonkeyPatch) -> None:
    """Beyond a hundred a minute from one network the database counts who begins, other stories' customers too."""
    monkeypatch.setattr(crowds, "_begun", Begun())


@pytest.fixture
def hashes(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Each password that gets hashed."""
    counted: list[str] = []
    in_turn = hashers.in_turn

    def counting(hashing: Callable[[], object]) -> object:
        counted.append("hash")
        return in_turn(hashing)

    monkeypatch.setattr(hashers, "in_turn", counting)
    return counted


@pytest.fixture
def live_server(transactional_db: None) -> Iterator[LiveServer]:
    """The product on a port of this machine, at CIAM_BASE_URL."""
    with live() as server:
        yield server


@pytest.fixture
def chromium() -> Iterator[Chromium]:
    """A real browser, without a screen. Its windows are closed after each test."""
    chromium = real_browser.started()
    yield chromium
    for context in chromium.contexts:
        context.close()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> Iterator[None]:
    """A module's tests come in any order: the browser stays until the last of them, or longer."""
    try:
        yield
    finally:
        stays_here = nextitem is not None and nextitem.path == item.path
        if not stays_here and "chromium" not in getattr(nextitem, "fixturenames", ()):
            real_browser.stop()


def _tenant(slug: str) -> Tenant:
    return as_founded(slug, read=lambda: tenant_named(slug))


@pytest.fixture
def home(db: None) -> Tenant:
    return _tenant("home")


@pytest.fixture
def acme(db: None) -> Tenant:
    return _tenant("acme")


@pytest.fixture
def globex(db: None) -> Tenant:
    return _tenant("globex")


def _account(tenant: Tenant, email: str) -> Account:
    def read() -> Account:
        with tenant_context(tenant):
            return Account.objects.with_email(email).get()

    return as_founded(tenant.slug, email, read=read)


def _application(tenant: Tenant, name: str) -> Application:
    def read() -> Application:
        with tenant_context(tenant):
            return Application.objects.get(name=name)

    return as_founded(tenant.slug, name, read=read)


@pytest.fixture
def olga(home: Tenant) -> Account:
    return _account(home, "olga@portal.example")


@pytest.fixture
def ada(home: Tenant) -> Account:
    return _account(home, "ada@portal.example")


@pytest.fixture
def grace(home: Tenant) -> Account:
    return _account(home, "grace@portal.example")


@pytest.fixture
def stranger(home: Tenant) -> Account:
    """Has an account of the home tenant, and manages nothing."""
    return _account(home, "stranger@portal.example")


@pytest.fixture
def carol(acme: Tenant) -> Account:
    return _account(acme, "carol@acme.example")


@pytest.fixture
def dan(acme: Tenant) -> Account:
    return _account(acme, "dan@acme.example")


@pytest.fixture
def eve(globex: Tenant) -> Account:
    return _account(globex, "eve@globex.example")


@pytest.fixture
def bookshop(acme: Tenant) -> Application:
    return _application(acme, "Bookshop")


@pytest.fixture
def bookshop_secret(acme: Tenant, bookshop: Application) -> str:
    with tenant_context(acme):
        return new_secret(bookshop)


@pytest.fixture
def mobile(acme: Tenant) -> Application:
    return _application(acme, "Mobile")


@pytest.fixture
def reports(acme: Tenant) -> Application:
    return _application(acme, "Reports")


@pytest.fixture
def gadgets(globex: Tenant) -> Application:
    return _application(globex, "Gadgets")


@pytest.fixture
def browser_at() -> Callable[[Tenant], Browser]:
    """Makes a browser at a tenant, with nobody signed in."""
    return Browser


@pytest.fixture
def acme_browser(acme: Tenant) -> Browser:
    return Browser(acme)


@pytest.fixture
def globex_browser(globex: Tenant) -> Browser:
    return Browser(globex)


def _portal_of(home: Tenant, administrator: Account) -> Browser:
    browser = Browser(home)
    browser.sign_in(administrator)
    return browser


@pytest.fixture
def olga_portal(home: Tenant, olga: Account) -> Browser:
    """The portal, as Olga sees it."""
    return _portal_of(home, olga)


@pytest.fixture
def ada_portal(home: Tenant, ada: Account) -> Browser:
    """The portal, as Ada sees it."""
    return _portal_of(home, ada)


@pytest.fixture
def grace_portal(home: Tenant, grace: Account) -> Browser:
    """The portal, as Grace sees it."""
    return _portal_of(home, grace)


@pytest.fixture
def stranger_portal(home: Tenant, stranger: Account) -> Browser:
    """The portal, as an administrator of nothing sees it."""
    return _portal_of(home, stranger)


@pytest.fixture
def open_page(live_server: LiveServer, chromium: Chromium) -> Iterator[Any]:
    """Open a window of some size, language and kind, at acme's sign-up."""
    contexts = []

    def open_window(path: str = "/t/acme/sign-up/", *, locale: str = "en", **options: Any) -> Page:
        context = chromium.new_context(
            base_url=settings.CIAM_BASE_URL, extra_http_headers={"Accept-Language": locale}, **options
        )
        contexts.append(context)
        page = context.new_page()
        page.goto(path)
        # Somebody looks at it. A page in the background may draw nothing, and gives no field the focus meanwhile.
        page.bring_to_front()
        return page

    yield open_window
    for context in contexts:
        context.close()
