"""What several stories of customers need to be set up."""

import pytest
from django_tenants.utils import tenant_context

from accounts.identity.services.attributes import define_custom_attribute
from accounts.models import CustomAttribute
from audit.services import Actor
from tenants.models import Tenant
from userflows.flows.page_layout import AttributeLayout
from userflows.flows.services import set_page_layout
from userflows.models import UserFlow


@pytest.fixture
def many_kinds(acme: Tenant) -> None:
    """Acme's flow asks for an attribute of each kind."""
    actor = Actor.command()
    with tenant_context(acme):
        for name, kind in (("shoeSize", "Int"), ("terms", "Boolean"), ("plan", "String"), ("topics", "String")):
            define_custom_attribute(name=name, data_type=CustomAttribute.DataType(kind), actor=actor)
        layout = [
            AttributeLayout("shoeSize", label="Shoe size"),
            AttributeLayout("terms", label="I accept the [terms](https://acme.example/terms)", is_required=True),
            AttributeLayout("plan", is_required=True, input_type="radio", options=(("Free", "free"), ("Paid", "paid"))),
            AttributeLayout("topics", input_type="multi_check", options=(("News", "news"), ("Sales", "sales"))),
        ]
        set_page_layout(UserFlow.objects.get(is_default=True), layout=layout, actor=actor)
