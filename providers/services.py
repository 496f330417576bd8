"""Every write about identity providers, and about which account an identity at one is linked with."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.attributes import BUILT_IN_ATTRIBUTES, EMAIL, USER_NAME
from accounts.identity.lookup import custom_attribute_types, unique_attributes
from accounts.models import Account
from audit.services import Actor, Circumstances, record
from common.database.rows import columns_of, read_one
from common.problems import Code, Problem, Refused, refuse_if_any, refuse_if_changed, wrong
from common.text.translation import KeptSentence
from common.versions import differences
from providers.credentials import keep_secret, make_key
from providers.description import ProviderDescription, described, problems_of, secret_problem, tidied
from providers.models import MAX_ERROR, IdentityProvider, LinkedIdentity
from providers.policies import SAML
from providers.relying_party.exchange import Identity
from providers.saml import keys as saml_keys
from tenants.postgresql import announce_change, current_schema

MOST_PROVIDERS = 20
MOST_LINKED = 10
_HOLD = f"""
    SELECT {columns_of(IdentityProvider)} FROM providers_identityprovider WHERE id = %s FOR KEY SHARE
"""  # noqa: S608 - names of our own


def create_provider(
    description: ProviderDescription, *, secret: str = "", provider_id: str = "", actor: Actor
) -> IdentityProvider:
    """Set a provider up, by an ID that was shown before, if one was. Raises `Refused`, also for `secret`."""
    provider = IdentityProvider(**({"id": provider_id} if provider_id else {}))
    with transaction.atomic():
        _let_nobody_else_add()
        if IdentityProvider.objects.count() >= MOST_PROVIDERS:
            sentence = _("A tenant has %(count)d providers at most.") % {"count": MOST_PROVIDERS}
            raise Refused([Problem(Code.TOO_MANY, "", sentence)])
        if IdentityProvider.objects.filter(pk=provider.pk).exists():
            sentence = _("This form was already sent. Look at the list of providers.")
            raise Refused([Problem(Code.TAKEN, "", sentence)])
        _save(provider, None, tidied(description), secret, force_insert=True)
        record("identity_provider.created", actor=actor, target=provider, details=_where(provider))
        announce_change()
    return provider


def apply(
    provider: IdentityProvider,
    description: ProviderDescription,
    *,
    secret: str = "",
    expected_version: str = "",
    actor: Actor,
) -> None:
    """Make the provider as described, with another secret if one is given. Where nothing differs, nothing is noted.

    `expected_version` is that of the description somebody has seen; if it is another by now, nothing is done. Raises
    `Refused`, also for `secret`: one that is kept counts for the issuer and client ID it was saved for alone.
    """
    with transaction.atomic():
        row = IdentityProvider.objects.select_for_update().get(pk=provider.pk)
        before = described(row)
        refuse_if_changed(expected_version, before.version)
        after = tidied(description)
        changed = list(differences(before, after))
        if not changed and not secret:
            return
        if after.kind != before.kind:
            raise Refused([Problem(Code.NOT_ALLOWED, "kind", _("A provider stays of its kind. Add another one."))])
        _save(row, before, after, secret)
        details = {"fields": [*changed, *(["secret"] if secret else [])]}
        record("identity_provider.changed", actor=actor, target=row, details=details)
        announce_change()
    for column in IdentityProvider._meta.concrete_fields:
        setattr(provider, column.attname, getattr(row, column.attname))


def delete_provider(provider: IdentityProvider, *, actor: Actor) -> None:
    """Forget the provider, and who was linked with it. Whoever calls it has seen to the user flows that offer it."""
    with transaction.atomic():
        # Nobody is linked from here on (`hold_provider`), and whoever is being linked just now is seen below.
        if not IdentityProvider.objects.select_for_update().filter(pk=provider.pk).exists():
            return
        linked = LinkedIdentity.objects.filter(provider=provider).count()
        record(
            "identity_provider.deleted", actor=actor, target=provider, details={**_where(provider), "linked": linked}
        )
        LinkedIdentity.objects.filter(provider=provider).delete()
        IdentityProvider.objects.filter(pk=provider.pk).delete()
        announce_change()


def hold_provider(provider_id: str) -> IdentityProvider | None:
    """The provider with this ID, if it is on; nobody deletes it before the transaction ends."""
    provider = read_one(IdentityProvider, _HOLD, [provider_id])
    return provider if provider and provider.is_on else None


def linked_account_id(provider: IdentityProvider, identity: Identity) -> UUID | None:
    """The account that this identity is linked with, whether it may sign in or not."""
    rows = LinkedIdentity.objects.filter(provider_id=provider.pk, issuer=identity.issuer, subject=identity.subject)
    return rows.values_list("account_id", flat=True).first()


def is_linked_at(provider: IdentityProvider, account_id: UUID) -> bool:
    """Whether the account is signed in by somebody at this provider."""
    return LinkedIdentity.objects.at(provider).filter(account_id=account_id).exists()


def link(
    account: Account,
    *,
    provider: IdentityProvider,
    issuer: str,
    subject: str,
    email: str,
    actor: Actor,
    about: Circumstances,
) -> bool:
    """Link an identity: it signs the account in from now on. Returns whether it was linked just now.

    Call it with the provider held (`hold_provider`). Raises `Refused` if it is another account's meanwhile, or the
    account has ten.
    """
    with transaction.atomic():
        Account.objects.select_for_update().only("pk").get(pk=account.pk)
        if LinkedIdentity.objects.of_account(account.pk).count() >= MOST_LINKED:
            sentence = _("An account has %(count)d linked identities at most.") % {"count": MOST_LINKED}
            raise Refused([Problem(Code.TOO_MANY, "", sentence)])
        linked, is_new = LinkedIdentity.objects.get_or_create(
            provider_id=provider.pk, issuer=issuer, subject=subject, defaults={"account": account, "email": email}
        )
        if linked.account_id != account.pk:
            raise Refused([Problem(Code.TAKEN, "", _("This identity is linked with another account."))])
        if is_new:
            details = {"provider": provider.name, "provider_id": provider.pk}
            record("customer.provider_linked", actor=actor, target=account, circumstances=about, details=details)
    return is_new


def unlink(account: Account, *, linked: LinkedIdentity, actor: Actor) -> None:
    """Unlink an identity: it no longer signs in. Whether another way in is left, whoever calls it has asked."""
    with transaction.atomic():
        if LinkedIdentity.objects.filter(pk=linked.pk, account_id=account.pk).delete()[0]:
            details = {"provider": linked.provider.name, "provider_id": linked.provider_id}
            record("customer.provider_unlinked", actor=actor, target=account, details=details)


def unlink_all(account: Account, *, actor: Actor) -> None:
    """Unlink all identities of the account: its owner has come, who hasn't linked them."""
    for linked in LinkedIdentity.objects.of_account(account.pk):
        unlink(account, linked=linked, actor=actor)


