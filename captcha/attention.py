"""What of a CAPTCHA needs attention: a provider that gives no answer."""

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext

from captcha.description import captcha_in_force, described
from captcha.widgets import STOP
from portal_frame.attention import Concern
from tenants.models import Tenant


def silent_captcha(tenant: Tenant) -> Iterator[Concern]:
    """The tenant's provider, as long as it gives no answer."""
    kept = captcha_in_force()
    if kept is None or kept.failing_since is None:
        return
    stops = kept.on_failure == STOP
    words = (
        gettext("%(name)s isn’t working, so no one can sign up where it’s used: %(problem)s")
        if stops
        else gettext("%(name)s isn’t working, so browsers solve a puzzle instead: %(problem)s")
    )
    told = {"name": described(kept).widget.name, "problem": kept.problem}
    yield Concern(words % told, reverse("portal:captcha", args=[tenant.slug]), is_urgent=stops)
