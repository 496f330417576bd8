"""What a tenant has published, and what is drafted, as values: each read by one statement."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from django.conf import settings
from django.urls import get_script_prefix, reverse

from branding.brands.content import read
from branding.brands.fallback import Brandings, Layer, layers_of
from branding.description import FIELDS, BrandingValues, Picture
from branding.languages.offered import falls_back_to
from branding.models import Branding, Theme
from common.database.rows import read_json, row_from_json
from tenants.addressing import script_prefix
from tenants.lookup import current_tenant

# Of each brand the newest version; the tenant's own has no theme. They are chosen first, so that no other is unpacked.
_PUBLISHED = """
    SELECT jsonb_build_object(
        'theme', version.theme_id,
        'content', version.content - 'words',
        'applications', (
            SELECT jsonb_agg(themed.client_id)
            FROM branding_themedapplication themed
            WHERE themed.theme_id = version.theme_id
        )
    )
    FROM branding_brandversion version
    JOIN (
        SELECT DISTINCT ON (theme_id) id
        FROM branding_brandversion
        WHERE number IS NOT NULL
        ORDER BY theme_id, number DESC
    ) newest USING (id)
"""
_DRAFTS = """
    SELECT to_jsonb(branding) || jsonb_build_object('images', (
        SELECT jsonb_agg(jsonb_build_array(image.kind, image.digest, image.width, image.height, image.is_dark))
        FROM branding_brandingimage image
        WHERE image.branding_id = branding.id
    ))
    FROM branding_branding branding
"""
AddressOf = Callable[[str], str]


@dataclass(frozen=True)
class Brands:
    """The brandings by locale of the tenant's own brand and of each theme, and which theme an application has."""

    tenant: Brandings = field(default_factory=dict)
    themes: Mapping[str, Brandings] = field(default_factory=dict)
    theme_of: Mapping[str, str] = field(default_factory=dict)

    def of(self, theme: Theme | None) -> Brandings:
        """Those of the theme, or the tenant's own; none where nothing is published yet."""
        return self.themes.get(str(theme.pk), {}) if theme else self.tenant


def read_published(address_of: AddressOf | None = None) -> Brands:
    """What customers see of the current tenant, as it is in the database now.

    `address_of` makes an image's address of its digest; without it, addresses are those that customers load.
    """
    brands: dict[str, Brandings] = {}
    theme_of: dict[str, str] = {}
    for row in read_json(_PUBLISHED):
        theme = row["theme"] or ""
        brands[theme] = read(row["content"], address_of or image_url)
        theme_of |= dict.fromkeys(row["applications"] or (), theme)
    tenant = brands.pop("", {})
    return Brands(tenant, brands, theme_of)


def read_drafts(address_of: AddressOf | None = None) -> Brands:
    """What would be published of the current tenant, likewise."""
    tenant: dict[str, BrandingValues] = {}
    themes: dict[str, dict[str, BrandingValues]] = {}
    for columns in read_json(_DRAFTS):
        row = row_from_json(Branding, columns)
        images = columns["images"] or ()
        pictures = {kind: Picture((address_of or image_url)(digest), *rest) for kind, digest, *rest in images}
        brand = themes.setdefault(str(row.theme_id), {}) if row.theme_id else tenant
        brand[row.locale] = values_of(row, pictures)
    return Brands(tenant, themes)


def layers_in(language: str, *, tenant: Brandings, theme: Brandings | None = None) -> tuple[Layer, ...]:
    """The brandings of a page in this language of the tenant being served, best first."""
    return layers_of(language, tenant=tenant, theme=theme, falls_back_to=falls_back_to(language))


def values_of(row: Branding, pictures: Mapping[str, Picture]) -> BrandingValues:
    """The row's own values, without any fallback."""
    return BrandingValues(**{name: getattr(row, name) for name in FIELDS}, pictures=pictures)


def image_url(digest: str) -> str:
    """Where customers load an image."""
    return address_of_tenant("image", digest)


def address_of_tenant(name: str, *named: str) -> str:
    """The path of a page of the brand at this tenant's own address, whichever tenant's address is being served."""
    path = reverse(f"brand:{name}", args=named, urlconf=settings.TENANT_URLCONF).removeprefix(get_script_prefix())
    tenant = current_tenant()
    return f"{script_prefix(tenant) if tenant else ''}/{path}"
