"""Places are remembered; each tenant keeps its own."""

from collections.abc import Iterator

import pytest
from django.conf import settings
from django.urls import NoReverseMatch, clear_script_prefix, set_script_prefix, set_urlconf

from common.web.places import place_of


@pytest.fixture(autouse=True)
def _served_as_before() -> Iterator[None]:
    yield
    clear_script_prefix()
    set_urlconf(None)


def test_a_remembered_place_of_one_tenant_is_nobody_elses() -> None:
    """Eve's tenant was asked first; whoever is at acme next stays there."""
    for slug in ("evil", "acme", "evil"):
        set_script_prefix(f"/t/{slug}/")
        assert place_of("customer:language") == f"/t/{slug}/language/"


def test_a_remembered_place_belongs_to_its_map_of_addresses() -> None:
    """What is a page of the portal at home isn't one at a tenant's address."""
    set_urlconf(settings.HOME_URLCONF)
    assert place_of("portal:tenants")
    set_urlconf(settings.TENANT_URLCONF)
    with pytest.raises(NoReverseMatch):
        place_of("portal:tenants")
