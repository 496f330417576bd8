"""All that a page layout may ask for on one page, as it comes back when nothing of it is right."""

from collections.abc import Iterator, Sequence
from typing import Any

from django.forms import Field

from accounts.attributes import COUNTRY, GIVEN_NAME, USER_NAME
from accounts.identity.services.uniqueness import TAKEN
from accounts.identity.values import LARGEST_NUMBER, NOT_TEXT, DataType
from branding.look import Look
from branding.preview.samples import shows_all
from common.text.countries import NOT_A_COUNTRY
from userflows.flows.collectable import CollectableAttribute, collectable_attributes
from userflows.forms.attributes import field_for
from userflows.forms.fields import HELD_UP, NOT_A_BIRTH, StepForm, new_password_field
from userflows.models import FlowAttribute
from userflows.steps.details.form import KEPT
from userflows.views.samples import sign_in
from userflows.views.samples.cast import sample_account, wrong
from userflows.views.samples.variants.sign_in import problems_of_passwords
from userflows.views.samples.variants.telling import WITH_ERRORS, problems_of, varied

InputType = FlowAttribute.InputType
OPTIONS = [{"text": text, "value": text} for text in ("A", "B")]
# What a tenant may ask besides, each in a way of its own: the type of the attribute, and how a row asks for it.
OWN: dict[str, tuple[str, dict[str, Any]]] = {
    "text": (DataType.STRING, {"input_type": InputType.TEXT, "minimum": "3", "maximum": "20"}),
    "choice": (DataType.STRING, {"input_type": InputType.RADIO, "options": OPTIONS}),
    "list": (DataType.STRING, {"input_type": InputType.DROP_DOWN, "options": OPTIONS}),
    "several": (DataType.STRING, {"input_type": InputType.MULTI_CHECK, "options": OPTIONS}),
    "number": (DataType.INT, {"input_type": InputType.NUMBER, "minimum": "1", "maximum": "9"}),
    "date": (DataType.DATE, {"input_type": InputType.DATE, "minimum": "1990-01-01", "maximum": "1999-12-31"}),
    "phone": (DataType.PHONE, {"input_type": InputType.PHONE}),
    "consent": (DataType.BOOLEAN, {"input_type": InputType.CHECKBOX}),
}
# What somebody might have typed, by what it is typed for. Of several options these may be one character in all.
TYPED: dict[str, Sequence[Any]] = {
    "displayName": ["a" * 300],
    GIVEN_NAME: ["R\u043ebin", "Robin" + "\u0301" * 5, "Robin\u202e"],
    USER_NAME: ["me", "-robin", "1234", "\u0430\u0435\u043e\u0440", "admin"],
    COUNTRY: ["Atlantis"],
    "text": ["no"],
    "choice": ["C"],
    "several": [["A", "B"]],
    "number": ["one", "0", "10", str(LARGEST_NUMBER + 1), str(-LARGEST_NUMBER - 1)],
    "date": ["soon", "1989-12-31", "2000-01-01"],
    "phone": ["12"],
}
LONGEST_SEVERAL = 1


def _asked() -> Iterator[tuple[str, Field]]:
    for name, attribute in collectable_attributes().items():
        if not attribute.is_custom:
            kind = InputType.COUNTRIES if name == COUNTRY else InputType.TEXT
            yield name, field_for(FlowAttribute(attribute=name, is_required=True, input_type=kind), attribute)
    for name, (data_type, row) in OWN.items():
        longest = LONGEST_SEVERAL if name == "several" else 100
        attribute = CollectableAttribute(name, name.capitalize(), data_type, longest, is_custom=True)
        yield name, field_for(FlowAttribute(attribute=name, is_required=True, **row), attribute)


def _wrong(_look: Look) -> dict[str, Any]:
    form = StepForm({})
    form.fields["password"] = new_password_field(sample_account())
    if shows_all():
        form.fields["password"].help_text = KEPT
    form.fields |= dict(_asked())
    problems = {name: problems_of(form.fields[name], *typed) for name, typed in TYPED.items()}
    problems["password"] = problems_of_passwords()
    problems["text"] += map(str, (TAKEN, NOT_TEXT))
    problems["date"].append(str(NOT_A_BIRTH))
    # Of one that a server of the tenant's has filled in.
    problems[COUNTRY].append(str(NOT_A_COUNTRY))
    shown = wrong(form, also=problems)
    return {**shown, "asked": list(shown["form"]), "refusal": HELD_UP if shows_all() else ""}


VARIANTS = (varied(sign_in.SAMPLES)("sign_up", "errors", WITH_ERRORS, _wrong),)
