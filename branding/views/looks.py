"""What the form of a branding tells of its colours: how well they can be read, and which go with the logo."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl, urlencode

from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from branding.brands.fallback import Layer, found
from branding.description import COLORED, BrandingValues
from branding.forms.brandings import BrandingForm
from branding.look import fields_of_style_sheet, pages_to_judge, shown
from branding.looks.choices import DARK, LIGHT
from branding.looks.colors import COLORS
from branding.looks.contrast import BUTTON, BUTTON_TEXT, LINK, OUTSIDE, TEXT, Pair, pairs_by_scheme
from branding.looks.proposals import proposals
from branding.models import BrandingImage
from branding.pictures.encoding import colors_of
from branding.pictures.images import in_words
from branding.policies import color_problem, custom_css_problem
from branding.preview.drafts import draft_of
from branding.styles.contrast import Faint, Judged, judge, mended
from branding.styles.sheet import SourcePosition
from branding.telling.logos import LOGOS, content_in, faint_logos
from common.text.texts import shortened
from portal_frame.pages import PortalRequest

_SCHEMES = {LIGHT: pgettext_lazy("look", "Light"), DARK: pgettext_lazy("look", "Dark")}
_PAIRS = {
    TEXT: gettext_lazy("Text on the card"),
    BUTTON_TEXT: gettext_lazy("Text on buttons"),
    BUTTON: gettext_lazy("Buttons on the card"),
    LINK: gettext_lazy("Links on the card"),
    OUTSIDE: gettext_lazy("Text on the background"),
}


# What a button names that mends CSS: where something is typed, what, and what shall stand there; or a rule to add.
_AT, _TYPED, _FIXED, _ADDED = "css_at", "css_typed", "css_fixed", "css_added"
_CLASH = gettext_lazy(
    "No colour can be read on both %(dark)s and %(light)s. Style the parts on one of them in a rule of their own."
)
_SHARED = gettext_lazy(
    "No one colour here suits everything it is used for. Give the parts that share it colours in rules of their own."
)
_MOST_NAMED = 3


def sent_with_use(request: PortalRequest) -> QueryDict:
    """What was sent, with the colours in it of a button that proposes some: `use` names fields as a query does, or
    what to type where in the CSS.
    """
    if "use" not in request.POST:
        return request.POST
    data = request.POST.copy()
    used = dict(parse_qsl(request.POST["use"]))
    for name, color in used.items():
        if name in COLORED:
            data[name] = color
    if used.keys() & {_ADDED, _FIXED}:
        data["custom_css"] = _css_with(data.get("custom_css", ""), used)
    return data


def _css_with(css: str, used: Mapping[str, str]) -> str:
    line, _, column = used.get(_AT, "").partition(":")
    if line.isdecimal() and column.isdecimal():
        return mended(css, SourcePosition(int(line[:9]), int(column[:9])), used.get(_TYPED, ""), used.get(_FIXED, ""))
    return css + used.get(_ADDED, "")


def as_typed(form: BrandingForm) -> BrandingValues:
    """What the form's branding would set, with the logos that were chosen. A card that wouldn't be saved is in it, so
    that it can be judged.
    """
    if not form.is_bound:
        return form.own
    form.is_valid()
    # Other pictures aren't judged, and a background takes long to decode.
    logos = {kind: upload for kind, upload in form.images.items() if kind in LOGOS}
    crops = {kind: crop for kind, crop in form.crops.items() if kind in LOGOS}
    typed = draft_of(form.own, fields=form.values, images=logos, crops=crops)
    return replace(
        typed, **{name: form.values[name] for name in COLORS if not color_problem(form.values.get(name, ""))}
    )


def look_context(form: BrandingForm, typed: BrandingValues, layers: Sequence[Layer]) -> dict[str, Any]:
    """The colours as they would be shown, how well they are told apart, and those that go with the logo."""
    effective = {name: shown(layers, name).value for name in COLORS}
    for name, color in effective.items():
        # A dark colour that is left empty follows from the light one beside it.
        form.fields[name].widget.attrs["placeholder"] = color or pgettext("background", "None")
    pairs = pairs_by_scheme(fields_of_style_sheet(layers))
    return {
        "image_limits": in_words(),
        "effective": {name: color or effective["surface_color"] for name, color in effective.items()},
        "faint": {kind: (pair, urlencode({pair.field: pair.fix})) for kind, pair in faint_logos(typed, layers).items()},
        "schemes": [{"name": name, "title": _SCHEMES[name], "pairs": _told(each)} for name, each in pairs.items()],
        **_css_judged(form, layers),
        "proposals": [{"colors": fields, "use": urlencode(fields)} for fields in proposals(_palette(layers))],
    }


def _told(pairs: Sequence[Pair]) -> list[tuple[Pair, Any, str, str]]:
    """Each with its name, what is done about it meanwhile, and what its button sends."""
    return [(pair, _PAIRS[pair.name], _meanwhile(pair), urlencode({pair.field: pair.fix})) for pair in pairs]


def _meanwhile(pair: Pair) -> str:
    if pair.holds:
        return ""
    needed = _("%(needed)s:1 is needed.") % {"needed": f"{pair.needed:g}"}
    done = {
        TEXT: _("A card of this colour isn’t saved."),
        BUTTON: _("They get an outline."),
        LINK: _("They are shown in %(color)s.") % {"color": pair.shown},
    }
    return f"{needed} {done[pair.name]}"


def _css_judged(form: BrandingForm, layers: Sequence[Layer]) -> dict[str, Any]:
    """What can't be read of the CSS that the form shows, by scheme likewise, and of what that isn't known."""
    css = str(form["custom_css"].value() or "")
    if not css or custom_css_problem(css):
        return {}
    pages = pages_to_judge(layers)
    judged = judge(css, pages)
    schemes = [
        {"name": scheme, "title": _SCHEMES[scheme], "pairs": told}
        for scheme in pages
        if (told := [_told_of_css(pair) for pair in judged.faint if pair.scheme == scheme])
    ]
    return {"css_schemes": schemes, "css_judged": judged, "on_picture": _named(judged)}


def _named(judged: Judged) -> str:
    """The first of the parts that stand on a picture."""
    names = judged.on_picture
    return ", ".join([*names[:_MOST_NAMED], *(["…"] if names[_MOST_NAMED:] else [])])


def _told_of_css(pair: Faint) -> tuple[Pair, str, str, str]:
    where = _("Line %(line)s: %(reason)s") % {"line": pair.place.line, "reason": shortened(pair.selector)}
    needed = _("%(needed)s:1 is needed.") % {"needed": f"{pair.needed:g}"}
    seen = _("%(front)s on %(back)s.") % {"front": pair.front, "back": pair.back}
    part = f"{pair.name}: " if pair.name != pair.selector else ""
    why = ""
    if not pair.fix:
        why = f" {_CLASH % {'dark': pair.clash[0], 'light': pair.clash[1]} if pair.clash else _SHARED}"
    at = f"{pair.place.line}:{pair.place.column}"
    use = {_ADDED: pair.rule} if pair.rule else {_AT: at, _TYPED: pair.typed, _FIXED: pair.fix}
    return pair, where, f"{part}{seen} {needed}{why}", urlencode(use)


def _palette(layers: Sequence[Layer]) -> Sequence[str]:
    """The colours of the logo that pages show, or would show if the one that was chosen were saved."""
    logo = found(layers, BrandingImage.Kind.BANNER_LOGO).value
    if logo is None:
        return ()
    if content := content_in(logo):
        return colors_of(content)
    rows = BrandingImage.objects.with_digest(logo.url.rpartition("/")[2])
    return rows.values_list("palette", flat=True).first() or ()
