"""Versions that are old and many are let go, with the pictures that no other names; what counts is kept."""

from datetime import timedelta

import pytest
from django.utils import timezone
from django_tenants.utils import tenant_context

from branding.models import BrandingImage, BrandVersion, Theme
from branding.versions.pruning import prune_versions
from branding.versions.scheduling import schedule
from common.database import published
from operations.housekeeping import forget_what_expired
from tenants.models import Tenant
from tests.branding.brands import ADA, brand, draft, theme_of
from tests.branding.pictures import picture, upload

pytestmark = pytest.mark.django_db
LONG_AGO = timedelta(days=400)


@pytest.fixture
def three_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(published, "KEPT_NEWEST", 3)


def numbers(tenant: Tenant, theme: Theme | None = None) -> list[int | None]:
    with tenant_context(tenant):
        return list(BrandVersion.objects.filter(theme=theme).order_by("number").values_list("number", flat=True))


@pytest.mark.usefixtures("three_are_kept")
def test_old_versions_beyond_the_newest_go_with_their_pictures_and_no_others(acme: Tenant) -> None:
    for width in (80, 81, 82, 83):
        brand(acme, images={BrandingImage.Kind.BANNER_LOGO: upload(picture(width, 30))})
    theme = theme_of(acme)
    brand(acme, theme=theme, username_hint="kids@acme.example")
    draft(acme, username_hint="christmas@acme.example")
    with tenant_context(acme):
        schedule(due_at=timezone.now() + timedelta(days=1), actor=ADA)
        BrandVersion.objects.filter(number__isnull=False).update(published_at=timezone.now() - LONG_AGO)
        BrandVersion.objects.filter(theme=None, number=1).update(published_at=timezone.now())

        forget_what_expired()

        assert sorted(BrandingImage.objects.values_list("width", flat=True)) == [81, 82, 83]
    assert numbers(acme) == [1, 3, 4, 5, None]
    assert numbers(acme, theme) == [1]


@pytest.mark.usefixtures("three_are_kept")
def test_what_was_published_within_a_year_is_kept_however_much_it_is(acme: Tenant) -> None:
    for number in range(5):
        brand(acme, username_hint=f"{number}@acme.example")

    with tenant_context(acme):
        assert prune_versions() == 0
    assert len(numbers(acme)) == 6


@pytest.mark.usefixtures("three_are_kept")
def test_what_was_published_lately_counts_among_the_newest(acme: Tenant) -> None:
    for number in range(4):
        brand(acme, username_hint=f"{number}@acme.example")

    with tenant_context(acme):
        BrandVersion.objects.exclude(number=5).update(published_at=timezone.now() - LONG_AGO)
        assert prune_versions() == 2
    assert numbers(acme) == [3, 4, 5]