def note_failing(provider: IdentityProvider, problem: KeptSentence) -> None:
    """Keep that the provider gave a customer no good answer, for whoever looks after it."""
    IdentityProvider.objects.filter(pk=provider.pk, failing_since=None).update(failing_since=timezone.now())
    note_problem(provider, problem)


def note_problem(provider: IdentityProvider, problem: KeptSentence) -> None:
    """Keep what is wrong with it, as a test has found: perhaps no customer has come to it yet."""
    kept = problem.written(MAX_ERROR)
    IdentityProvider.objects.filter(pk=provider.pk).exclude(error=kept).update(error=kept)


def note_working(provider: IdentityProvider) -> None:
    """Keep that it has given a good answer."""
    failing = IdentityProvider.objects.filter(pk=provider.pk).exclude(failing_since=None, error="")
    failing.update(failing_since=None, error="")


def mappable_attributes(kind: str) -> list[str]:
    """The attributes that a claim may fill, by name.

    The address is among them for SAML alone: elsewhere one claim has it, with another that says whether it is verified.
    What one customer has alone, such as a user name, isn't: it may be somebody else's here, and whoever comes has no
    page on which to choose another one.
    """
    left_out = {USER_NAME} if kind == SAML else {USER_NAME, EMAIL}
    built_in = (name for name in BUILT_IN_ATTRIBUTES if name not in left_out)
    return [*built_in, *(name for name in custom_attribute_types() if name not in unique_attributes())]


def _let_nobody_else_add() -> None:
    """Have whoever else adds a provider wait until this transaction ends: so many and no more means all of them."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('identity providers'), hashtext(%s))", [current_schema()])


def _save(
    row: IdentityProvider, before: ProviderDescription | None, after: ProviderDescription, secret: str, **how: Any
) -> None:
    """Judge what is wished, and write it. Raises `Refused`."""
    problems = problems_of(after, attributes=mappable_attributes(after.kind))
    uses_secret = after.authentication == IdentityProvider.Authentication.SECRET
    is_kept = bool(row.sealed_secret) and before is not None and before.place == after.place
    if uses_secret and (secret or not is_kept):
        problems += wrong(Code.INVALID, "secret", secret_problem(after.kind, secret))
    refuse_if_any(problems)
    for name, value in vars(after).items():
        setattr(
            row, name, list(value) if isinstance(value, tuple) else dict(value) if isinstance(value, Mapping) else value
        )
    if uses_secret and secret:
        keep_secret(row, secret)
    if not uses_secret:
        row.sealed_secret = ""
        if not row.sealed_private_key:
            (saml_keys.make_key if row.kind == SAML else make_key)(row)
    if before is not None and before.place != after.place:
        row.failing_since, row.error = None, ""
    try:
        with transaction.atomic():
            row.save(**how)
    except IntegrityError as error:
        sentence = _("A provider named “%(name)s” already exists. Choose another name.") % {"name": row.name}
        raise Refused([Problem(Code.TAKEN, "name", sentence)]) from error


def _where(provider: IdentityProvider) -> dict[str, Any]:
    return {"kind": provider.kind, "issuer": provider.issuer, "client_id": provider.client_id}
