import uuid

import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Hook",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("name", models.CharField(max_length=64)),
                ("moment", models.CharField(max_length=32)),
                ("url", models.CharField(max_length=2048)),
                ("serves", models.JSONField(default=list)),
                ("timeout_ms", models.PositiveSmallIntegerField(default=2000)),
                (
                    "on_failure",
                    models.CharField(choices=[("continue", "Go on without it"), ("stop", "Stop")], max_length=8),
                ),
                ("is_on", models.BooleanField(default=True)),
                ("sealed_secret", models.TextField()),
                ("sealed_old_secret", models.TextField(blank=True)),
                ("old_secret_until", models.DateTimeField(null=True)),
                ("failures", models.PositiveIntegerField(default=0)),
                ("failing_since", models.DateTimeField(null=True)),
                ("rests", models.PositiveIntegerField(default=0)),
                ("rests_until", models.DateTimeField(null=True)),
                ("error", models.CharField(blank=True, max_length=512)),
                ("created_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
            options={
                "ordering": ["created_at", "id"],
                "constraints": [models.UniqueConstraint(models.F("name"), name="hooks_hook_name")],
            },
        ),
        migrations.CreateModel(
            name="Delivery",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(choices=[("live", "Asked"), ("test", "Test"), ("replay", "Replay")], max_length=8),
                ),
                ("message_id", models.CharField(max_length=40)),
                ("at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("request_id", models.UUIDField(null=True)),
                ("tries", models.PositiveSmallIntegerField(default=0)),
                ("status", models.SmallIntegerField(default=0)),
                ("took", models.IntegerField(default=0)),
                ("judgement", models.CharField(blank=True, max_length=64)),
                ("problem", models.CharField(blank=True, max_length=512)),
                ("sealed_request", models.TextField(blank=True)),
                (
                    "hook",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="deliveries", to="hooks.hook"
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["hook", "-id"], name="hooks_delivery_newest")],
            },
        ),
    ]
