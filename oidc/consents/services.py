"""What customers allow applications: kept until they take it back."""

from collections.abc import Collection
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from accounts.identity.services.accounts import actor_of
from accounts.models import Account
from applications.lookup.entitlements import Entitlements
from applications.models import Application
from audit.services import Actor, Circumstances, record
from oidc.models import Consent, RefreshToken
from oidc.tokens.services.families import revoke_tokens


def consented_scopes(*, account_id: UUID, application_pk: int) -> frozenset[str]:
    """The keys of the scopes that the customer allows the application."""
    return earlier_consent(account_id=account_id, application_pk=application_pk) or frozenset()


def earlier_consent(*, account_id: UUID, application_pk: int) -> frozenset[str] | None:
    """As `consented_scopes`, but None if the customer has never said yes to the application, be it to no scope."""
    found = Consent.objects.filter(account_id=account_id, application_id=application_pk).values_list(
        "scopes", flat=True
    )
    scopes = found.first()
    return None if scopes is None else frozenset(scopes)


def still_allowed(
    scopes: Collection[str], *, account_id: UUID, application_pk: int, entitlements: Entitlements
) -> tuple[str, ...]:
    """Of scopes granted before, those that the customer, or an administrator for all, allows by now.

    Consent goes by the keys of scopes, so another scope that has come to an old name isn't allowed with it.
    """
    if not entitlements.asks_for_consent or not entitlements.keys_to_allow(scopes):
        return tuple(scopes)
    consented = consented_scopes(account_id=account_id, application_pk=application_pk)
    return tuple(scope for scope in scopes if entitlements.keys_to_allow([scope]) <= consented)


def give_consent(account: Account, application: Application, *, scopes: Collection[str]) -> None:
    """Allow the application these scopes too, by their keys, in the customer's own name; with none, to go on to it."""
    with transaction.atomic():
        consent, _ = Consent.objects.select_for_update().get_or_create(account=account, application=application)
        consent.scopes = sorted({*consent.scopes, *scopes})
        consent.given_at = timezone.now()
        consent.save(update_fields=["scopes", "given_at"])
        details = {"scopes": sorted(scopes)}
        record("customer.consented", actor=actor_of(account), target=application, details=details)


def forget_consents(application: Application) -> None:
    """Delete all consent to the application, so that every customer is asked again."""
    Consent.objects.filter(application=application).delete()


def withdraw_consent(account: Account, application: Application, *, actor: Actor | None = None) -> None:
    """Withdraw all consent to the application; the tokens it holds for the customer are revoked.

    Without an actor it is the customer's own doing.
    """
    with transaction.atomic():
        Consent.objects.filter(account=account, application=application).delete()
        revoke_tokens(Q(user=account, application=application))
        concerned = Circumstances(account_id=account.pk)
        record(
            "customer.consent_withdrawn",
            actor=actor or actor_of(account),
            target=application,
            circumstances=concerned,
        )


def applications_of(account: Account) -> list[Application]:
    """The applications that may do something in the customer's name, by consent or by a refresh token they hold.

    Each has `keeps_access`: whether it is by a refresh token.
    """
    now = timezone.now()
    holding = RefreshToken.objects.filter(user=account, revoked=None, expires_at__gt=now, idle_expires_at__gt=now)
    allowed = Consent.objects.filter(account=account)
    known = Application.objects.told_apart().annotate(keeps_access=Exists(holding.filter(application=OuterRef("pk"))))
    return list(known.filter(Q(keeps_access=True) | Q(pk__in=allowed.values("application"))).order_by("name"))
