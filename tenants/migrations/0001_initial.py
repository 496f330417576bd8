import uuid

import django.db.models.deletion
import django.db.models.functions.datetime
import django_tenants.postgresql_backend.base
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="InstallationEvent",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("action", models.CharField(max_length=64)),
                (
                    "result",
                    models.CharField(
                        choices=[("success", "Success"), ("failure", "Failure")], default="success", max_length=8
                    ),
                ),
                ("reason", models.CharField(blank=True, max_length=32)),
                ("actor_kind", models.CharField(max_length=16)),
                ("actor_id", models.CharField(blank=True, max_length=64)),
                ("actor_name", models.CharField(blank=True, max_length=320)),
                ("target_kind", models.CharField(blank=True, max_length=32)),
                ("target_id", models.CharField(blank=True, max_length=64)),
                ("target_name", models.CharField(blank=True, max_length=320)),
                ("ip", models.GenericIPAddressField(null=True)),
                ("browser", models.CharField(blank=True, max_length=64)),
                ("request_id", models.UUIDField(null=True)),
                ("details", models.JSONField(default=dict)),
            ],
            options={
                "indexes": [models.Index(fields=["-at"], name="tenants_installation_at")],
            },
        ),
        migrations.CreateModel(
            name="Tenant",
            fields=[
                (
                    "schema_name",
                    models.CharField(
                        db_index=True,
                        max_length=63,
                        unique=True,
                        validators=[django_tenants.postgresql_backend.base._check_schema_name],
                    ),
                ),
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("name", models.CharField(max_length=256)),
                ("slug", models.CharField(max_length=26, unique=True, verbose_name="domain")),
                ("country", models.CharField(blank=True, max_length=2, verbose_name="country or region")),
                ("is_home", models.BooleanField(default=False)),
                (
                    "state",
                    models.CharField(
                        choices=[("active", "Active"), ("suspended", "Suspended"), ("deleted", "Deleted")],
                        default="active",
                        max_length=16,
                    ),
                ),
                ("migration_state", models.CharField(max_length=64)),
                ("created_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("deleted_at", models.DateTimeField(null=True)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("is_home", True)), fields=("is_home",), name="tenants_tenant_one_home"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("schema_name__regex", "^t_[a-z2-7]{20}$")),
                        name="tenants_tenant_schema_name",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("slug__regex", "^[a-z0-9]{1,26}$")), name="tenants_tenant_slug"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Membership",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("account_id", models.UUIDField(db_index=True)),
                ("created_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                (
                    "tenant",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="memberships", to="tenants.tenant"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("tenant", "account_id"), name="tenants_membership_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="Domain",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("domain", models.CharField(db_index=True, max_length=253, unique=True)),
                ("is_primary", models.BooleanField(default=False)),
                (
                    "tenant",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="domains", to="tenants.tenant"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("is_primary", True)), fields=("tenant",), name="tenants_domain_one_primary"
                    )
                ],
            },
        ),
    ]
