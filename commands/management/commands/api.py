from typing import Any

from applications.description import Scope
from applications.models import ApiScope, Application
from applications.services.apis import add_api_scope, delete_api_scope
from applications.services.application import change_application
from applications.services.permissions import grant_for_all, revoke_grant_for_all
from audit.services import Actor
from commands.answers import Answer, VerbCommand
from commands.named import add_application_options, application_named, role_named, scope_named, serving

COMMAND = Actor.command()


class Command(VerbCommand):
    help = "Expose an application as an API, and permit others to call it."

    def add_verbs(self) -> None:
        expose = self.verb("expose", self.expose, summary="give an application a name as an API")
        add_application_options(expose)
        expose.add_argument("--identifier-uri", required=True, help='api://… or https://…; "" makes it none')
        scope = self.verb("add-scope", self.add_scope, summary="let an API offer a scope")
        add_application_options(scope)
        scope.add_argument("--name", required=True, help="such as orders.read; it never changes")
        scope.add_argument("--display-name", required=True, help="for administrators, such as Read orders")
        scope.add_argument("--description", default="")
        scope.add_argument("--customer-display-name", default="", help="what customers read when they are asked")
        scope.add_argument("--customer-description", default="")
        scope.add_argument("--consenter", choices=ApiScope.Consenter.values, default=ApiScope.Consenter.ANYBODY)
        delete = self.verb("delete-scope", self.delete_scope, summary="let an API offer a scope no more")
        delete.add_argument("--tenant", required=True, metavar="DOMAIN")
        delete.add_argument("--scope", required=True, help="its full name: <identifier URI>/<name>")
        show = self.verb("show", self.show, summary="what an application offers and may ask for")
        add_application_options(show)
        permit = self.verb("permit", self.permit, summary="let an application ask for scopes and have roles")
        add_application_options(permit)
        permit.add_argument("--scope", action="append", default=[], help="a full name; may be repeated")
        permit.add_argument(
            "--role", action="append", default=[], help="<identifier URI>/<value>, for a service; may be repeated"
        )
        for name, run, summary in (
            ("ask-customers", self.ask, "ask each customer of an application for consent"),
            ("ask-nobody", self.ask_nobody, "ask no customer of an application"),
            ("grant", self.grant, "consent for every customer to what an application may ask for now"),
            ("revoke-grant", self.revoke_grant, "take that consent back"),
        ):
            add_application_options(self.verb(name, run, summary=summary))

    def expose(self, options: dict[str, Any]) -> Answer:
        with serving(options["tenant"]):
            application = application_named(options["client_id"])
            change_application(application, identifier_uri=options["identifier_uri"], actor=COMMAND)
            return _about(application)

    def add_scope(self, options: dict[str, Any]) -> Answer:
        words = ("name", "display_name", "description", "customer_display_name", "customer_description", "consenter")
        with serving(options["tenant"]):
            application = application_named(options["client_id"])
            add_api_scope(application, Scope(**{name: options[name] for name in words}), actor=COMMAND)
            return _about(application)

    def delete_scope(self, options: dict[str, Any]) -> Answer:
        with serving(options["tenant"]):
            scope = scope_named(options["scope"])
            delete_api_scope(scope.application, scope.name, actor=COMMAND)
            return _about(scope.application)

    def show(self, options: dict[str, Any]) -> Answer:
        with serving(options["tenant"]):
            return _about(application_named(options["client_id"]))

    def permit(self, options: dict[str, Any]) -> Answer:
        with serving(options["tenant"]):
            application = application_named(options["client_id"])
            roles = []
            for name in options["role"]:
                api, _, value = name.rpartition("/")
                owner = Application.objects.filter(identifier_uri=api).exclude(identifier_uri="").first()
                roles.append(role_named(owner or application, value))
            scopes = [scope_named(name) for name in options["scope"]]
            change_application(
                application,
                permitted_scopes=tuple(each.pk for each in scopes),
                permitted_roles=tuple(each.pk for each in roles),
                actor=COMMAND,
            )
            return _about(application)

    def ask(self, options: dict[str, Any]) -> Answer:
        with serving(options["tenant"]):
            application = application_named(options["client_id"])
            change_application(application, asks_for_consent=True, actor=COMMAND)
            return _about(application)

    def ask_nobody(self, options: dict[str, Any]) -> Answer:
        with serving(options["tenant"]):
            application = application_named(options["client_id"])
            change_application(application, asks_for_consent=False, actor=COMMAND)
            return _about(application)

    def grant(self, options: dict[str, Any]) -> Answer:
        with serving(options["tenant"]):
            application = application_named(options["client_id"])
            grant_for_all(application, actor=COMMAND)
            return _about(application)

    def revoke_grant(self, options: dict[str, Any]) -> Answer:
        with serving(options["tenant"]):
            application = application_named(options["client_id"])
            revoke_grant_for_all(application, actor=COMMAND)
            return _about(application)


def _about(application: Application) -> Answer:
    permissions = application.scope_permissions.select_related("scope__application").order_by("scope__name")
    roles = application.role_permissions.select_related("role__application").order_by("role__value")
    granted_at = application.standard_scopes_granted_at
    facts = {
        "client_id": application.client_id,
        "identifier_uri": application.identifier_uri,
        "scopes": [scope.full_name for scope in application.api_scopes.all()] if application.identifier_uri else [],
        "permitted_scopes": {each.scope.full_name: each.granted_at is not None for each in permissions},
        "permitted_roles": [f"{each.role.application.identifier_uri}/{each.role.value}" for each in roles],
        "asks_for_consent": application.asks_for_consent,
        "granted_for_all_at": granted_at.isoformat() if granted_at else None,
    }
    lines = [f"{name.replace('_', ' ')}: {value or '-'}" for name, value in facts.items()]
    return Answer(facts, "\n".join(lines))
