"""Who lives in the demo, and what they are given."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from applications.models import Application
from branding.models import Branding
from userflows.flows.page_layout import AttributeLayout, RowWords

OLGA = "olga@portal.example"
ADA = "ada@portal.example"
GRACE = "grace@portal.example"


@dataclass(frozen=True)
class CastMember:
    """A customer. `state` is active, disabled or deleted; without a password they sign in by one-time code."""

    email: str
    attributes: Mapping[str, Any]
    state: str = "active"
    has_password: bool = True
    language: str = ""


@dataclass(frozen=True)
class Flow:
    """A user flow beside the tenant's default one; `name` None stands for the default one itself."""

    name: str | None
    methods: tuple[str, ...]
    layout: tuple[AttributeLayout, ...] = ()


@dataclass(frozen=True)
class App:
    """An application on this machine; `flow` None stands for the default one."""

    name: str
    kind: str
    redirect_uris: tuple[str, ...] = ()
    post_logout_redirect_uris: tuple[str, ...] = ()
    flow: str | None = None


@dataclass(frozen=True)
class Scene:
    """One tenant with everything in it. `brands` goes by locale, "" being the default."""

    slug: str
    name: str
    country: str
    administrator: str
    custom_attributes: Mapping[str, str]
    flows: tuple[Flow, ...]
    apps: tuple[App, ...]
    people: tuple[CastMember, ...]
    brands: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)


ACME = Scene(
    slug="acme",
    name="Acme",
    country="DE",
    administrator=ADA,
    custom_attributes={"loyaltyNumber": "String", "newsletter": "Boolean", "acceptsTerms": "Boolean"},
    flows=(
        Flow(
            None,
            ("password",),
            (
                AttributeLayout("givenName", is_required=True),
                AttributeLayout("surname"),
                AttributeLayout(
                    "newsletter",
                    label="Send me news about books, once a month",
                    translations={"de": RowWords("Schicken Sie mir einmal im Monat Neues über Bücher")},
                ),
                AttributeLayout(
                    "acceptsTerms",
                    label="I agree to the [terms of use](https://acme.example/terms)",
                    is_required=True,
                    translations={"de": RowWords("Ich stimme den [Nutzungsbedingungen](https://acme.example/agb) zu")},
                ),
            ),
        ),
        Flow(
            "Loyalty club",
            ("password", "code"),
            (
                AttributeLayout(
                    "displayName",
                    label="What shall we call you?",
                    is_required=True,
                    translations={"de": RowWords("Wie dürfen wir Sie nennen?")},
                ),
                AttributeLayout(
                    "loyaltyNumber",
                    label="Loyalty number, if you have a card",
                    translations={"de": RowWords("Kundennummer, falls Sie eine Karte haben")},
                ),
                AttributeLayout("city"),
            ),
        ),
    ),
    apps=(
        App(
            "Bookshop",
            Application.Kind.WEB,
            ("http://localhost:3000/callback",),
            ("http://localhost:3000/signed-out",),
        ),
        App("Loyalty club", Application.Kind.SPA, ("http://localhost:5173/callback",), flow="Loyalty club"),
        App("Mobile", Application.Kind.NATIVE, ("http://127.0.0.1/callback", "com.acme.bookshop:/callback")),
        App("Stock reports", Application.Kind.SERVICE),
    ),
    people=(
        CastMember(
            "carol@acme.example", {"givenName": "Carol", "surname": "Carter", "city": "Leeds", "newsletter": True}
        ),
        CastMember("dan@acme.example", {"givenName": "Dan", "surname": "Daniels"}, state="disabled"),
        CastMember("frida@acme.example", {"givenName": "Frida", "surname": "Falk"}, state="deleted"),
        CastMember("heidi@acme.example", {"givenName": "Heidi", "surname": "Huber", "city": "Ulm"}, language="de"),
        CastMember(
            "ivan@acme.example",
            {"displayName": "Ivan", "loyaltyNumber": "AC-10427", "city": "Lyon"},
            has_password=False,
            language="fr",
        ),
        CastMember("judy@acme.example", {"givenName": "Judy", "surname": "Jones", "loyaltyNumber": "AC-10982"}),
        CastMember("mallory@acme.example", {"givenName": "Mallory", "jobTitle": "Librarian", "newsletter": False}),
        CastMember("nora@acme.example", {"givenName": "Nora", "surname": "Nilsen", "country": "NO"}),
    ),
    brands={
        "": {
            "layout": Branding.Layout.SPLIT,
            "background_color": "#fde7cf",
            "accent_color": "#b93a0d",
            "username_hint": "you@example.com",
            "sign_in_page_text": "**Every book, by tomorrow.** Questions? [Ask us](https://acme.example/help).",
            "shows_footer": True,
            "privacy_text": "Privacy",
            "privacy_url": "https://acme.example/privacy",
            "terms_text": "Terms of use",
            "terms_url": "https://acme.example/terms",
            "reply_to": "hello@acme.example",
            "support_url": "https://acme.example/help",
            "legal_lines": "Acme Books GmbH\nHafenstraße 1, 20457 Hamburg",
        },
        "de": {
            "username_hint": "name@beispiel.de",
            "sign_in_page_text": "**Jedes Buch, bis morgen.** Fragen? [Fragen Sie uns](https://acme.example/hilfe).",
            "privacy_text": "Datenschutz",
            "privacy_url": "https://acme.example/datenschutz",
            "terms_text": "Nutzungsbedingungen",
            "terms_url": "https://acme.example/agb",
            "support_url": "https://acme.example/hilfe",
        },
    },
)

GLOBEX = Scene(
    slug="globex",
    name="Globex",
    country="US",
    administrator=GRACE,
    custom_attributes={"employeeCount": "Int"},
    flows=(
        Flow(
            None,
            ("code",),
            (
                AttributeLayout("displayName", is_required=True),
                AttributeLayout("country"),
                AttributeLayout(
                    "employeeCount",
                    label="How many people work with you?",
                    translations={"de": RowWords("Wie viele Menschen arbeiten bei Ihnen?")},
                ),
            ),
        ),
    ),
    apps=(
        App(
            "Gadgets",
            Application.Kind.WEB,
            ("http://localhost:4000/callback",),
            ("http://localhost:4000/",),
        ),
    ),
    people=(
        CastMember("eve@globex.example", {"displayName": "Eve", "country": "IS"}, has_password=False),
        CastMember("oscar@globex.example", {"displayName": "Oscar", "employeeCount": 12}, has_password=False),
        CastMember("peggy@globex.example", {"displayName": "Peggy"}, state="disabled", has_password=False),
    ),
    brands={
        "": {
            "layout": Branding.Layout.FULL_SCREEN,
            "background_color": "#0b1734",
            "accent_color": "#1d4ed8",
            "sign_in_page_text": "No password needed: we send a code to your email address.",
            "shows_footer": True,
            "privacy_text": "Privacy",
            "privacy_url": "https://globex.example/privacy",
            "terms_text": "Terms of use",
            "terms_url": "https://globex.example/terms",
            "support_url": "mailto:support@globex.example",
        },
        "de": {
            "sign_in_page_text": "Ohne Passwort: Wir schicken Ihnen einen Code an Ihre E-Mail-Adresse.",
            "privacy_text": "Datenschutz",
            "privacy_url": "https://globex.example/datenschutz",
            "terms_text": "Nutzungsbedingungen",
            "terms_url": "https://globex.example/agb",
        },
    },
)

SCENES = (ACME, GLOBEX)
