"""A public class has a name of its own, so that its name alone says which one is meant."""

import ast
from collections import Counter

from tests.house_rules.sources import modules, tree

# Django finds a command by this name in its module.
BY_CONVENTION = {"Command"}

# Each name that stands more than once is here on purpose. Whoever adds one has looked whether a plainer one is there:
# `SentenceRow` rather than one more `Row`.
TABLES = {"AccessToken", "Branding", "Delivery"}  # a model, whose table is called so
FORMS = {"AddressField", "AddressForm", "FileForm", "PasswordForm", "ProfileForm", "ProviderForm", "RoleForm"}
"""Forms, which their own page alone shows: one for customers and one for administrators, or one for each package."""
ROOMS = set(
    "Body Change Filter Job Outcome Page Part Picture Proof Sheet Shown SignIn Sought Step Stretch Tile Transport "
    "Way".split()
)
"""What a module or its room deals with. Who imports one from elsewhere says by that which room's it is."""
TWICE = TABLES | FORMS | ROOMS


def _names() -> Counter[str]:
    """How often each public class of a module is called so."""
    return Counter(
        node.name
        for path in modules()
        for node in tree(path).body
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_")
    )


def test_a_class_has_a_name_of_its_own() -> None:
    doubles = {name for name, times in _names().items() if times > 1}
    assert doubles - BY_CONVENTION - TWICE == set()


def test_no_name_is_exempt_that_stands_once() -> None:
    names = _names()
    assert {name for name in BY_CONVENTION | TWICE if names[name] < 2} == set()
