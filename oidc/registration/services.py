"""Dynamic client registration (RFC 7591, RFC 7592): who may register, and the registrations that came that way."""

import secrets
from collections.abc import Iterator
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from applications.models import Application, ClientSecret
from applications.policies.changes import proposed
from applications.policies.grants import FURTHER_GRANTS
from applications.services.application import NewLogo, change, change_application, register
from applications.services.credentials import create_client_secret
from applications.services.deletion import delete_for_good
from applications.services.permissions import revoke_grant_for_all
from audit.services import Actor, record
from common.crypto.digests import digest_of
from common.database.locks import locked_settings
from common.problems import Code, Problem, Refused, refuse_if_any, refuse_if_changed
from oidc.consents.services import forget_consents
from oidc.models import DynamicRegistration, InitialAccessToken, RegistrationSwitch
from oidc.registration.description import ANYONE, NOBODY, TOKEN_HOLDERS, RegistrationDescription, problems_of
from oidc.registration.fetches import check_sector, fetched_logo
from oidc.registration.metadata import ClientMetadata
from oidc.registration.policies import MAX_DAYS, MAX_DESCRIPTION_LENGTH, MAX_REGISTRATIONS, MAX_TOKENS
from oidc.wire.errors import InvalidClientMetadata, InvalidToken
from tenants.postgresql import announce_change

# A prefix by which scanners for leaked credentials recognise it; nor does what begins so look like an option.
TOKEN_PREFIX = "iat_"  # noqa: S105 - public
TOKEN_BYTES = 32
HINT_LENGTH = len(TOKEN_PREFIX) + 4
WRONG_TOKEN = "The initial access token is wrong, expired or used up."  # noqa: S105 - a sentence
WRONG_REGISTRATION_TOKEN = "The registration access token is missing or wrong."  # noqa: S105 - a sentence
SECRET_LIFETIME = timedelta(days=730)


def describe() -> RegistrationDescription:
    """Who may register applications in the tenant being served."""
    row = RegistrationSwitch.objects.filter(is_on=True).first()
    if row is None:
        return RegistrationDescription(NOBODY)
    return RegistrationDescription(ANYONE if row.is_open else TOKEN_HOLDERS)


def apply(description: RegistrationDescription, *, expected_version: str = "", actor: Actor) -> None:
    """Set who may register applications; those that are registered stay. Where nothing differs, nothing is noted.

    `expected_version` is that of the description somebody has seen; if it is another by now, nothing is done. Raises
    `Refused`.
    """
    refuse_if_any(problems_of(description))
    with transaction.atomic():
        locked_settings(RegistrationSwitch)
        before = describe()
        refuse_if_changed(expected_version, before.version)
        if description == before:
            return
        chosen = {"is_on": description.who != NOBODY, "is_open": description.who == ANYONE}
        RegistrationSwitch.objects.update_or_create(pk=RegistrationSwitch.ONLY_ROW, defaults=chosen)
        record("registration.switched", actor=actor, details={"fields": ["who"], "now": {"who": description.who}})
        announce_change()


def let_register(who: str, *, actor: Actor) -> None:
    """As `apply`, whatever it was before."""
    apply(RegistrationDescription(who), actor=actor)


def create_initial_access_token(
    *, description: str, days: int, max_registrations: int, actor: Actor
) -> tuple[InitialAccessToken, str]:
    """Create an initial access token, good for so many registrations. Its value is returned here and never shown again.

    Raises `Refused`.
    """
    refuse_if_any(_token_problems(description.strip(), days=days, max_registrations=max_registrations))
    value = TOKEN_PREFIX + secrets.token_urlsafe(TOKEN_BYTES)
    token = InitialAccessToken(
        description=description.strip(),
        digest=digest_of(value),
        hint=value[:HINT_LENGTH],
        max_registrations=max_registrations,
        expires_at=timezone.now() + timedelta(days=days),
    )
    with transaction.atomic():
        token.save(force_insert=True)
        record("initial_access_token.created", actor=actor, target=token, details={"hint": token.hint})
    return token, value


