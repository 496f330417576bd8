"""Which versions of a brand are kept: the newest, and all of the last year. Pictures that no other names go, too."""

from datetime import timedelta

from django.db import transaction
from django.db.models import F, Window
from django.db.models.functions import RowNumber
from django.utils import timezone

from branding.models import BrandVersion
from branding.services import forget_unnamed_images
from branding.versions.services import lock

KEPT_NEWEST = 50
KEPT_FOR = timedelta(days=365)


def prune_versions() -> int:
    """Delete those that are neither, of the tenant's brand and of each theme; what is scheduled stays.

    Returns how many there were.
    """
    by_age = Window(RowNumber(), partition_by=F("theme"), order_by=F("number").desc())
    published = BrandVersion.objects.filter(number__isnull=False)
    # By itself: what else a filter says beside a window is done first, and the place were one among the old alone.
    beyond = published.annotate(place=by_age).filter(place__gt=KEPT_NEWEST).values("pk")
    old = published.filter(pk__in=beyond, published_at__lt=timezone.now() - KEPT_FOR)
    found = list(old.select_related("theme").defer("content"))
    if not found:
        return 0
    with transaction.atomic():
        # Whoever restores one at this moment has its pictures first.
        for theme in {version.theme for version in found}:
            lock(theme)
        BrandVersion.objects.filter(pk__in=[version.pk for version in found]).delete()
        forget_unnamed_images()
    return len(found)
