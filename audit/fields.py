"""What an event says of a change: which fields, in the words of the forms that change them, and their new values.

Pure, as `sentences` is. A field that isn't named here, as one of another release, is told by its own name.
"""

from collections.abc import Mapping
from typing import Any

from audit.sentences import Text, joined
from common.text.translation import gettext
from common.text.translation import gettext_lazy as _

FIELDS: Mapping[str, Text] = {
    # Of many things
    "name": _("Name"),
    "kind": _("Type"),
    "description": _("Description"),
    "display_name": _("Display name"),
    "address": _("Address"),
    "url": _("Address"),
    "is_on": _("In use"),
    "is_enabled": _("In use"),
    "is_default": _("Default"),
    "secret": _("Secret"),
    "password": _("Password"),
    "header": _("Further header"),
    "on_failure": _("Without a good answer"),
    "scopes": _("Scopes"),
    "translations": _("Translations"),
    # Of tenants and customers
    "country": _("Country or region"),
    "time_zone": _("Time zone"),
    "language": _("Language"),
    "guide_is_away": _("Get started"),
    "customers": _("Customers"),
    "applications": _("Applications"),
    "administrators": _("Administrators"),
    "domains": _("Domains"),
    # Of sessions, passwords and logs
    "idle_minutes": _("Minutes without activity"),
    "lifetime_minutes": _("Minutes since the sign-in"),
    "offers_stay": _("Offer to stay signed in"),
    "stay_days": _("Days for customers who stay signed in"),
    "offers_several": _("Allow several accounts in one browser"),
    "min_length": _("Least length"),
    "character_kinds": _("Kinds of characters"),
    "refuses_common": _("Refuse common passwords"),
    "refuses_names": _("Refuse names"),
    "refuses_patterns": _("Refuse repetitions and sequences"),
    "checks_breaches": _("Refuse passwords known from breaches"),
    "blocked_words": _("Words of your own"),
    "history": _("Last passwords that can’t be chosen again"),
    "activity_days": _("Keep activity for"),
    "administration_days": _("Keep administration for"),
    # Of user flows
    "methods": _("Sign-in methods"),
    "attributes": _("Attributes to collect"),
    "allows_sign_up": _("Customers may sign up"),
    "takes_user_names": _("Customers may sign in with a user name"),
    "asks_passkey": _("Creating a passkey"),
    "finished_url": _("When a finished sign-in is opened again"),
    "second_factor": _("Second factor"),
    "factors": _("Second factors"),
    "remember_days": _("Days a browser is remembered"),
    "invited_only": _("Who may sign up"),
    "verifies_last": _("When the email address is verified"),
    "sends_welcome": _("Send a welcome email"),
    "allowed_domains": _("Allowed email domains"),
    "blocked_domains": _("Blocked email domains"),
    "refuses_disposable": _("Block disposable addresses"),
    "disposable_exceptions": _("Exceptions"),
    "minimum_age": _("Minimum age"),
    "birth_attribute": _("Date of birth"),
    "human_check": _("Bot protection"),
    "human_by": _("Bot protection by"),
    "terms_version": _("Version of the terms"),
    "terms_translations": _("Terms in further languages"),
    # Of a brand
    "accent_color": _("Accent colour"),
    "dark_accent_color": _("Accent colour, dark"),
    "background_color": _("Background colour"),
    "dark_background_color": _("Background colour, dark"),
    "surface_color": _("Card colour"),
    "dark_surface_color": _("Card colour, dark"),
    "logo_background_color": _("Logo background"),
    "dark_logo_background_color": _("Logo background, dark"),
    "header_color": _("Header colour"),
    "color_scheme": _("Light or dark"),
    "font": _("Font"),
    "corner_radius": _("Corners"),
    "spacing": _("Spacing"),
    "button_style": _("Buttons"),
    "input_style": _("Fields"),
    "layout": _("Layout"),
    "logo_placement": _("Logo placement"),
    "logo_size": _("Logo size"),
    "custom_css": _("Custom CSS"),
    "pictures": _("Logo and images"),
    "banner_logo": _("Banner logo"),
    "banner_logo_dark": _("Banner logo, dark"),
    "square_logo": _("Square logo"),
    "square_logo_dark": _("Square logo, dark"),
    "header_logo": _("Header logo"),
    "background": _("Background image"),
    "favicon": _("Favicon"),
    "shows_header": _("Page header"),
    "username_hint": _("Username hint"),
    "sign_in_page_text": _("Sign-in page text"),
    "shows_reset": _("Ways back in"),
    "reset_url": _("Address of these links"),
    "shows_forgot_password": _("Link next to the password"),
    "forgot_password_text": _("Text of the link next to the password"),
    "shows_cannot_access": _("Link below the address"),
    "cannot_access_text": _("Text of the link below the address"),
    "shows_footer": _("Footer"),
    "shows_privacy": _("Privacy link"),
    "privacy_text": _("Text of the privacy link"),
    "privacy_url": _("Address of the privacy policy"),
    "shows_terms": _("Terms link"),
    "terms_text": _("Text of the terms"),
    "terms_url": _("Address of the terms link"),
    "reply_to": _("Reply address"),
    "support_url": _("Support link"),
    "legal_lines": _("Legal lines"),
    "client_ids": _("Applications"),
    # Of languages
    "offered": _("Languages"),
    "default": _("Default language"),
    "own": _("Languages of your own"),
    # Of applications
    "user_flow": _("User flow"),
    "redirect_uris": _("Redirect URIs"),
    "grant_types": _("Grants"),
    "requires_pkce": _("Require PKCE"),
    "requires_pushed_requests": _("Require pushed authorization requests"),
    "requires_signed_requests": _("Require signed authorization requests"),
    "auth_method": _("Client authentication"),
    "jwks": _("Public keys"),
    "jwks_uri": _("Address of the public keys"),
    "certificate_field": _("Known by"),
    "certificate_subject": _("Name in the certificate"),
    "client_uri": _("Home page"),
    "policy_uri": _("Privacy policy"),
    "tos_uri": _("Terms of use"),
    "initiate_login_uri": _("Address that begins a sign-in"),
    "post_logout_redirect_uris": _("Post-logout redirect URIs"),
    "backchannel_logout_uri": _("Back-channel logout URI"),
    "frontchannel_logout_uri": _("Front-channel logout URI"),
    "identifier_uri": _("Identifier URI"),
    "framework": _("Framework"),
    "follows_fapi": _("FAPI 2.0"),
    "subject_type": _("IDs of customers"),
    "sector_identifier_uri": _("Sector identifier URI"),
    "backchannel_logout_session_required": _("Session in the back channel"),
    "frontchannel_logout_session_required": _("Session in the front channel"),
    "permitted_scopes": _("Permissions"),
    "permitted_roles": _("Roles"),
    "asks_for_consent": _("Ask for consent"),
    "access_token_minutes": _("Minutes of an access token"),
    "id_token_minutes": _("Minutes of an ID token"),
    "refresh_idle_days": _("Days a refresh token can stay unused"),
    "refresh_absolute_days": _("Days until a refresh token expires"),
    "refresh_grace_seconds": _("Seconds in which a refresh token works twice"),
    "requires_dpop": _("Require DPoP"),
    "binds_to_certificate": _("Bind tokens to the certificate"),
    "id_token_tells_customer": _("Customer’s details in the ID token"),
    "id_token_algorithm": _("Signature of ID tokens"),
    "access_token_algorithm": _("Signature of access tokens"),
    "userinfo_algorithm": _("Signature of userinfo"),
    "id_token_encryption": _("Encryption of ID tokens: key"),
    "id_token_content": _("Encryption of ID tokens: content"),
    "userinfo_encryption": _("Encryption of userinfo: key"),
    "userinfo_content": _("Encryption of userinfo: content"),
    # Of mail, text messages and CAPTCHA
    "host": _("Server"),
    "port": _("Port"),
    "encryption": _("Encryption"),
    "user": _("User"),
    "sender": _("Sender"),
    "sender_address": _("Sender address"),
    "sender_name": _("Sender name"),
    "dkim_selector": _("DKIM selector"),
    "request": _("Request"),
    "headers": _("Headers"),
    "body": _("Body"),
    "countries": _("Countries"),
    "per_hour": _("At most in an hour"),
    "per_day": _("At most in a day"),
    "per_country": _("At most in a day to each country"),
    "country_limits": _("Limits of countries"),
    "provider": _("Provider"),
    "site_key": _("Site key"),
    "script_url": _("Script"),
    "verify_url": _("Verification address"),
    "css_class": _("CSS class"),
    "response_field": _("Response field"),
    "origins": _("Further origins"),
    # Of hooks and identity providers
    "serves": _("What it is asked for"),
    "timeout_ms": _("It may take"),
    "public_key": _("Public key"),
    "issuer": _("Issuer"),
    "client_id": _("Client ID"),
    "claims": _("Claims"),
    "authentication": _("How we authenticate there"),
    "metadata": _("Metadata"),
    "metadata_url": _("Address of its metadata"),
    "subject_attribute": _("Attribute that identifies the customer"),
    "signs_requests": _("Sign requests"),
    "team_id": _("Team ID"),
    "key_id": _("Key ID"),
    "trust": _("Verified addresses that count here"),
    "trusted_domains": _("Domains"),
    "who": _("Who may register"),
}


def field_name(name: str) -> str:
    """What people call a field."""
    return str(FIELDS[name]) if name in FIELDS else name.replace("_", " ")


def fields_of(details: object) -> str:
    """The fields that an event says were changed, as words; "" if it names none."""
    return ", ".join(field_name(name) for name in _changed(details))


def changes_of(details: object) -> list[tuple[str, str]]:
    """The same fields, each with its new value, as far as it is kept and can be told in a line; "" for others."""
    now = details.get("now") if isinstance(details, Mapping) else None
    return [(field_name(name), _told(now.get(name)) if isinstance(now, Mapping) else "") for name in _changed(details)]


def _changed(details: object) -> list[str]:
    fields = details.get("fields") if isinstance(details, Mapping) else None
    return [str(name) for name in fields] if isinstance(fields, list) else []


def _told(value: Any) -> str:
    if isinstance(value, bool):
        return gettext("Yes") if value else gettext("No")
    if isinstance(value, list):
        return joined([str(each) for each in value])
    return str(value) if isinstance(value, int | str) else ""