def revoke_initial_access_token(token: InitialAccessToken, *, actor: Actor) -> None:
    """Revoke the token: nobody registers with it any more. What was registered stays."""
    with transaction.atomic():
        InitialAccessToken.objects.filter(pk=token.pk, revoked_at=None).update(revoked_at=timezone.now())
        record("initial_access_token.revoked", actor=actor, target=token, details={"hint": token.hint})


def check_may_register(initial_access_token: str) -> None:
    """Whether this token, or "" for none, lets anybody register now. Raises `InvalidToken`."""
    if initial_access_token:
        of_value = InitialAccessToken.objects.filter(digest=digest_of(initial_access_token))
        usable = of_value.usable(now=timezone.now()).exists()
        if not usable:
            raise InvalidToken(WRONG_TOKEN)
    elif not RegistrationSwitch.lets_anyone():
        raise InvalidToken("Send an initial access token as Authorization: Bearer.")


def register_client(metadata: ClientMetadata, *, initial_access_token: str) -> tuple[Application, str, str]:
    """Register an application that asks for it itself; with "" for a token, one whom nobody has sent.

    Returns it with its client secret ("" for one that has none) and the value of its registration access token. Raises
    `InvalidToken`, `InvalidClientMetadata`, `InvalidRedirectUri`, and `Refused`; then nothing is used up. Call
    `check_may_register` before: nobody without a right to it makes this server fetch anything.
    """
    _check_grants(metadata, is_vouched_for=bool(initial_access_token))
    check_sector(metadata.sector_identifier_uri, metadata.redirect_uris)
    logo = fetched_logo(metadata.logo_uri)
    with transaction.atomic():
        token = _use_up(initial_access_token) if initial_access_token else None
        actor = Actor("application", str(token.pk), token.description) if token else Actor("application", "", "Anyone")
        usual = proposed(metadata.name, metadata.kind).with_values(
            # The metadata have no word for it, so it is asked only of those who can't keep a secret.
            requires_pkce=metadata.kind != Application.Kind.WEB,
            # Whom nobody vouches for gets nobody signed in unasked.
            asks_for_consent=token is None and metadata.kind != Application.Kind.SERVICE,
        )
        application = register(
            metadata.applied_to(usual),
            logo=NewLogo(logo, metadata.logo_uri) if logo else None,
            registered_dynamically=True,
            actor=actor,
        )
        value = secrets.token_urlsafe(TOKEN_BYTES)
        DynamicRegistration.objects.create(
            application=application,
            digest=digest_of(value),
            initial_access_token=token,
        )
        return application, _new_secret(application, actor), value


def replace_registration(application: Application, metadata: ClientMetadata) -> str:
    """Replace the registration by what the application says now (RFC 7592 section 2.2). Its type can't change.

    It asks for no more than it has: what is required of it stays required, and no grant is added. An administrator may
    have decided so, and whoever took its registration access token would decide otherwise.

    Returns a new client secret if it needs one and has none that is usable, else "". Raises `InvalidClientMetadata`,
    `InvalidRedirectUri` and `Refused`.
    """
    if metadata.kind != application.kind:
        raise Refused(
            [
                Problem(
                    Code.NOT_ALLOWED, "application_type", _("The type can’t be changed; register another application.")
                )
            ]
        )
    actor = Actor("application", application.client_id, application.name)
    registrations = DynamicRegistration.objects.filter(application=application)
    is_vouched_for = registrations.filter(initial_access_token__isnull=False).exists()
    check_sector(metadata.sector_identifier_uri, metadata.redirect_uris)
    logo = fetched_logo(metadata.logo_uri)
    with transaction.atomic():
        if (metadata.name, metadata.redirect_uris) != (application.name, application.redirect_uri_list):
            # Customers, or an administrator for all, have allowed something to who it was, at the place where it was.
            forget_consents(application)
            revoke_grant_for_all(application, actor=actor)
            if not is_vouched_for and metadata.kind != Application.Kind.SERVICE:
                change_application(application, asks_for_consent=True, actor=actor)
        change(application, metadata.tightening, logo=NewLogo(logo, metadata.logo_uri), actor=actor)
        has_secret = ClientSecret.objects.filter(application=application).usable().exists()
        return "" if has_secret else _new_secret(application, actor)


