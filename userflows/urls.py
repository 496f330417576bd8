from django.urls import URLPattern, path

from userflows.views.portal import attributes, flows

USER_FLOWS = "tenants/<slug:slug>/user-flows/"
USER_FLOW = f"{USER_FLOWS}<uuid:flow_id>/"
CUSTOM_ATTRIBUTES = f"{USER_FLOWS}custom-attributes/"

portal_urlpatterns: list[URLPattern] = [
    path(USER_FLOWS, flows.user_flows, name="userflows"),
    path(f"{USER_FLOWS}new/", flows.create, name="userflow-create"),
    path(USER_FLOW, flows.method, name="userflow"),
    path(f"{USER_FLOW}attributes/", attributes.collected, name="userflow-attributes"),
    path(f"{USER_FLOW}page-layout/", attributes.page_layout, name="userflow-layout"),
    path(f"{USER_FLOW}delete/", flows.delete, name="userflow-delete"),
    path(CUSTOM_ATTRIBUTES, attributes.custom_attributes, name="custom-attributes"),
    path(
        f"{CUSTOM_ATTRIBUTES}<uuid:attribute_id>/delete/", attributes.delete_attribute, name="custom-attribute-delete"
    ),
]
customer_urlpatterns: list[URLPattern] = []
