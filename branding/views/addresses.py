"""Whose brand a page of the portal is about, and where its pages lie."""

from dataclasses import dataclass
from uuid import UUID

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _

from branding.brands.fallback import Brandings, Layer
from branding.brands.lookup import AddressOf, layers_in, read_drafts, read_published
from branding.models import DEFAULT, Theme
from branding.words.where import Where, of_brand
from tenants.models import Tenant

# The default's locale is "", which an address can't hold.
_DEFAULT_SLUG = "default"


@dataclass(frozen=True)
class BrandAt:
    """The tenant's own brand, or that of a theme, as its pages in the portal know it."""

    tenant: Tenant
    theme: Theme | None = None

    @property
    def name(self) -> str:
        return self.theme.name if self.theme else _("Company branding")

    @property
    def prefix(self) -> str:
        """What the names of its pages begin with."""
        return "theme" if self.theme else "branding"

    @property
    def named(self) -> list[object]:
        """What its addresses are made of."""
        return [self.tenant.slug, *([self.theme.pk] if self.theme else [])]

    def url(self, page: str = "", *named: object) -> str:
        """The address of one of its pages, such as `history`; without one, that of its first."""
        route = f"{self.prefix}-{page}" if page else self.prefix
        return reverse(f"portal:{route}", args=[*self.named, *named])

    def url_of(self, page: str, locale: str) -> str:
        """The address of a page about its branding for a locale."""
        return self.url(page, locale or _DEFAULT_SLUG)

    @property
    def where(self) -> Where:
        """Where its words are said."""
        return of_brand(self.theme)

    def drafted(self, address_of: AddressOf | None = None) -> Brandings:
        """Its draft by locale, with images at addresses of the portal or those that `address_of` makes."""
        return read_drafts(address_of or self.image_url).of(self.theme)

    def below(self, address_of: AddressOf | None = None) -> Brandings:
        """What lies below a theme: the tenant's own brand as it is published."""
        return read_published(address_of or self.image_url).tenant if self.theme else {}

    def layers(self, language: str, own: Brandings, below: Brandings) -> tuple[Layer, ...]:
        """The brandings of a page in this language, best first, if the brand were `own`."""
        return layers_in(language, tenant=below, theme=own) if self.theme else layers_in(language, tenant=own)

    def image_url(self, digest: str) -> str:
        """Where the portal's pages load an image: nothing from another address."""
        return reverse("portal:branding-image", args=[self.tenant.slug, digest])

    def whole_url(self, image_id: UUID) -> str:
        """Where they load the whole of an image of which a part is shown."""
        return reverse("portal:branding-whole", args=[self.tenant.slug, image_id])


def with_host(request: HttpRequest, address_of: AddressOf) -> AddressOf:
    """The addresses of images for a page whose style sheets are data URIs, against which a path leads nowhere."""
    return lambda digest: request.build_absolute_uri(address_of(digest))


def brand_at(tenant: Tenant, theme_id: UUID | None) -> BrandAt:
    """The brand that an address names. Raises `Http404`."""
    return BrandAt(tenant, get_object_or_404(Theme, pk=theme_id) if theme_id else None)


def locale_of(slug: str) -> str:
    """The locale that an address names."""
    return DEFAULT if slug == _DEFAULT_SLUG else slug
