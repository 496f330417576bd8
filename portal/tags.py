"""The tags `figure_names`: what codes of events are called on pages."""

from django import template

from portal.figure_names import step_names

register = template.Library()


@register.filter
def step_name(step: str) -> str:
    """A step as customers know it."""
    return step_names([step])
