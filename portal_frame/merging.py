"""Forms that two people may have open at once: what each of them changes stays, field by field."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy

from common.versions import version_of
from portal_frame.forms import PortalForm

CLASH = gettext_lazy(
    "This was changed elsewhere as well. Save again to keep what you entered, or choose what is saved by now."
)
TAKE_THEIRS = "theirs"
"""What names the fields that are to be as somebody else has made them."""
_SHORT = 8


class MergedForm(PortalForm):
    """A form about something kept that notices field by field what was changed since it was shown.

    What somebody else has changed meanwhile, and this form hasn't, is as theirs, and `merged` names it. What both have
    changed is `clashing`: the form isn't valid, and has what was typed; sent once more, it replaces theirs. `touched`
    are the fields that this form changes; all, where it doesn't say what it has seen. `kept` is the state by field
    name; the form is filled in with `initial`, or with all of it.
    """

    seen = forms.CharField(required=False, widget=forms.HiddenInput())

    def __init__(
        self,
        data: QueryDict | None = None,
        *,
        kept: Mapping[str, Any],
        initial: Mapping[str, Any] | None = None,
        **kwargs: Any,
    ) -> None:
        self.kept = kept
        self.current = " ".join(f"{name}:{_version(value)}" for name, value in kept.items())
        shown = kept if initial is None else initial
        super().__init__(data, initial={**shown, "seen": self.current}, **kwargs)
        self.touched, self.merged, self.clashing = set(kept), list[str](), list[str]()
        if isinstance(data, QueryDict) and data.get("seen"):
            self._merge(data.copy(), _read(str(data["seen"])), theirs=data.getlist(TAKE_THEIRS))

    def is_changed(self, name: str, version: str) -> bool:
        """Whether what was sent for this field isn't what was seen in this version."""
        return _version(self[name].data) != version

    def fill_in(self, data: QueryDict, name: str) -> None:
        """Let what was sent be what is kept by now."""
        data[name] = self.kept[name]

    def clean(self) -> dict[str, Any]:
        """Say of each field that clashes that it does."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        cleaned.pop("seen", None)
        for name in self.clashing:
            self.add_error(name, CLASH)
        return cleaned

    def _merge(self, data: QueryDict, seen: Mapping[str, str], *, theirs: list[str]) -> None:
        self.touched = {name for name in self.kept if self.is_changed(name, seen.get(name, "")) and name not in theirs}
        for name, value in self.kept.items():
            is_theirs = _version(value) != seen.get(name, "")
            if name in theirs or (is_theirs and name not in self.touched):
                self.fill_in(data, name)
            if is_theirs and name in self.touched and self.is_changed(name, _version(value)):
                self.clashing.append(name)
            elif is_theirs:
                self.merged.append(name)
        data["seen"] = self.current
        self.data = data


def _version(value: Any) -> str:
    """A short name for a value, the same as it is kept and as browsers send it."""
    plain = {name: str(part) for name, part in value.items()} if isinstance(value, Mapping) else str(value or "")
    return version_of(plain if isinstance(plain, dict) else plain.replace("\r\n", "\n").strip())[:_SHORT]


def _read(seen: str) -> Mapping[str, str]:
    """The versions by field."""
    return {name: version for name, _, version in (each.partition(":") for each in seen.split())}
