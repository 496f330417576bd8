"""Forms by which one customer is made or changed. Nobody types a password for somebody else."""

from collections.abc import Mapping
from typing import Any, cast

from django import forms
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from accounts.attributes import BUILT_IN_ATTRIBUTES, COUNTRY, EMAIL
from accounts.identity.lookup import custom_attribute_types
from accounts.models import Account, CustomAttribute, Group
from applications.lookup.listing import labels_with_customers, with_application
from applications.models import AppRole
from branding.languages.every import every_language, name_of_any_language
from bulk.forms.filters import MOST_CHOICES
from common.text.countries import country_choices
from common.text.email_address import canonical_email
from common.text.languages import ENGLISH
from portal_frame.confirmation import TypedNameForm
from portal_frame.forms import EditForm, PortalForm, ServiceText

DataType = CustomAttribute.DataType
LANGUAGE = "language"
OWN = "attribute-"
INPUTS: Mapping[str, dict[str, str]] = {
    DataType.INT: {"inputmode": "numeric"},
    DataType.DATE: {"type": "date"},
    DataType.PHONE: {"type": "tel", "placeholder": "+49 171 3920010"},
}


def _language_choices(kept: str = "") -> list[tuple[str, str]]:
    """Every language, and what is kept, though it has been removed: nobody is to change it unasked."""
    named = {"": gettext("Not known"), kept: name_of_any_language(kept) or gettext("Not known")}
    return [*{**named, **{each.code: each.name for each in every_language()}}.items()]


class CustomerForm(EditForm):
    """Every attribute of a customer but the address, each with the input of its type."""

    def __init__(self, *args: Any, account: Account, **kwargs: Any) -> None:
        types = custom_attribute_types()
        kept = {name: account.attribute(name) for name in BUILT_IN_ATTRIBUTES if name != EMAIL}
        kept |= {f"{OWN}{name}": _shown(account.attribute(name)) for name in types}
        super().__init__(*args, kept={**kept, LANGUAGE: account.language}, **kwargs)
        for attribute in BUILT_IN_ATTRIBUTES.values():
            if attribute.name != EMAIL:
                self.fields[attribute.name] = _built_in(attribute.name, str(attribute.label), account)
        self.fields[LANGUAGE] = forms.ChoiceField(
            label=_("Language"),
            required=False,
            choices=_language_choices(account.language),
            help_text=_("The language that pages and emails use for them."),
        )
        for name, data_type in types.items():
            self.fields[f"{OWN}{name}"] = _own(name, data_type, account.attribute(name))
        # None has to be filled in, so none says that it needn't be.
        self.never_optional = tuple(self.fields)

    def attributes(self) -> dict[str, Any]:
        """The values by attribute name, after validation; the service judges them."""
        values = {name: self.cleaned_data[name] for name in BUILT_IN_ATTRIBUTES if name in self.cleaned_data}
        own = {name: self.cleaned_data[f"{OWN}{name}"] for name in custom_attribute_types()}
        return {**values, **{name: _typed(value, custom_attribute_types()[name]) for name, value in own.items()}}

    @staticmethod
    def field_by_attribute() -> dict[str, str]:
        """Which field shows what a service says of an attribute."""
        return {name: f"{OWN}{name}" for name in custom_attribute_types()}


def _built_in(name: str, label: str, account: Account) -> forms.Field:
    if name == COUNTRY:
        return forms.ChoiceField(label=label, required=False, choices=_country_choices(account.country))
    return ServiceText(label=label, required=False, widget=_text_input(account.attribute(name)))


def _country_choices(kept: str) -> list[tuple[str, str]]:
    return country_choices(gettext("Not known"), kept=kept, language=get_language() or ENGLISH)


def _own(name: str, data_type: str, kept: Any) -> forms.Field:
    if data_type == DataType.COUNTRY:
        return forms.ChoiceField(label=name, required=False, choices=_country_choices(kept or ""))
    if data_type == DataType.BOOLEAN:
        choices = [("", _("Not known")), ("true", _("Yes")), ("false", _("No"))]
        return forms.ChoiceField(label=name, required=False, choices=choices)
    attrs = INPUTS.get(data_type)
    widget = forms.TextInput(attrs=attrs) if attrs else _text_input(kept)
    return ServiceText(label=name, required=False, widget=widget)


def _text_input(kept: Any) -> forms.Widget:
    """A text box; one of several lines for a text that has some, which the other would join."""
    return forms.Textarea(attrs={"rows": 4}) if "\n" in str(kept or "") else forms.TextInput()


def _shown(value: Any) -> Any:
    return str(value).lower() if isinstance(value, bool) else value


