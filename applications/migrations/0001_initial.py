import uuid

import django.db.models.deletion
import django.db.models.functions.datetime
import oauth2_provider.generators
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("accounts", "0001_initial"),
        ("userflows", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Application",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                (
                    "client_id",
                    models.CharField(
                        db_index=True,
                        default=oauth2_provider.generators.generate_client_id,
                        max_length=255,
                        unique=True,
                        verbose_name="client ID",
                    ),
                ),
                (
                    "redirect_uris",
                    models.TextField(
                        blank=True, help_text="Allowed URIs list, space separated", verbose_name="redirect URIs"
                    ),
                ),
                (
                    "post_logout_redirect_uris",
                    models.TextField(
                        blank=True,
                        default="",
                        help_text="Allowed Post Logout URIs list, space separated",
                        verbose_name="post logout redirect URIs",
                    ),
                ),
                (
                    "client_type",
                    models.CharField(
                        choices=[("confidential", "Confidential"), ("public", "Public")],
                        max_length=32,
                        verbose_name="client type",
                    ),
                ),
                (
                    "authorization_grant_type",
                    models.CharField(
                        choices=[
                            ("authorization-code", "Authorization code"),
                            ("urn:ietf:params:oauth:grant-type:device_code", "Device Code"),
                            ("implicit", "Implicit"),
                            ("password", "Resource owner password-based"),
                            ("client-credentials", "Client credentials"),
                            ("openid-hybrid", "OpenID connect hybrid"),
                        ],
                        max_length=44,
                        verbose_name="authorization grant type",
                    ),
                ),
                ("hash_client_secret", models.BooleanField(default=True, verbose_name="hash client secret")),
                ("name", models.CharField(blank=True, max_length=255, verbose_name="name")),
                ("skip_authorization", models.BooleanField(default=False, verbose_name="skip authorization")),
                ("created", models.DateTimeField(auto_now_add=True, verbose_name="created")),
                ("updated", models.DateTimeField(auto_now=True, verbose_name="updated")),
                (
                    "algorithm",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("", "No OIDC support"),
                            ("RS256", "RSA with SHA-2 256"),
                            ("HS256", "HMAC with SHA-2 256"),
                        ],
                        default="",
                        max_length=5,
                        verbose_name="algorithm",
                    ),
                ),
                (
                    "allowed_origins",
                    models.TextField(
                        blank=True,
                        default="",
                        help_text="Allowed origins list to enable CORS, space separated",
                        verbose_name="allowed origins",
                    ),
                ),
                (
                    "registration_source",
                    models.CharField(
                        choices=[
                            ("manual", "Manual"),
                            ("dcr", "Dynamic Client Registration"),
                            ("cimd", "Client ID Metadata Document"),
                        ],
                        default="manual",
                        help_text="How this application was registered (manual, DCR per RFC 7591, or CIMD)",
                        max_length=32,
                        verbose_name="registration source",
                    ),
                ),
                (
                    "cimd_expires_at",
                    models.DateTimeField(
                        blank=True,
                        default=None,
                        help_text="When the cached Client ID Metadata Document should be re-fetched",
                        null=True,
                        verbose_name="CIMD expires at",
                    ),
                ),
                ("client_secret", models.CharField(blank=True, default="", editable=False, max_length=1)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("web", "Web application"),
                            ("spa", "Single-page application"),
                            ("native", "Mobile or desktop application"),
                            ("service", "Service"),
                        ],
                        max_length=16,
                    ),
                ),
                (
                    "auth_method",
                    models.CharField(
                        choices=[
                            ("client_secret_basic", "Client secret in the header (client_secret_basic)"),
                            ("client_secret_post", "Client secret in the body (client_secret_post)"),
                            ("private_key_jwt", "Key pair (private_key_jwt)"),
                            ("none", "None (public client)"),
                        ],
                        max_length=32,
                    ),
                ),
                ("jwks", models.TextField(blank=True, default="")),
                ("jwks_uri", models.CharField(blank=True, default="", max_length=2048)),
                ("requires_pkce", models.BooleanField(default=True)),
                ("requires_pushed_requests", models.BooleanField(default=False)),
                ("grants", models.TextField()),
                ("scopes", models.TextField(blank=True)),
                ("backchannel_logout_uri", models.CharField(blank=True, default="", max_length=256)),
                ("backchannel_logout_session_required", models.BooleanField(default=True)),
                ("frontchannel_logout_uri", models.CharField(blank=True, default="", max_length=256)),
                ("frontchannel_logout_session_required", models.BooleanField(default=True)),
                ("identifier_uri", models.CharField(blank=True, default="", max_length=200)),
                ("asks_for_consent", models.BooleanField(default=False)),
                ("standard_scopes_granted_at", models.DateTimeField(null=True)),
                ("standard_scopes_granted_by", models.CharField(blank=True, default="", max_length=254)),
                ("client_uri", models.CharField(blank=True, default="", max_length=256)),
                ("policy_uri", models.CharField(blank=True, default="", max_length=256)),
                ("tos_uri", models.CharField(blank=True, default="", max_length=256)),
                ("initiate_login_uri", models.CharField(blank=True, default="", max_length=256)),
                ("logo_uri", models.CharField(blank=True, default="", max_length=2048)),
                ("registered_dynamically", models.BooleanField(default=False)),
                ("requires_dpop", models.BooleanField(default=False)),
                ("id_token_tells_customer", models.BooleanField(default=False)),
                ("access_token_minutes", models.PositiveSmallIntegerField(default=60)),
                ("id_token_minutes", models.PositiveSmallIntegerField(default=60)),
                ("refresh_idle_days", models.PositiveSmallIntegerField(default=14)),
                ("refresh_absolute_days", models.PositiveSmallIntegerField(default=90)),
                ("refresh_grace_seconds", models.PositiveSmallIntegerField(default=0)),
                ("id_token_algorithm", models.CharField(default="RS256", max_length=8)),
                ("access_token_algorithm", models.CharField(default="ES256", max_length=8)),
                ("userinfo_algorithm", models.CharField(default="none", max_length=8)),
                (
                    "user",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="%(app_label)s_%(class)s",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="user",
                    ),
                ),
                (
                    "user_flow",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="applications",
                        to="userflows.userflow",
                    ),
                ),
            ],
            options={
                "ordering": ["name"],
            },
        ),
        migrations.CreateModel(
            name="ApiScope",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("name", models.CharField(max_length=120)),
                ("display_name", models.CharField(max_length=120)),
                ("description", models.CharField(blank=True, max_length=500)),
                ("customer_display_name", models.CharField(blank=True, max_length=120)),
                ("customer_description", models.CharField(blank=True, max_length=500)),
                ("translations", models.JSONField(default=dict)),
                (
                    "consenter",
                    models.CharField(
                        choices=[
                            ("anybody", "Customers and administrators"),
                            ("administrators", "Administrators only"),
                        ],
                        default="anybody",
                        max_length=16,
                    ),
                ),
                ("is_enabled", models.BooleanField(default=True)),
                ("created_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                (
                    "application",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="api_scopes",
                        to=settings.OAUTH2_PROVIDER_APPLICATION_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["name"],
            },
        ),
        migrations.CreateModel(
            name="AppRole",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("value", models.CharField(max_length=120)),
                ("display_name", models.CharField(max_length=120)),
                ("description", models.CharField(blank=True, max_length=500)),
                ("for_customers", models.BooleanField(default=True)),
                ("for_services", models.BooleanField(default=False)),
                ("is_enabled", models.BooleanField(default=True)),
                (
                    "application",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="roles",
                        to=settings.OAUTH2_PROVIDER_APPLICATION_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["value"],
            },
        ),
        migrations.CreateModel(
            name="ClaimRule",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("name", models.CharField(max_length=120)),
                (
                    "source",
                    models.CharField(
                        choices=[
                            ("attribute", "Attribute of the customer"),
                            ("roles", "Roles the customer has here"),
                            ("groups", "Groups the customer is in"),
                            ("constant", "Always the same text"),
                        ],
                        max_length=16,
                    ),
                ),
                ("value", models.CharField(blank=True, max_length=250)),
                ("scope", models.CharField(blank=True, max_length=120)),
                ("in_id_token", models.BooleanField(default=False)),
                ("in_access_token", models.BooleanField(default=False)),
                ("in_userinfo", models.BooleanField(default=False)),
                (
                    "application",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="claim_rules",
                        to=settings.OAUTH2_PROVIDER_APPLICATION_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["name"],
            },
        ),
        migrations.CreateModel(
            name="ClientSecret",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("description", models.CharField(blank=True, max_length=128)),
                ("digest", models.CharField(max_length=64)),
                ("hint", models.CharField(max_length=8)),
                ("created_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("expires_at", models.DateTimeField()),
                (
                    "application",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="secrets",
                        to=settings.OAUTH2_PROVIDER_APPLICATION_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["created_at"],
            },
        ),
        migrations.CreateModel(
            name="RoleAssignment",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                (
                    "account",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "group",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="accounts.group"
                    ),
                ),
                (
                    "role",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="assignments",
                        to="applications.approle",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="RolePermission",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "application",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="role_permissions",
                        to=settings.OAUTH2_PROVIDER_APPLICATION_MODEL,
                    ),
                ),
                (
                    "role",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="applications.approle"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="ScopePermission",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("granted_at", models.DateTimeField(null=True)),
                ("granted_by", models.CharField(blank=True, max_length=254)),
                (
                    "application",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="scope_permissions",
                        to=settings.OAUTH2_PROVIDER_APPLICATION_MODEL,
                    ),
                ),
                (
                    "scope",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="applications.apiscope"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="ApplicationLogo",
            fields=[
                (
                    "application",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="logo",
                        serialize=False,
                        to=settings.OAUTH2_PROVIDER_APPLICATION_MODEL,
                    ),
                ),
                ("content", models.BinaryField()),
                ("content_type", models.CharField(max_length=32)),
                ("width", models.PositiveSmallIntegerField()),
                ("height", models.PositiveSmallIntegerField()),
                ("digest", models.CharField(max_length=64)),
            ],
            options={
                "indexes": [models.Index(fields=["digest"], name="applications_logo_digest")],
            },
        ),
        migrations.AddConstraint(
            model_name="application",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind", "service"), ("user_flow__isnull", False), _connector="OR"),
                name="applications_application_has_a_flow",
            ),
        ),
        migrations.AddConstraint(
            model_name="application",
            constraint=models.UniqueConstraint(
                condition=models.Q(("identifier_uri", ""), _negated=True),
                fields=("identifier_uri",),
                name="applications_application_identifier",
            ),
        ),
        migrations.AddConstraint(
            model_name="application",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("auth_method", "private_key_jwt"), models.Q(("jwks", ""), ("jwks_uri", ""), _connector="XOR")
                    ),
                    models.Q(
                        models.Q(("auth_method", "private_key_jwt"), _negated=True), ("jwks", ""), ("jwks_uri", "")
                    ),
                    _connector="OR",
                ),
                name="applications_application_keys_of_a_key_pair",
            ),
        ),
        migrations.AddConstraint(
            model_name="apiscope",
            constraint=models.UniqueConstraint(fields=("application", "name"), name="applications_apiscope_name"),
        ),
        migrations.AddConstraint(
            model_name="approle",
            constraint=models.UniqueConstraint(fields=("application", "value"), name="applications_approle_value"),
        ),
        migrations.AddConstraint(
            model_name="claimrule",
            constraint=models.UniqueConstraint(fields=("application", "name"), name="applications_claimrule_name"),
        ),
        migrations.AddConstraint(
            model_name="roleassignment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("account__isnull", False), ("group__isnull", True)),
                    models.Q(("account__isnull", True), ("group__isnull", False)),
                    _connector="OR",
                ),
                name="applications_roleassignment_one",
            ),
        ),
        migrations.AddConstraint(
            model_name="roleassignment",
            constraint=models.UniqueConstraint(fields=("role", "account"), name="applications_roleassignment_account"),
        ),
        migrations.AddConstraint(
            model_name="roleassignment",
            constraint=models.UniqueConstraint(fields=("role", "group"), name="applications_roleassignment_group"),
        ),
        migrations.AddConstraint(
            model_name="rolepermission",
            constraint=models.UniqueConstraint(fields=("application", "role"), name="applications_rolepermission_once"),
        ),
        migrations.AddConstraint(
            model_name="scopepermission",
            constraint=models.UniqueConstraint(
                fields=("application", "scope"), name="applications_scopepermission_once"
            ),
        ),
    ]
