"""What is told of a brand's own CSS to a program."""

from typing import Any

from branding.brands.lookup import layers_in, read_drafts, read_published
from branding.look import pages_to_judge
from branding.models import Theme
from branding.styles.contrast import judge
from branding.styles.reading import read_sheet


def judged_css(locale: str, theme: Theme | None) -> dict[str, Any]:
    """What pages don't use of the draft's CSS for a locale, as `left_out`, and what of it can't be read, as `contrast`;
    neither where there is nothing. `more` are those that aren't told, `is_judged_in_part` says so where it is, and
    `on_picture` names the parts that stand on a picture.
    """
    own = read_drafts().of(theme)
    css = own[locale].custom_css
    layers = layers_in(locale, tenant=read_published().tenant, theme=own) if theme else layers_in(locale, tenant=own)
    judged = judge(css, pages_to_judge(layers))
    facts = {
        "left_out": [vars(each) for each in read_sheet(css).left_out],
        "contrast": [
            {
                **{name: getattr(each, name) for name in ("selector", "scheme", "front", "back", "needed", "fix")},
                "line": each.place.line,
                "part": each.name,
                "ratio": round(each.ratio, 2),
            }
            for each in judged.faint
        ],
        "more": judged.more,
        "is_judged_in_part": not judged.is_whole,
        "on_picture": judged.on_picture,
    }
    return {name: each for name, each in facts.items() if each}
