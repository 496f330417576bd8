"""Forms of the portal: they speak in sentences, notice what changed meanwhile, and show what a service refused."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest, QueryDict
from django.utils.functional import Promise, keep_lazy
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext, gettext_lazy

from common.problems import Code, Problem, Refused
from common.versions import version_of

# An empty address is the page's own: a form that was sent is shown there as it is kept.
_AS_KEPT = '<a href="" target="_blank" rel="noopener">{}</a>'


@keep_lazy(SafeString)
def _with_link_to_what_is_kept(sentence: str | Promise, link: str | Promise) -> SafeString:
    return format_html("{} " + _AS_KEPT, sentence, link)


# What is said where a thing has changed while one was looking at it: by somebody else, or by oneself in another tab.
CHANGED_MEANWHILE = _with_link_to_what_is_kept(
    gettext_lazy(
        "This has changed since you opened the page, by someone else or in another tab of yours. Your changes are "
        "still here: save again to replace what is saved now."
    ),
    gettext_lazy("See what is saved (new tab)"),
)
# The same where nothing was typed that could be sent again.
CHANGED_BEFORE_IT = gettext_lazy(
    "Nothing was done: this has changed since you opened the page. It’s shown here as it is now."
)


def sent(request: HttpRequest) -> QueryDict | None:
    """What a form was sent with; None if it is only shown. A form without a tick may be sent with nothing at all."""
    return request.POST if request.method == "POST" else None


class PortalForm(forms.Form):
    """A form that says in the words of its fields what is missing or can't be read.

    `never_optional` names fields that may be left empty only as others are filled in: none of them is called optional.
    """

    never_optional: Sequence[str] = ()

    def full_clean(self) -> None:
        # Only now are all fields there: some forms add theirs as they are made.
        for name, field in self.fields.items():
            _speak_plainly(field, label=str(self[name].label))
        super().full_clean()


def _speak_plainly(field: forms.Field, *, label: str) -> None:
    """Put sentences in the place of Django's; those a field has of its own stay."""
    sentences = {"required": gettext("Fill in “%(label)s”.") % {"label": label}}
    if isinstance(field, forms.IntegerField):
        number = _whole_number(field, label=label)
        sentences = dict.fromkeys(("required", "invalid", "min_value", "max_value"), number)
    elif isinstance(field, forms.ChoiceField):
        choice = gettext("Choose one of those shown for “%(label)s”.") % {"label": label}
        sentences = dict.fromkeys(("required", "invalid_choice", "invalid_pk_value"), choice)
    elif isinstance(field, forms.CharField):
        sentences["max_length"] = gettext("Use at most %(limit_value)d characters; these are %(show_value)d.")
    if field.error_messages["required"] != forms.Field.default_error_messages["required"]:
        del sentences["required"]
    field.error_messages |= sentences


def _whole_number(field: forms.IntegerField, *, label: str) -> str:
    if field.max_value is None:
        return gettext("Enter a whole number for “%(label)s”.") % {"label": label}
    words = gettext("Enter a whole number from %(low)s to %(high)s for “%(label)s”.")
    return words % {"low": field.min_value, "high": field.max_value, "label": label}


class ServiceText(forms.CharField):
    """A text of which the service says whatever is wrong with it, so that all is said at one time."""

    def validate(self, value: str) -> None:
        """Leave it to the service, an empty one as well."""


class EditForm(PortalForm):
    """A form about something kept, which notices when that was changed since the form was shown.

    `kept` is the state by field name; it fills the form in. A form about the whole of a description goes by the
    description's `version`, which it hands on to the service. One about a part goes by what it shows itself: whoever
    changes another part meanwhile is in nobody's way, since the service changes the fields of this part alone.
    """

    seen = forms.CharField(required=False, max_length=16, widget=forms.HiddenInput())

    def __init__(
        self, data: QueryDict | None = None, *, kept: Mapping[str, Any] | None = None, version: str = "", **kwargs: Any
    ) -> None:
        self.kept = kept
        self.current = version or (version_of(kept) if kept is not None else "")
        kwargs.setdefault("initial", {**(kept or {}), "seen": self.current})
        super().__init__(data, **kwargs)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        seen = cleaned.pop("seen", "")
        if isinstance(self.data, QueryDict) and seen and self.current and seen != self.current:
            data = self.data.copy()
            data["seen"] = self.current
            self.data = data
            self.add_error(None, CHANGED_MEANWHILE)
            if differs := self._differs():
                told = gettext("Different from what is saved: %(names)s.") % {"names": ", ".join(differs)}
                self.add_error(None, told)
        return cleaned

    def _differs(self) -> list[str]:
        """The fields in which what was sent isn't what is kept by now."""
        names = self.changed_data if self.kept else []
        return [str(self[name].label) for name in names if not self[name].is_hidden and not self._is_as_kept(name)]

    def _is_as_kept(self, name: str) -> bool:
        """Whether it is the same text, line by line: browsers end lines otherwise than they are kept."""
        field = self.fields[name]
        sent, kept = self[name].data, field.prepare_value(self.get_initial_for_field(field, name))
        texts = isinstance(sent, str) and isinstance(kept, str)
        return texts and sent.strip().splitlines() == kept.strip().splitlines()


def show_problems(
    form: forms.Form,
    refusal: Refused,
    *,
    elsewhere: Sequence[str] = (),
    shown_at: Mapping[str, str] = MappingProxyType({}),
) -> None:
    """Put what a service refused at the form's fields; what belongs to none of them goes on top.

    Problems keyed by a name in `elsewhere` are left to the caller; `shown_at` says which field another name goes by.
    """
    for problem in refusal.problems:
        field = shown_at.get(problem.field, problem.field)
        if problem.field not in elsewhere:
            told = ValidationError(_sentence(problem), code=problem.code)
            form.add_error(field if field in form.fields else None, told)


def _sentence(problem: Problem) -> Any:
    # Here what was typed is still there.
    return CHANGED_MEANWHILE if problem.code == Code.CHANGED_MEANWHILE else problem.sentence


class ProblemsShownAt:
    """Around a call of a service: what it refuses is shown at the form's fields, and the view goes on behind."""

    def __init__(self, form: forms.Form, shown_at: Mapping[str, str] = MappingProxyType({})) -> None:
        self.form = form
        self.shown_at = shown_at

    def __enter__(self) -> None:
        """Nothing to prepare."""

    def __exit__(self, _: object, error: BaseException | None, __: object) -> bool:
        if isinstance(error, Refused):
            show_problems(self.form, error, shown_at=self.shown_at)
            return True
        return False
