from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from accounts.attributes import COUNTRY, USER_NAME
from accounts.identity.services.terms import accepted_terms
from accounts.models import Account
from userflows.forms.answers import CountryField, UserNameField, YesField
from userflows.forms.attributes import AttributeValuesForm, answer_in_words, rows_to_show
from userflows.models import FlowAttribute, UserFlow


@dataclass(frozen=True)
class Agreement:
    """Something that had to be agreed to, and was; `since` is None where nobody knows when. `label` is a SafeString,
    "" for the terms of use, for which the page has its own words; `version` is theirs. One `is_former` where the flow
    doesn't ask for it (any more): what the page links to isn't what was read.
    """

    label: str
    since: datetime | None
    version: str = ""
    is_former: bool = False


@dataclass(frozen=True)
class Fact:
    """An attribute that its owner sees and can't change, in words."""

    label: str
    value: str


class ProfileForm(AttributeValuesForm):
    """The attributes as their owner changes them. What had to be agreed to at sign-up is a fact by now, and so is what
    customers can't change.
    """

    def __init__(self, flow: UserFlow, account: Account, *args: Any, **kwargs: Any) -> None:
        super().__init__(rows_to_show(flow), *args, **kwargs)
        country, user_name = self.fields.get(COUNTRY), self.fields.get(USER_NAME)
        if isinstance(country, CountryField):
            country.offer(kept=account.country)
        if isinstance(user_name, UserNameField):
            user_name.kept = account.user_name
        self.agreements = _accepted_terms(flow, account)
        self.facts: list[Fact] = []
        for row in list(self.rows):
            if row.input_type == FlowAttribute.InputType.CHECKBOX and row.is_required:
                self._agree(row, account)
            elif not row.is_editable:
                self._tell(row, account)

    @property
    def parts(self) -> dict[str, Any]:
        """Which attributes it asks for."""
        return {**super().parts, "asks": " ".join(row.attribute for row in self.rows)}

    def _agree(self, row: FlowAttribute, account: Account) -> None:
        field = self.fields[row.attribute]
        field.required = False
        if isinstance(field, YesField):
            field.is_agreement = True
        if account.attribute(row.attribute) is True:
            label = self._take_out(row)
            self.agreements.append(Agreement(label, _at(account.agreed_at, row.attribute)))

    def _tell(self, row: FlowAttribute, account: Account) -> None:
        value, field = account.attribute(row.attribute), self.fields[row.attribute]
        words = answer_in_words(value, field)
        label = self._take_out(row)
        if words:
            self.facts.append(Fact(label, words))

    def _take_out(self, row: FlowAttribute) -> str:
        self.rows.remove(row)
        return str(self.fields.pop(row.attribute).label)


def _accepted_terms(flow: UserFlow, account: Account) -> list[Agreement]:
    """All versions, the latest first: what was accepted stays a fact when others are asked for."""
    accepted = accepted_terms(account)
    return [Agreement("", each.at, each.version, is_former=each.version != flow.terms_version) for each in accepted]


def _at(times: Mapping[str, str], name: str) -> datetime | None:
    return datetime.fromisoformat(times[name]) if name in times else None
