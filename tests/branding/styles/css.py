"""A style sheet as browsers load it, to be compared with what was typed."""

from branding.styles.writing import GUARD, css_of


def written(source: str) -> str:
    """What browsers load of it, without what pages add."""
    return css_of(source).partition(GUARD)[0].replace(".styled.styled ", "").strip()
