"""What an application offers as an API."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from applications.description import Scope
from applications.models import ApiScope
from common.text.words import WordsByLanguage, said_in, with_texts
from portal_frame.fields.widgets import RadioCards
from portal_frame.fields.words import TextRow
from portal_frame.forms import EditForm, ServiceText

PLAIN = {"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}


class IdentifierForm(EditForm):
    """The name of the API."""

    identifier_uri = ServiceText(
        label=_("Identifier URI"),
        required=False,
        help_text=_(
            "Begins with api:// or https://, such as https://orders.example. Other applications ask for its "
            "scopes by this name, and it is the audience of their access tokens. Leave it empty if this isn’t an API."
        ),
        widget=forms.TextInput(attrs={**PLAIN, "class": "mono"}),
    )


class ScopeForm(EditForm):
    """A scope that exists: everything but its name. Words in other languages have pages of their own."""

    display_name = ServiceText(
        label=_("Display name"),
        help_text=_("For administrators, such as “Read orders”. Customers read it, too, where nothing else is said."),
    )
    description = ServiceText(label=_("Description"), required=False, help_text=_("For administrators."))
    consenter = forms.ChoiceField(
        label=_("Who may consent"),
        choices=ApiScope.Consenter.choices,
        widget=RadioCards(
            descriptions={
                ApiScope.Consenter.ANYBODY: _("Each customer individually, or an administrator for all of them."),
                ApiScope.Consenter.ADMINISTRATORS: _("Until an administrator has, the scope is refused."),
            }
        ),
        initial=ApiScope.Consenter.ANYBODY,
    )
    customer_display_name = ServiceText(
        label=_("What customers read"),
        required=False,
        help_text=_("On the page that asks for their permission, such as “See your orders”."),
    )
    customer_description = ServiceText(label=_("More for customers"), required=False)
    is_enabled = forms.BooleanField(
        label=_("In use"), required=False, initial=True, help_text=_("A scope that isn’t in use is granted to no one.")
    )

    def scope(self, name: str = "", *, translations: WordsByLanguage = MappingProxyType({})) -> Scope:
        """What was chosen, for the scope of this name with these words in other languages."""
        return Scope(**{"name": name, **self.cleaned_data}, translations=translations)


class NewScopeForm(ScopeForm):
    """A scope that doesn't exist yet: its name as well."""

    name = ServiceText(
        label=_("Name in requests and tokens"),
        help_text=_("Such as orders.read. It can’t be changed later."),
        widget=forms.TextInput(attrs={**PLAIN, "class": "mono"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields.pop("is_enabled")
        self.order_fields(["name"])


def kept_of_scope(scope: ApiScope) -> dict[str, Any]:
    """The state a form about the scope is shown with."""
    names = ("display_name", "description", "customer_display_name", "customer_description", "consenter", "is_enabled")
    return {name: getattr(scope, name) for name in names}


def text_rows(scope: ApiScope, texts: Mapping[str, str], languages: Sequence[str]) -> list[TextRow]:
    """What customers read of a scope, to be said in the first of these languages; the next is what it falls back to."""
    labels = {"name": _("What customers read"), "description": _("More for customers")}
    of_all = {"name": scope.customer_display_name or scope.display_name, "description": scope.customer_description}

    def default(name: str) -> str:
        others = {each: text for each, text in texts.items() if each != name}
        return said_in(with_texts(scope.translations, languages[0], others), languages, name) or of_all[name]

    return [TextRow(name, label, default(name), texts.get(name, "")) for name, label in labels.items()]
