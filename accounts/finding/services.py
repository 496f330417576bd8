"""Keeping the entries by which customers are found: in the statement that writes the account, so it costs no other."""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.attributes import BUILT_IN_ATTRIBUTES, EMAIL
from accounts.finding.policies import FACTOR, LANGUAGE, PASSKEY, PHONE, VERIFIED, fact_of, haystack_of, keys_of
from accounts.models import STANDING, Account, ChosenColumns, CustomerEntry, CustomerView
from accounts.names import full_name
from audit.services import Actor, record
from common.database.together import inserting, updating, write_together
from common.problems import Code, Problem, Refused, name_problems, refuse_if_any

# What a change of the person changes; the standing is written by who changes that, so that neither undoes the other.
OF_THE_PERSON = ("updated_at", "haystack", "facts", "keys")
IN_SEARCH = {"displayName", "givenName", "surname"}
# Accounts whose entry is missing or says something else: an older release has written them meanwhile. Looked through by
# where the rows lie, some pages of 8 kB at a time: of a million all at once, that takes longer than a statement may.
BEHIND = f"""
    SELECT account.id
    FROM accounts_account account LEFT JOIN accounts_customerentry entry ON entry.account_id = account.id
    WHERE account.ctid >= %s::tid AND account.ctid < %s::tid AND (
        entry.account_id IS NULL OR entry.updated_at <> account.updated_at OR entry.standing <> {STANDING}
        OR (account.phone_number <> '' AND position(%s in entry.facts) = 0)
    )
"""  # noqa: S608 - of our own words
PAGES = "SELECT pg_relation_size('accounts_account') / current_setting('block_size')::integer"
PAGES_AT_ONCE, BATCH = 1000, 1000
MAX_VIEW_NAME, MAX_VIEW_QUERY, MOST_VIEWS = 60, 2000, 20


def insert_account(account: Account) -> None:
    """Write a new account with its entry. Raises `IntegrityError` if its address is taken."""
    account.created_at = account.updated_at = timezone.now()
    write_together(inserting(entry_of(account)), inserting(account))
    account._state.adding, account._state.db = False, "default"  # noqa: SLF001 - as `save` leaves it


def update_person(account: Account, fields: Iterable[str], *, changes_standing: bool = False) -> None:
    """Write these fields of the account, and by what it is found now. It counts as changed from now on."""
    replaced = (*OF_THE_PERSON, "standing") if changes_standing else OF_THE_PERSON
    account.updated_at = timezone.now()
    values = {name: getattr(account, name) for name in (*fields, "updated_at")}
    write_together(
        inserting(entry_of(account), replaces=replaced), updating(Account.objects.filter(pk=account.pk), **values)
    )


def update_standing(account: Account, **values: Any) -> None:
    """Write these values of the account, which change how it stands, and that in its entry."""
    for name, value in values.items():
        setattr(account, name, value)
    write_together(
        updating(CustomerEntry.objects.filter(pk=account.pk), standing=account.standing),
        updating(Account.objects.filter(pk=account.pk), **values),
    )


def catch_up() -> int:
    """Make the entries that are missing or behind, batch by batch. Returns how many.

    Each batch is a transaction, so whoever stops in between loses little.
    """
    written = 0
    for begin in range(0, _pages(), PAGES_AT_ONCE):
        behind = _behind(begin)
        for place in range(0, len(behind), BATCH):
            with transaction.atomic():
                write_entries(behind[place : place + BATCH])
        written += len(behind)
    return written


def _pages() -> int:
    with connection.cursor() as cursor:
        cursor.execute(PAGES)
        pages: int = cursor.fetchone()[0]
        return pages


def _behind(begin: int) -> list[UUID]:
    with connection.cursor() as cursor:
        pages = [f"({begin},0)", f"({begin + PAGES_AT_ONCE},0)"]
        cursor.execute(BEHIND, [*pages, fact_of(PHONE, "yes")])
        return [account_id for (account_id,) in cursor.fetchall()]


def write_entries(account_ids: Sequence[UUID]) -> None:
    """Make the entries of these accounts anew, for whoever writes them by the thousand. Call it in a transaction."""
    # Locked, so that nobody writes the account and its entry between reading it and this.
    accounts = Account.objects.select_for_update().filter(pk__in=account_ids).order_by("pk")
    entries = [entry_of(account) for account in accounts]
    CustomerEntry.objects.bulk_create(
        entries, update_conflicts=True, unique_fields=["account"], update_fields=[*OF_THE_PERSON, "standing"]
    )


def entry_of(account: Account) -> CustomerEntry:
    """The entry by which this account is found, not written yet."""
    person = f"{account.given_name} {account.surname}".strip()
    written = full_name(account.given_name, account.surname, language=account.language)
    haystack = haystack_of(account.email, account.user_name, account.display_name, person, written)
    facts = [fact_of(name, value) for name, value in _facts_of(account).items()]
    return CustomerEntry(
        account=account,
        created_at=account.created_at,
        updated_at=account.updated_at,
        standing=account.standing,
        haystack=haystack,
        facts="".join(facts),
        keys=keys_of(haystack, facts),
    )


def _facts_of(account: Account) -> dict[str, Any]:
    """What filters ask for: attributes that aren't searched in anyway, the language, what there is of an address and
    of a second factor.
    """
    told = [name for name in BUILT_IN_ATTRIBUTES if name not in IN_SEARCH | {EMAIL}]
    facts = {name: account.attribute(name) for name in told} | {LANGUAGE: account.language}
    facts[VERIFIED] = None if account.email_verified else "no"
    facts[FACTOR] = "app" if account.has_app else None
    facts[PASSKEY] = "yes" if account.passkeys_at else None
    facts[PHONE] = "yes" if account.phone_number else None
    return {name: value for name, value in {**account.custom_attributes, **facts}.items() if value not in (None, "")}


def choose_columns(administrator_id: UUID, columns: Sequence[str]) -> None:
    """Remember the columns in which an administrator reads the list. It is nobody else's business, so no event."""
    ChosenColumns.objects.update_or_create(pk=administrator_id, defaults={"columns": list(columns)})


def save_view(*, administrator_id: UUID, name: str, query: str, is_shared: bool, actor: Actor) -> CustomerView:
    """Keep what an address of the list asks for under a name. Raises `Refused`, for `name` or for the whole."""
    name = name.strip()
    refuse_if_any(name_problems(name, longest=MAX_VIEW_NAME))
    if len(query) > MAX_VIEW_QUERY:
        sentence = _("These filters are too long to be saved. Use fewer or shorter ones.")
        raise Refused([Problem(Code.TOO_LONG, "", sentence)])
    own = CustomerView.objects.filter(administrator_id=administrator_id)
    if own.count() >= MOST_VIEWS:
        raise Refused(
            [
                Problem(
                    Code.TOO_MANY,
                    "name",
                    _("You can save %(most)d views at most. Delete one first.") % {"most": MOST_VIEWS},
                )
            ]
        )
    view = CustomerView(administrator_id=administrator_id, name=name, query=query, is_shared=is_shared)
    try:
        with transaction.atomic():
            view.save(force_insert=True)
            record("customer_view.saved", actor=actor, target=view, details={"is_shared": is_shared})
    except IntegrityError as error:
        raise Refused([Problem(Code.TAKEN, "name", _("You already have a view with this name."))]) from error
    return view


def delete_view(view: CustomerView, *, actor: Actor) -> None:
    """Forget a saved view; the customers in it stay as they are."""
    with transaction.atomic():
        record("customer_view.deleted", actor=actor, target=view)
        CustomerView.objects.filter(pk=view.pk).delete()
