"""The columns of the customers' list: which there are, and which an administrator has chosen."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.attributes import BUILT_IN_ATTRIBUTES, COUNTRY
from accounts.identity.lookup import custom_attribute_types
from accounts.models import Account, ChosenColumns, GroupMember, Standing
from branding.languages.every import name_of_any_language
from common.text.countries import countries
from common.text.languages import ENGLISH
from portal_frame.templatetags.portal import as_time, initials

USUAL = ("state", "last_sign_in", "created", "country")
MOST_COLUMNS = 6
# In the name column already, or a column of their own.
NOT_AGAIN = {"email", "displayName", "givenName", "surname", COUNTRY}
ATTRIBUTE = "attribute:"
ROW = (
    '<tr><td><div class="who">{pick}<span class="monogram monogram-round" aria-hidden="true">{initials}</span>'
    '<div><a class="row-link" href="{url}"><bdi>{name}</bdi></a>'
    '<span class="soft small-text d-block"><bdi>{beside}</bdi>{not_verified}</span></div></div></td>{cells}</tr>'
)
PICK = (
    '<input class="form-check-input pick" type="checkbox" name="account" value="{}" form="selection" aria-label="{}">'
)
# The colour of the badge that says how somebody stands.
TONES = {Standing.ACTIVE: "green", Standing.INVITED: "blue", Standing.BLOCKED: "red", Standing.DELETED: ""}


@dataclass(frozen=True)
class Column:
    """A column: `kind` says how its cells are drawn ("state", "time" or "text")."""

    name: str
    label: str
    kind: str
    value_of: Callable[[Account], Any]

    def heading(self, *, is_first: bool) -> str:
        """As the tag `table` takes it. A phone has room for the first column beside the name."""
        kinds = [self.kind] if self.kind == "number" else []
        return "|".join([self.label, *kinds, *([] if is_first else ["wide-only"])])


def row_of(account: Account, shown: Sequence[Column], *, url: str, can_be_picked: bool) -> SafeString:
    """The account's row: made here, as a page has hundreds of cells, of which each would be a template."""
    name = account.name or account.email
    cells = ((_classes(column, place), _content(column, account)) for place, column in enumerate(shown))
    return format_html(
        ROW,
        pick=format_html(PICK, account.pk, _("Choose %(name)s") % {"name": name}) if can_be_picked else "",
        initials=initials(name),
        url=url,
        name=name,
        beside=account.email if account.name else _("No name"),
        not_verified="" if account.email_verified else f" · {_('not verified')}",
        cells=format_html_join("", '<td class="{}">{}</td>', cells),
    )


def _classes(column: Column, place: int) -> str:
    return " ".join([*(["number"] if column.kind == "number" else []), *(["wide-only"] if place else [])])


def _content(column: Column, account: Account) -> SafeString:
    value = column.value_of(account)
    if value in (None, ""):
        return SafeString('<span class="soft">–</span>')
    if column.kind == "time":
        return as_time(value)
    if column.kind == "state":
        tone = TONES[account.standing]
        return format_html('<span class="tag{}">{}</span>', f" tag-{tone}" if tone else "", account.standing.label)
    return format_html('<span class="mono">{}</span>' if column.kind == "id" else "<bdi>{}</bdi>", value)


def columns() -> Mapping[str, Column]:
    """All columns of this tenant's list beside the customer's name, by name."""
    names = dict(countries(get_language() or ENGLISH))
    fixed = [
        Column("state", _("State"), "state", lambda account: account.standing),
        Column("last_sign_in", _("Last sign-in"), "time", lambda account: _activity(account, "last_sign_in_at")),
        Column("sign_ins", _("Sign-ins"), "number", lambda account: _activity(account, "sign_ins")),
        Column("created", _("Signed up"), "time", lambda account: account.created_at),
        Column("country", _("Country"), "text", lambda account: names.get(account.country, account.country)),
        Column("language", _("Language"), "text", lambda account: name_of_any_language(account.language)),
        Column("groups", _("Groups"), "text", lambda account: ", ".join(getattr(account, "group_names", []))),
        Column("id", _("Customer ID"), "id", lambda account: account.pk),
    ]
    built_in = [(each.name, str(each.label)) for each in BUILT_IN_ATTRIBUTES.values() if each.name not in NOT_AGAIN]
    own = [(name, name) for name in custom_attribute_types()]
    return {each.name: each for each in (*fixed, *(_of_attribute(*pair) for pair in (*built_in, *own)))}


def chosen_columns(administrator_id: UUID, asked: str) -> list[Column]:
    """Those of the address; or those the administrator chose last; or the usual ones."""
    known = columns()
    names: Sequence[str] = asked.split(",") if asked else ()
    if not names:
        kept = ChosenColumns.objects.filter(pk=administrator_id).first()
        names = kept.columns if kept else USUAL
    return [known[name] for name in dict.fromkeys(names) if name in known][:MOST_COLUMNS]


def with_groups(accounts: Sequence[Account]) -> None:
    """Put the names of their groups at the accounts, for the column that tells them."""
    by_account: dict[UUID, list[str]] = {}
    members = GroupMember.objects.filter(account__in=accounts).order_by("group__name")
    for account_id, name in members.values_list("account_id", "group__name"):
        by_account.setdefault(account_id, []).append(name)
    for account in accounts:
        account.group_names = by_account.get(account.pk, [])  # type: ignore[attr-defined]


def _of_attribute(name: str, label: str) -> Column:
    return Column(f"{ATTRIBUTE}{name}", label, "text", lambda account: in_words(account.attribute(name)))


def in_words(value: Any) -> str:
    """A value of an attribute as people read it."""
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    return "" if value is None else str(value)


def _activity(account: Account, name: str) -> Any:
    return getattr(getattr(account, "activity", None), name, None)
