from dataclasses import dataclass
from datetime import datetime
from typing import Any

from accounts.attributes import COUNTRY
from accounts.models import Account
from userflows.forms.attributes import AttributeValuesForm, CountryField
from userflows.models import FlowAttribute, UserFlow


@dataclass(frozen=True)
class Agreement:
    """Something that had to be agreed to, and was; `since` is None where nobody knows when. `label` is a SafeString."""

    label: str
    since: datetime | None


class ProfileForm(AttributeValuesForm):
    """The attributes as their owner changes them. What had to be agreed to at sign-up is a fact by now."""

    def __init__(self, flow: UserFlow, account: Account, *args: Any, **kwargs: Any) -> None:
        super().__init__(flow, *args, **kwargs)
        country = self.fields.get(COUNTRY)
        if isinstance(country, CountryField):
            country.offer(kept=account.country)
        self.agreements: list[Agreement] = []
        for row in list(self.rows):
            if row.input_type != FlowAttribute.InputType.CHECKBOX or not row.is_required:
                continue
            self.fields[row.attribute].required = False
            if account.attribute(row.attribute) is True:
                self.rows.remove(row)
                since = account.agreed_at.get(row.attribute)
                label = str(self.fields.pop(row.attribute).label)
                self.agreements.append(Agreement(label, datetime.fromisoformat(since) if since else None))
