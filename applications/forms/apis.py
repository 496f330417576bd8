"""What an application offers as an API."""

from typing import Any

from django import forms
from django.conf import settings

from applications.description import Scope
from applications.models import ApiScope
from frame.forms import EditForm, ServiceText
from frame.widgets import RadioCards

PLAIN = {"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}
TRANSLATED = [(code, name) for code, name in settings.LANGUAGES if code != "en"]


class IdentifierForm(EditForm):
    """The name of the API."""

    identifier_uri = ServiceText(
        label="Identifier URI",
        required=False,
        help_text="Begins with api:// or https://, such as https://orders.example. Other applications ask for its "
        "scopes by this name, and it is the audience of their access tokens. Leave it empty if this isn’t an API.",
        widget=forms.TextInput(attrs={**PLAIN, "class": "mono"}),
    )


class ScopeForm(EditForm):
    """A scope that exists: everything but its name, and the words in other languages."""

    display_name = ServiceText(
        help_text="For administrators, such as “Read orders”. Customers read it, too, where nothing else is said.",
    )
    description = ServiceText(required=False, help_text="For administrators.")
    consenter = forms.ChoiceField(
        label="Who may consent",
        choices=ApiScope.Consenter.choices,
        widget=RadioCards(
            descriptions={
                ApiScope.Consenter.ANYBODY: "Each customer for themselves, or an administrator for all of them.",
                ApiScope.Consenter.ADMINISTRATORS: "Until an administrator has, the scope is refused.",
            }
        ),
        initial=ApiScope.Consenter.ANYBODY,
    )
    customer_display_name = ServiceText(
        label="What customers read",
        required=False,
        help_text="On the page that asks for their permission, such as “See your orders”.",
    )
    customer_description = ServiceText(label="More for customers", required=False)
    is_enabled = forms.BooleanField(
        label="In use", required=False, initial=True, help_text="Out of use, the scope is granted to nobody."
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for code, language in TRANSLATED:
            self.fields[f"name_{code}"] = ServiceText(label=f"What customers read in {language}", required=False)
            self.fields[f"description_{code}"] = ServiceText(label=f"More in {language}", required=False)

    def translated_fields(self) -> list[forms.BoundField]:
        """Those of other languages than English."""
        return [self[f"{part}_{code}"] for code, _ in TRANSLATED for part in ("name", "description")]

    def own_fields(self) -> list[forms.BoundField]:
        """The others."""
        translated = {field.name for field in self.translated_fields()}
        return [field for field in self if field.name not in translated]

    def scope(self, name: str = "") -> Scope:
        """What was chosen, for the scope of this name; the words in other languages in one place."""
        cleaned = {"name": name, **self.cleaned_data}
        translations = {
            code: {part: cleaned.pop(f"{part}_{code}", "") for part in ("name", "description")}
            for code, _ in TRANSLATED
        }
        return Scope(**cleaned, translations=translations)


class NewScopeForm(ScopeForm):
    """A scope that doesn't exist yet: its name as well."""

    name = ServiceText(
        label="Name in requests and tokens",
        help_text="Such as orders.read. It can't be changed later.",
        widget=forms.TextInput(attrs={**PLAIN, "class": "mono"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields.pop("is_enabled")
        self.order_fields(["name"])


def kept_of_scope(scope: ApiScope) -> dict[str, Any]:
    """The state a form about the scope is shown with."""
    names = ("display_name", "description", "customer_display_name", "customer_description", "consenter", "is_enabled")
    words = {
        f"{part}_{code}": scope.translations.get(code, {}).get(part, "")
        for code, _ in TRANSLATED
        for part in ("name", "description")
    }
    return {name: getattr(scope, name) for name in names} | words