def _typed(value: str, data_type: str) -> Any:
    return {"true": True, "false": False}.get(value) if data_type == DataType.BOOLEAN else value


class NewCustomerForm(PortalForm):
    """Somebody who has no account yet."""

    email = ServiceText(label=_("Email address"), widget=forms.EmailInput(attrs={"autocomplete": "off"}))
    givenName = ServiceText(label=_("Given name"), required=False)  # noqa: N815 - the attribute's name
    surname = ServiceText(label=_("Surname"), required=False)
    language = forms.ChoiceField(label=_("Language"), required=False, choices=_language_choices)

    def details(self) -> Mapping[str, Any]:
        """As the services take them."""
        told = dict(self.cleaned_data)
        attributes = {name: told.pop(name) for name in ("givenName", "surname")}
        return {**told, "attributes": attributes}


class InvitedCustomerForm(NewCustomerForm):
    """Somebody who is mailed the way to an account that is made for them."""

    client_id = forms.ChoiceField(
        label=_("Application"),
        required=False,
        help_text=_("Where the invitation leads, through the application’s user flow."),
    )
    message = ServiceText(
        label=_("Message"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Plain text of at most 500 characters, which the email quotes."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = cast(forms.ChoiceField, self.fields["client_id"])
        # Not as a callable, which Django would ask more than once.
        field.choices = [("", gettext("None: to their account")), *labels_with_customers().items()]


class CreatedCustomerForm(NewCustomerForm):
    """Somebody whose account is made without asking them."""

    email_verified = forms.BooleanField(
        label=_("The address is known to be theirs"),
        required=False,
        help_text=_("If not, the address counts as unverified until they enter a code sent to it."),
    )


class AddressForm(PortalForm):
    """Another address for a customer."""

    email = ServiceText(label=_("New email address"), widget=forms.EmailInput(attrs={"autocomplete": "off"}))

    def __init__(self, *args: Any, account: Account, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.account = account

    def clean_email(self) -> str:
        """Another one; that in other capitals is another."""
        email: str = self.cleaned_data["email"]
        if email == self.account.email:
            raise forms.ValidationError(_("This is the address already."))
        return email


class PurgeForm(TypedNameForm):
    """The address of whom to remove for good, typed once more."""

    def __init__(self, *args: Any, account: Account, **kwargs: Any) -> None:
        super().__init__(*args, name=account.email, **kwargs)
        self.fields["typed_name"].label = _("Email address")

    def clean_typed_name(self) -> str:
        """The address, in whichever capitals."""
        if canonical_email(self.cleaned_data["typed_name"]) != canonical_email(self.name):
            raise forms.ValidationError(_("This isn’t the customer’s address. Type it as shown."))
        return self.name


class GroupChoiceForm(PortalForm):
    """A group that a customer isn't in yet."""

    group = forms.ModelChoiceField(label=_("Group"), queryset=Group.objects.none(), empty_label=_("Choose a group"))

    def __init__(self, *args: Any, account: Account, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["group"]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101 - tells the type checker
        field.queryset = Group.objects.exclude(members__account=account)
        _offer_first(
            field, beyond=_("The first %(count)d are listed. For another group, open it and add the customer there.")
        )


class RoleField(forms.ModelChoiceField):
    """A role, called by its application's name as well."""

    def label_from_instance(self, obj: AppRole) -> str:
        """Of several applications' roles, which."""
        return f"{obj.application.label}: {obj.display_name}"


class RoleChoiceForm(PortalForm):
    """A role that a customer hasn't been given yet."""

    role = RoleField(label=_("Role"), queryset=AppRole.objects.none(), empty_label=_("Choose a role"))

    def __init__(self, *args: Any, account: Account, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["role"]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101 - tells the type checker
        roles = AppRole.objects.filter(for_customers=True).exclude(assignments__account=account)
        field.queryset = with_application(roles.order_by("application__name", "application_id", "display_name"))
        _offer_first(field, beyond=_("The first %(count)d are listed. For another role, open it in its application."))


def _offer_first(field: "forms.ModelChoiceField[Any]", *, beyond: str | Promise) -> None:
    """Offer what a list has room for, and say the way `beyond` that. Whichever is sent is looked up among all."""
    rows = list(field.queryset[: MOST_CHOICES + 1]) if field.queryset is not None else []
    named = [(str(each.pk), field.label_from_instance(each)) for each in rows[:MOST_CHOICES]]
    field.widget.choices = [("", str(field.empty_label)), *named]
    if len(rows) > MOST_CHOICES:
        field.help_text = beyond % {"count": MOST_CHOICES}
