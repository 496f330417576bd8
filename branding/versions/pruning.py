"""Which versions of a brand are kept: the newest, and all of the last year. Pictures that no other names go, too."""

from django.db import transaction

from branding.models import BrandVersion
from branding.services import forget_unnamed_images
from branding.versions.services import lock
from common.database.published import no_longer_kept


def prune_versions() -> int:
    """Delete those that are neither, of the tenant's brand and of each theme; what is scheduled stays.

    Returns how many there were.
    """
    old = no_longer_kept(BrandVersion.objects.filter(number__isnull=False), of="theme")
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
