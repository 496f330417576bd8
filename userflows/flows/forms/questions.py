"""What a row of a page layout says besides its label and options: what helps to answer, what an answer has to be, and
when and to whom the question is put.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from portal_frame.forms import PortalForm, ServiceText
from userflows.flows.answers import HAVE_BOUNDS, HAVE_PATTERN, AnswerRules, whole_number
from userflows.flows.collectable import CollectableAttribute
from userflows.flows.page_layout import AttributeLayout, takes_options, takes_placeholder
from userflows.state import AT_SIGN_UP, LATER, MISSING

BOUNDS: Mapping[str, tuple[Any, Any]] = {
    "String": (_("Fewest characters"), _("Most characters")),
    "Int": (_("Smallest number"), _("Largest number")),
    "Date": (_("Earliest day"), _("Latest day")),
}
WHEN = {
    AT_SIGN_UP: _("At sign-up"),
    MISSING: _("At sign-up, and at sign-in while it’s missing"),
    LATER: _("At a later sign-in, if it’s missing"),
}
# Ticked where the description says no.
IS_FIXED = "is_fixed"
CODE = {"spellcheck": "false", "autocapitalize": "off", "autocomplete": "off", "class": "mono"}


class QuestionForm(PortalForm):
    """One row; what doesn't apply to an attribute of its type isn't there."""

    use_required_attribute = False

    hint = ServiceText(label=_("Hint"), required=False, help_text=_("Shown with the input."))
    placeholder = ServiceText(label=_("Placeholder"), required=False, help_text=_("An example, in the empty input."))
    default = ServiceText(label=_("Default"), required=False)
    minimum = ServiceText(label=BOUNDS["String"][0], required=False)
    maximum = ServiceText(label=BOUNDS["String"][1], required=False)
    pattern = ServiceText(
        label=_("Regular expression"),
        required=False,
        widget=forms.TextInput(attrs=CODE),
        help_text=_("The whole answer has to match it (RE2 syntax)."),
    )
    mismatch = ServiceText(label=_("If it doesn’t match, say"), required=False)
    asked = forms.ChoiceField(label=_("When to ask"), choices=list(WHEN.items()))
    after_sign_ins = ServiceText(
        label=_("After how many sign-ins"), required=False, widget=forms.TextInput(attrs={"inputmode": "numeric"})
    )
    begins_page = forms.BooleanField(label=_("Begins a new page"), required=False)
    is_hidden = forms.BooleanField(label=_("Hidden: not asked, has its default"), required=False)
    is_fixed = forms.BooleanField(label=_("Customers can’t change it later"), required=False)

    def __init__(self, attribute: CollectableAttribute, row: AttributeLayout, problems: Mapping[str, str]) -> None:
        super().__init__(
            {f"{row.attribute}-{name}": value for name, value in _shown(row).items()},
            prefix=row.attribute,
            auto_id="%s",
        )
        for name in _without_use(attribute):
            del self.fields[name]
        if attribute.data_type in BOUNDS:
            self.fields["minimum"].label, self.fields["maximum"].label = BOUNDS[attribute.data_type]
        self.fields["default"].help_text = _help_with_default(attribute)
        if attribute.data_type == "Date":
            self.fields["maximum"].help_text = _("A day such as 2026-12-31, or “today”.")
        self.full_clean()
        for name, problem in problems.items():
            if name in self.fields and not self.has_error(name):
                self.add_error(name, problem)

    @property
    def summary(self) -> str:
        """What is set, in a few words; "" if nothing is."""
        return " · ".join(self._said())

    def _said(self) -> Iterator[str]:
        told: Mapping[str, Any] = self.cleaned_data
        if told.get("begins_page"):
            yield gettext("new page")
        if told.get("is_hidden"):
            yield gettext("hidden")
        if told.get("is_fixed"):
            yield gettext("can’t be changed later")
        if told.get("asked") == MISSING:
            yield gettext("asked while missing")
        if told.get("asked") == LATER:
            count = whole_number(told.get("after_sign_ins", "")) or 0
            yield ngettext("after %(count)d sign-in", "after %(count)d sign-ins", count) % {"count": count}
        if told.get("minimum") or told.get("maximum"):
            bounds = {"least": told["minimum"] or "…", "most": told["maximum"] or "…"}
            yield gettext("from %(least)s to %(most)s") % bounds
        words = {"pattern": gettext("pattern"), "default": gettext("default"), "hint": gettext("hint")}
        yield from (word for name, word in words.items() if told.get(name))


def question_in(sent: QueryDict, name: str) -> dict[str, Any]:
    """What was sent of these for one attribute, unjudged, as fields of `AttributeLayout`."""
    texts = {each: sent.get(f"{name}-{each}", "").strip() for each in ("hint", "placeholder", "default")}
    rules = {each: sent.get(f"{name}-{each}", "").strip() for each in ("minimum", "maximum", "pattern", "mismatch")}
    asked = sent.get(f"{name}-asked", AT_SIGN_UP)
    return {
        **texts,
        "rules": AnswerRules(**rules),
        "asked": asked,
        "after_sign_ins": whole_number(sent.get(f"{name}-after_sign_ins", "")) or 0,
        "begins_page": f"{name}-begins_page" in sent,
        "is_hidden": f"{name}-is_hidden" in sent,
        "is_editable": f"{name}-{IS_FIXED}" not in sent,
    }


def _shown(row: AttributeLayout) -> dict[str, Any]:
    """The row as the form shows it; what isn't ticked isn't sent."""
    ticks = {"begins_page": row.begins_page, "is_hidden": row.is_hidden, IS_FIXED: not row.is_editable}
    ticked = {name: "on" for name, is_on in ticks.items() if is_on}
    texts = {"hint": row.hint, "placeholder": row.placeholder, "default": row.default, "asked": row.asked}
    return {**texts, **vars(row.rules), "after_sign_ins": row.after_sign_ins or "", **ticked}


def _without_use(attribute: CollectableAttribute) -> Iterator[str]:
    if not any(map(takes_placeholder, attribute.input_types)):
        yield "placeholder"
    if attribute.data_type not in HAVE_BOUNDS:
        yield from ("minimum", "maximum")
    if attribute.data_type not in HAVE_PATTERN:
        yield from ("pattern", "mismatch")


def _help_with_default(attribute: CollectableAttribute) -> Any:
    helps = {
        "Boolean": _("Write “true” for a box that is ticked."),
        "Date": _("A day such as 2026-12-31."),
        "Country": _("Two letters, such as DE."),
        "Phone": _("With its country code."),
    }
    has_options = any(map(takes_options, attribute.input_types))
    return helps.get(attribute.data_type, _("With options, the value of one.") if has_options else "")
