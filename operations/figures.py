"""Numbers and facts about one tenant, for its overview and for whoever is about to switch it off."""

from dataclasses import dataclass

from django.db.models import Exists

from accounts.models import Account
from applications.models import Application
from audit.models import Event
from branding.models import Branding, BrandingImage
from common.text.translation import grouped
from userflows.models import UserFlow

COUNTED_UP_TO = 10_000
_CHANGES_OF_FLOWS = ("user_flow.changed", "user_flow.layout_changed")
_LOOKS_THE_SAME = {
    "layout": "",
    "background_color": "",
    "accent_color": "",
    "username_hint": "",
    "sign_in_page_text": "",
    "privacy_url": "",
    "terms_url": "",
}


@dataclass(frozen=True)
class Count:
    """A number that stops counting at `COUNTED_UP_TO`, so that a page about a huge tenant stays quick."""

    value: int

    def __str__(self) -> str:
        return f"{grouped(COUNTED_UP_TO)}+" if self.value > COUNTED_UP_TO else grouped(self.value)


@dataclass(frozen=True)
class Figures:
    customers: Count
    applications: Count


@dataclass(frozen=True)
class SetUp:
    """What of a tenant is set up."""

    has_application: bool
    has_changed_flow: bool
    has_brand: bool
    has_customer: bool


def figures() -> Figures:
    """The figures of the current tenant."""
    customers = Account.objects.kept()
    return Figures(
        customers=Count(customers[: COUNTED_UP_TO + 1].count()),
        applications=Count(Application.objects.count()),
    )


def set_up_so_far() -> SetUp:
    """How far the current tenant is set up: in one question, beside the default flow, of which there is always one."""
    asked = {
        "application": Application.objects.all(),
        "flow": UserFlow.objects.filter(is_default=False),
        "change": Event.objects.administration().filter(action__in=_CHANGES_OF_FLOWS),
        "image": BrandingImage.objects.all(),
        "look": Branding.objects.exclude(**_LOOKS_THE_SAME),
        "customer": Account.objects.kept(),
    }
    there_are = {f"has_{name}": Exists(rows.order_by()) for name, rows in asked.items()}
    found = UserFlow.objects.filter(is_default=True).order_by().annotate(**there_are).values(*there_are).first() or {}
    has = {name: found.get(f"has_{name}", False) for name in asked}
    return SetUp(
        has_application=has["application"],
        has_changed_flow=has["flow"] or has["change"],
        has_brand=has["image"] or has["look"],
        has_customer=has["customer"],
    )
