"""Forms about imports: the file, and what its columns are."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import Group
from portal_frame.fields.widgets import RadioCards
from portal_frame.forms import PortalForm

NOT_IMPORTED = _("Leave out")


class FileForm(PortalForm):
    """The file of an import, sent whole: by a script it comes in pieces."""

    file = forms.FileField(
        label=_("File"),
        allow_empty_file=True,
        error_messages={"required": _("Choose a file.")},
        help_text=_(
            "CSV in UTF-8, or JSON: an object a line, or a list of them. 256 MB and 1,000,000 customers at most."
        ),
        widget=forms.FileInput(attrs={"accept": ".csv,.tsv,.txt,.json,.jsonl,.ndjson"}),
    )


class MappingForm(PortalForm):
    """What each column of a file is, and how its customers come in. Each heading has a field of its own."""

    existing = forms.ChoiceField(
        label=_("Customers who are here already"),
        choices=[("skip", _("Leave as they are")), ("update", _("Update"))],
        initial="skip",
        widget=RadioCards(
            descriptions={
                "skip": _("Nothing about them changes."),
                "update": _("They get the attributes of the file. What it leaves empty stays; so does their password."),
            }
        ),
    )
    verified = forms.ChoiceField(
        label=_("Are the email addresses verified?"),
        choices=[("no", _("No")), ("yes", _("Yes")), ("file", _("As the file says"))],
        widget=RadioCards(
            descriptions={
                "no": _("Customers verify their address the next time they need to."),
                "yes": _(
                    "Anyone who reads mail at an address can get into its account. Choose this only"
                    " if you know the addresses are theirs."
                ),
                "file": _("By the column that you choose above."),
            }
        ),
    )
    group = forms.ChoiceField(
        label=_("Add them to a group"), required=False, help_text=_("Customers who are here already are added, too.")
    )
    invites = forms.BooleanField(
        label=_("Invite those imported without a password"),
        required=False,
        help_text=_("Each gets a link by email, valid for 7 days. Other email is sent first."),
    )
    salt_order = forms.ChoiceField(
        label=_("Position of the salt"),
        choices=[("before", _("Before the password")), ("behind", _("Behind the password"))],
        initial="before",
        required=False,
        help_text=_("Only for MD5 and SHA with a salt in a separate column."),
    )
    firebase = forms.CharField(
        label=_("Password hash parameters of Firebase"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 5, "class": "uris", "spellcheck": "false", "autocomplete": "off"}),
        help_text=_("As Firebase’s console shows them. Leave it empty for files of other products."),
    )

    def clean_salt_order(self) -> str:
        """The usual one where nothing was said."""
        return self.cleaned_data["salt_order"] or "before"

    def __init__(
        self,
        data: Any = None,
        *,
        headings: Sequence[str],
        targets: Mapping[str, str | Promise],
        kept: Mapping[str, Any],
    ) -> None:
        super().__init__(data, initial=dict(kept))
        self.headings = headings
        choices = [("", NOT_IMPORTED), *targets.items()]
        for number, heading in enumerate(headings):
            self.fields[f"column{number}"] = forms.ChoiceField(
                label=heading, choices=choices, required=False, initial=kept["mapping"].get(heading, "")
            )
        groups = [(str(pk), name) for pk, name in Group.objects.values_list("pk", "name")]
        self.fields["group"].choices = [("", _("No group")), *groups]  # type: ignore[attr-defined]

    @property
    def field_of_heading(self) -> dict[str, str]:
        """The name of each column's field."""
        return {heading: f"column{number}" for number, heading in enumerate(self.headings)}

    @property
    def mapping(self) -> dict[str, str]:
        """What each column is, as it was sent."""
        return {heading: self.cleaned_data[name] for heading, name in self.field_of_heading.items()}
