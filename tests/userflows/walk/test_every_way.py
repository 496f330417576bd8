"""Every way in, walked at a phone: by each method with each second factor, to sign in and to sign up; by a user name;
and where a flow offers all of them, with a change of mind or two.
"""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page
from pytest_django.plugin import DjangoDbBlocker

from tests import database
from tests.userflows.factors.in_chromium import with_authenticator
from tests.userflows.walk.walker import Walker
from tests.userflows.walk.ways import IMPOSSIBLE, NONE, WAYS, Way, missed, pairs_walked
from tests.userflows.walk.world import World, opened
from userflows.methods import sign_in_methods
from userflows.state import FACTORS, PASSKEY


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[World]:
    """Each row has a customer of its own, so that one database does for all."""
    with django_db_blocker.unblock():
        with opened() as world:
            yield world
        database.restore()


def test_each_method_meets_each_factor_on_either_errand_with_scripts_and_without_or_it_is_said_why_not() -> None:
    assert missed() == set()
    assert not pairs_walked() & IMPOSSIBLE.keys()


def test_no_method_and_no_factor_is_left_out() -> None:
    assert {way.first.partition(" ")[0] for way in WAYS} == set(sign_in_methods())
    assert {way.second for way in WAYS} == {NONE, *FACTORS}


def sign_out(page: Page) -> None:
    """By the button of their profile."""
    page.get_by_role("button", name="Sign out", exact=True).click()
    page.wait_for_url("**/signed-out/**")


@pytest.mark.browser
@pytest.mark.parametrize("way", WAYS, ids=str)
def test_each_way_leads_in(way: Way, world: World) -> None:
    walking = world.set_up(way)
    page = world.window(has_scripts=way.scripts)
    session = None
    if way.scripts and PASSKEY in {way.second, *way.offered}:
        # Also one with nothing in it, as most phones are.
        session, _ = with_authenticator(page, walking.key)
    try:
        page.goto(f"/t/acme/{way.page}/", wait_until="domcontentloaded")
        assert Walker(page, world, way, walking).walk() == way.pages
        if way.again:
            sign_out(page)
            page.goto(f"/t/acme/{way.page}/", wait_until="domcontentloaded")
            assert Walker(page, world, way, walking).walk() == way.again
        assert world.amr_of(walking.email) == way.amr
    finally:
        if session:
            session.send("WebAuthn.disable")
            session.detach()
