"""What is thrown away with the rows of a page layout that are no longer wanted, told before it happens."""

from collections.abc import Collection, Iterable

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from branding.languages.every import name_of_any_language
from userflows.flows.collectable import collectable_attributes
from userflows.flows.rows import layout_of, without_more
from userflows.models import FlowAttribute


def removed_settings(rows: Iterable[FlowAttribute], *, wanted: Collection[str]) -> list[str]:
    """A line for each row that goes and says anything of its own; ticked again, it would begin anew."""
    known = collectable_attributes()
    lines = []
    for row in rows:
        attribute = known.get(row.attribute)
        if attribute is None or row.attribute in wanted:
            continue
        own = _own_settings(row, usual=attribute.input_types[0])
        if own:
            lines.append(f"{attribute.label}: {', '.join(own)}.")
    return lines


def _own_settings(row: FlowAttribute, *, usual: str) -> list[str]:
    count = len(row.options)
    languages = ", ".join(sorted(name_of_any_language(code) for code in row.translations))
    said = {
        _("the label “%(label)s”") % {"label": row.label}: row.label,
        _("the input type %(type)s") % {"type": row.get_input_type_display()}: row.input_type != usual,
        ngettext("%(number)d option", "%(number)d options", count) % {"number": count}: count,
        _("that it is required"): row.is_required,
        _("all that is below “More”"): layout_of(row) != without_more(layout_of(row)),
        _("the texts in %(languages)s") % {"languages": languages}: languages,
    }
    return [words for words, is_said in said.items() if is_said]
