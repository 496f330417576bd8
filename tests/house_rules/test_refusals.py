"""What a service refuses is a value: a code for programs, a field, and a sentence (`common.problems`).

Django's `ValidationError` with prose is for what Django calls itself: fields of forms, and validators.
"""

import ast

from tests.house_rules.sources import PACKAGES, modules, name, nodes

FOR_DJANGO = {"forms", "form.py", "forms.py", "judging.py", "values.py", "confirmation.py"}


def test_no_service_refuses_in_prose() -> None:
    in_prose = [
        f"{name(path)}:{node.lineno}"
        for path in modules(*PACKAGES)
        if FOR_DJANGO.isdisjoint(path.parts)
        for node in nodes(path)
        if isinstance(node, ast.Raise) and node.exc and "ValidationError" in ast.unparse(node.exc)
    ]
    assert in_prose == []


def test_no_view_takes_a_refusal_for_anything_else() -> None:
    """A view that catches `ValidationError` would lose the codes, and catch mistakes of its own."""
    caught = [
        f"{name(path)}:{node.lineno}"
        for path in modules(*PACKAGES)
        if "view" in path.name or "views" in path.parts or "commands" in path.parts
        for node in nodes(path)
        if isinstance(node, ast.ExceptHandler) and node.type and "ValidationError" in ast.unparse(node.type)
    ]
    assert caught == []
