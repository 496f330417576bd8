import uuid

import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="UserFlow",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("name", models.CharField(max_length=64)),
                ("methods", models.JSONField()),
                ("allows_sign_up", models.BooleanField(default=True)),
                ("is_default", models.BooleanField(default=False)),
                ("created_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
            options={
                "ordering": ["name"],
                "constraints": [
                    models.UniqueConstraint(fields=("name",), name="userflows_userflow_name"),
                    models.UniqueConstraint(
                        condition=models.Q(("is_default", True)),
                        fields=("is_default",),
                        name="userflows_userflow_one_default",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("methods", []), _negated=True), name="userflows_userflow_some_method"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Journey",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("browser_digest", models.CharField(max_length=64)),
                (
                    "purpose",
                    models.CharField(
                        choices=[
                            ("sign_in", "Sign-in"),
                            ("sign_up", "Sign-up"),
                            ("reset", "Password reset"),
                            ("change", "Password change"),
                        ],
                        default="sign_in",
                        max_length=16,
                    ),
                ),
                ("return_to", models.CharField(max_length=2048)),
                ("client_id", models.CharField(blank=True, max_length=100)),
                ("application_name", models.CharField(blank=True, max_length=256)),
                ("application_look", models.JSONField(default=dict)),
                ("redirect_origins", models.JSONField(default=list)),
                ("context", models.JSONField(default=dict)),
                ("language", models.CharField(blank=True, max_length=16)),
                ("mail_language", models.CharField(blank=True, max_length=16)),
                ("email", models.CharField(blank=True, max_length=254)),
                ("typed", models.JSONField(default=dict)),
                ("client_ip", models.CharField(blank=True, max_length=45)),
                ("client_name", models.CharField(blank=True, max_length=64)),
                ("proofs", models.JSONField(default=list)),
                ("step_data", models.JSONField(default=dict)),
                ("wanted_methods", models.JSONField(default=list)),
                ("stays", models.BooleanField(default=False)),
                ("account_id", models.UUIDField(null=True)),
                ("created_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("expires_at", models.DateTimeField()),
                ("finished_at", models.DateTimeField(null=True)),
                (
                    "user_flow",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="userflows.userflow"
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["expires_at"], name="userflows_journey_expires")],
            },
        ),
        migrations.CreateModel(
            name="FlowAttribute",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("attribute", models.CharField(max_length=64)),
                ("label", models.CharField(blank=True, max_length=512)),
                ("is_required", models.BooleanField(default=False)),
                (
                    "input_type",
                    models.CharField(
                        choices=[
                            ("text", "Text box"),
                            ("number", "Number"),
                            ("checkbox", "Check box"),
                            ("radio", "Radio buttons"),
                            ("multi_check", "Check boxes, several"),
                        ],
                        default="text",
                        max_length=16,
                    ),
                ),
                ("options", models.JSONField(blank=True, default=list)),
                ("translations", models.JSONField(blank=True, default=dict)),
                ("position", models.SmallIntegerField()),
                (
                    "user_flow",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="attributes", to="userflows.userflow"
                    ),
                ),
            ],
            options={
                "ordering": ["position"],
                "constraints": [
                    models.UniqueConstraint(fields=("user_flow", "attribute"), name="userflows_flowattribute_once")
                ],
            },
        ),
    ]