def deregister(application: Application) -> None:
    """Remove an application at its own wish (RFC 7592 section 2.3). Nobody restores it: it can register anew.

    Raises `InvalidToken` if it is gone already.
    """
    try:
        delete_for_good(application, actor=Actor("application", application.client_id, application.name))
    except Refused as error:
        raise InvalidToken(WRONG_REGISTRATION_TOKEN) from error


def registration_of(application: Application) -> QuerySet[DynamicRegistration]:
    """By what it manages its registration, if it has registered itself: that comes back with it."""
    return DynamicRegistration.objects.filter(application=application)


def registered_application(client_id: str, *, registration_access_token: str) -> Application:
    """The application that manages its registration with this token. Raises `InvalidToken`."""
    try:
        UUID(client_id)
    except ValueError as error:
        raise InvalidToken(WRONG_REGISTRATION_TOKEN) from error
    registration = (
        DynamicRegistration.objects.filter(
            application__client_id=client_id, digest=digest_of(registration_access_token)
        )
        .select_related("application__user_flow")
        .first()
    )
    if registration is None:
        raise InvalidToken(WRONG_REGISTRATION_TOKEN)
    return registration.application


def expires_at_of_newest_secret(application: Application) -> datetime | None:
    """When the client secret made last expires; None without one."""
    return application.secrets.order_by("-created_at").values_list("expires_at", flat=True).first()


def _token_problems(description: str, *, days: int, max_registrations: int) -> Iterator[Problem]:
    if InitialAccessToken.objects.usable(now=timezone.now()).count() >= MAX_TOKENS:
        yield Problem(
            Code.TOO_MANY,
            "description",
            _("There are already %(most)d. Revoke one first.") % {"most": MAX_TOKENS},
        )
    elif not 0 < len(description) <= MAX_DESCRIPTION_LENGTH:
        yield Problem(Code.TOO_LONG if description else Code.REQUIRED, "description", _("Say where it is used."))
    if not 1 <= days <= MAX_DAYS:
        yield Problem(Code.OUT_OF_RANGE, "days", _("Choose 1 to %(most)d days.") % {"most": MAX_DAYS})
    if not 1 <= max_registrations <= MAX_REGISTRATIONS:
        yield Problem(
            Code.OUT_OF_RANGE,
            "max_registrations",
            _("Choose 1 to %(most)d applications.") % {"most": MAX_REGISTRATIONS},
        )


def _check_grants(metadata: ClientMetadata, *, is_vouched_for: bool) -> None:
    """By a device's code customers let in what they don't see; whom nobody vouches for gets no such way to them."""
    if not is_vouched_for and FURTHER_GRANTS & set(metadata.grant_types):
        raise InvalidClientMetadata("grant_types: Without an initial access token, those of the code flow only.")


def _use_up(value: str) -> InitialAccessToken:
    """Count one registration, in one statement: of many at once no more get through than may."""
    now = timezone.now()
    usable = InitialAccessToken.objects.usable(now=now).filter(digest=digest_of(value))
    if not usable.update(registrations=F("registrations") + 1, used_at=now):
        raise InvalidToken(WRONG_TOKEN)
    return InitialAccessToken.objects.get(digest=digest_of(value))


def _new_secret(application: Application, actor: Actor) -> str:
    if not application.uses_secret:
        return ""
    expires_at = timezone.now() + SECRET_LIFETIME
    _, value = create_client_secret(application, description="Made at registration", expires_at=expires_at, actor=actor)
    return value
