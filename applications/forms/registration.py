from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from applications.forms.credentials import AuthenticationFields
from applications.models import Application
from applications.policies.changes import usual_auth_method
from applications.policies.frameworks import FRAMEWORKS
from applications.policies.kinds import PUBLIC_KINDS
from portal_frame.fields.widgets import CheckCards, RadioCards
from portal_frame.forms import EditForm, ServiceText
from userflows.flows.forms.second_factor import WHICH
from userflows.models import UserFlow
from userflows.state import ALWAYS, FACTORS, NEVER, NEW_BROWSER, WHO_HAS_ONE

KIND_DESCRIPTIONS: dict[str, Promise] = {
    Application.Kind.WEB: _("Runs on a server and can keep a secret: Flask, Django, ASP.NET Core, Express, Spring."),
    Application.Kind.SPA: _("Runs in the browser, so it has no secret and uses PKCE: React, Angular, Vue."),
    Application.Kind.NATIVE: _("Installed on a phone or a computer, so it has no secret and uses PKCE."),
    Application.Kind.SERVICE: _(
        "Calls APIs in its own name, with a client secret or a key pair. No one signs in to it."
    ),
}
SECOND_FACTORS = (
    (WHO_HAS_ONE, _("As the user flow says")),
    (NEVER, _("Never")),
    (NEW_BROWSER, _("In a new browser")),
    (ALWAYS, _("At each sign-in")),
)
SECOND_FACTOR_DESCRIPTIONS = {
    WHO_HAS_ONE: _("This application doesn’t ask for anything more."),
    NEVER: _(
        "No one is asked at sign-in, whatever the user flow says, except customers who have set one up themselves."
    ),
    NEW_BROWSER: _("Everyone is asked, except in remembered browsers."),
    ALWAYS: _("Everyone is asked; those already signed in, for the second factor only."),
}
# What nobody is asked who registers an application, and a service has no use for.
LATER = (
    *("post_logout_redirect_uris", "second_factor", "factors"),
    *("requires_pushed_requests", "requires_signed_requests"),
)
URI_HELP = _(
    "One per line, matched exactly. https only, except http for localhost; a mobile or desktop application may use a "
    "scheme of its own, such as com.example.app:/callback."
)


def kept_of(application: Application) -> dict[str, Any]:
    """The state the form is shown with."""
    return {
        "name": application.name,
        "redirect_uris": application.redirect_uri_list,
        "post_logout_redirect_uris": application.post_logout_redirect_uri_list,
        "user_flow": application.user_flow_id,
        "requires_pkce": application.requires_pkce,
        "requires_pushed_requests": application.requires_pushed_requests,
        "requires_signed_requests": application.requires_signed_requests,
        "framework": application.framework,
        "second_factor": application.second_factor,
        "factors": application.counted_factors,
    }


class UriLinesField(forms.CharField):
    """URIs, one per line; cleans to a list of them. What is wrong with one is for the service to say."""

    def __init__(self, **kwargs: Any) -> None:
        attributes = {"rows": 3, "class": "uris", "spellcheck": "false", "autocapitalize": "off", "autocomplete": "off"}
        # Room for as many as there may be, and for what is over to be answered by the service.
        super().__init__(required=False, max_length=40_000, widget=forms.Textarea(attrs=attributes), **kwargs)

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(value) if isinstance(value, list) else value

    def clean(self, value: Any) -> Any:
        return [line for line in super().clean(value).splitlines() if line.strip()]


