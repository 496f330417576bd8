"""What is thrown away with the rows of a page layout that are no longer wanted, told before it happens."""

from collections.abc import Collection, Iterable

from common.text.languages import english_name
from userflows.flows.collectable import collectable_attributes
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
    languages = ", ".join(sorted(english_name(code) for code in row.translations))
    said = {
        f"the label “{row.label}”": row.label,
        f"the input type {row.get_input_type_display()}": row.input_type != usual,
        f"{count} option{'' if count == 1 else 's'}": count,
        "that it is required": row.is_required,
        f"the texts in {languages}": languages,
    }
    return [words for words, is_said in said.items() if is_said]
