import django.db.models.functions.datetime
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Event",
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
                (
                    "category",
                    models.CharField(
                        choices=[("activity", "Activity"), ("administration", "Administration")], max_length=16
                    ),
                ),
                ("account_id", models.UUIDField(null=True)),
                ("client_id", models.CharField(blank=True, max_length=100)),
                ("application", models.CharField(blank=True, max_length=320)),
                ("user_flow", models.CharField(blank=True, max_length=64)),
                ("method", models.CharField(blank=True, max_length=32)),
            ],
            options={
                "indexes": [
                    models.Index(fields=["category", "-at", "-id"], name="audit_event_category"),
                    models.Index(
                        condition=models.Q(("account_id__isnull", False)),
                        fields=["account_id", "-at", "-id"],
                        name="audit_event_account",
                    ),
                    models.Index(
                        condition=models.Q(("result", "failure")),
                        fields=["client_id", "-at", "-id"],
                        name="audit_event_app_failures",
                    ),
                    models.Index(
                        condition=models.Q(("ip__isnull", False)), fields=["ip", "-at", "-id"], name="audit_event_ip"
                    ),
                    models.Index(
                        condition=models.Q(("request_id__isnull", False)),
                        fields=["request_id"],
                        name="audit_event_request",
                    ),
                    models.Index(
                        condition=models.Q(("actor_kind", "administrator")),
                        fields=["actor_id", "-at", "-id"],
                        name="audit_event_administrator",
                    ),
                ],
            },
        ),
    ]