class ApplicationForm(EditForm):
    """What can be changed about an application at any time."""

    name = ServiceText(label=_("Name"), help_text=_("Customers read it when they sign in."))
    redirect_uris = UriLinesField(label=_("Redirect URIs"), help_text=URI_HELP)
    post_logout_redirect_uris = UriLinesField(
        label=_("Post-logout redirect URIs"), help_text=_("Where customers may return to once they have signed out.")
    )
    user_flow = forms.ModelChoiceField(
        label=_("User flow"),
        queryset=UserFlow.objects.none(),
        empty_label=None,
        help_text=_("How customers of this application sign up and sign in."),
    )
    second_factor = forms.ChoiceField(
        label=_("Second factor"),
        required=False,
        choices=SECOND_FACTORS,
        widget=RadioCards(descriptions=SECOND_FACTOR_DESCRIPTIONS),
        help_text=_(
            "The stricter of user flow and application applies. “Never” is for this application alone: the others "
            "still ask customers whom it has let in, and so do the pages of the account."
        ),
    )
    factors = forms.MultipleChoiceField(
        label=_("Second factors that count"),
        required=False,
        choices=[(name, label) for name, (label, _hint) in WHICH.items()],
        widget=CheckCards,
        help_text=_(
            "If none is ticked, those of the user flow. A passkey always counts, and so does an authenticator app "
            "unless only passkeys are ticked."
        ),
    )
    requires_pkce = forms.BooleanField(
        label=_("Require PKCE"),
        required=False,
        initial=True,
        help_text=_(
            "Ties each authorization code to the browser that asked for it. Turn it off only for a library that "
            "doesn’t support PKCE: then a stolen code can be slipped into someone else’s sign-in."
        ),
    )
    requires_pushed_requests = forms.BooleanField(
        label=_("Require pushed authorization requests"),
        required=False,
        help_text=_(
            "A sign-in begins only with a request that the application has pushed itself (RFC 9126), never with "
            "one in a link."
        ),
    )
    requires_signed_requests = forms.BooleanField(
        label=_("Require signed authorization requests"),
        required=False,
        help_text=_(
            "A sign-in begins only with a request that the application has signed with its key pair (RFC 9101). "
            "One that has a key pair may sign its requests without this, too."
        ),
    )
    framework = forms.ChoiceField(
        label=_("Framework"),
        required=False,
        help_text=_("The quick start opens with its code, and the list is filtered by it."),
    )

    def __init__(self, *args: Any, kind: str = Application.Kind.WEB, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._offer_frameworks(FRAMEWORKS[kind])
        if kind != Application.Kind.WEB:
            del self.fields["requires_pkce"]
            del self.fields["requires_signed_requests"]
        if kind != Application.Kind.SERVICE:
            field = self.fields["user_flow"]
            assert isinstance(field, forms.ModelChoiceField)  # noqa: S101 - tells the type checker
            field.queryset = UserFlow.objects.order_by("-is_default", "name")
        else:
            self.fields["name"].help_text = _("For you and your colleagues: no one signs in to a service.")
            for name in ("redirect_uris", "user_flow", *LATER):
                self.fields.pop(name, None)

    def _offer_frameworks(self, known: Mapping[str, str]) -> None:
        field = self.fields["framework"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - tells the type checker
        field.choices = [("", _("Another one")), *known.items()]
        if len(known) == 1:
            del self.fields["framework"]

    def clean_factors(self) -> tuple[str, ...]:
        """In one order, whatever the order of the ticks."""
        return tuple(name for name in FACTORS if name in self.cleaned_data["factors"])

    def values(self) -> dict[str, Any]:
        """What was chosen, by the fields of a description."""
        flow = self.cleaned_data.get("user_flow")
        return self.cleaned_data | ({"user_flow": flow and flow.pk} if "user_flow" in self.cleaned_data else {})


class NewApplicationForm(AuthenticationFields, ApplicationForm):
    """An application that isn't registered yet: few questions, the rest has defaults."""

    kind = forms.ChoiceField(
        label=_("Type"),
        choices=Application.Kind.choices,
        initial=Application.Kind.WEB,
        widget=RadioCards(descriptions=KIND_DESCRIPTIONS),
    )
    field_order = [
        *("name", "kind", "redirect_uris", "user_flow", "requires_pkce"),
        *("auth_method", "jwks", "jwks_uri", "certificate_field", "certificate_subject"),
    ]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for later in (*LATER, "framework"):
            del self.fields[later]
        self.fields["user_flow"].required = self.data.get("kind") != Application.Kind.SERVICE

    def clean(self) -> dict[str, Any]:
        # What the page doesn't show for a type doesn't count, even if it was filled in before the type was chosen.
        kind = self.cleaned_data.get("kind")
        if kind in PUBLIC_KINDS:
            self.cleaned_data["auth_method"] = ""
        cleaned = super().clean()
        if not cleaned.get("auth_method"):
            cleaned["auth_method"] = usual_auth_method(kind or "")
        if kind != Application.Kind.WEB:
            cleaned["requires_pkce"] = True
        if kind == Application.Kind.SERVICE:
            cleaned |= {"redirect_uris": [], "user_flow": None}
        return cleaned
