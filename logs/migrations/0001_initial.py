import uuid

import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

# A tenant's role reads its seals and writes none. New tenants get the same at their founding (tenants/schema/walls.sql);
# the template has no role of its own.
ONLY_TO_READ = """
    DO $$ BEGIN
        IF current_schema() ~ '^t_[a-z2-7]{20}$' THEN
            EXECUTE format('REVOKE INSERT, UPDATE, DELETE ON logs_seal FROM %I', current_schema());
        END IF;
    END $$
"""


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Destination",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("name", models.CharField(max_length=64)),
                ("kind", models.CharField(choices=[("web-hook", "Web-hook"), ("syslog", "Syslog")], max_length=16)),
                ("address", models.CharField(max_length=2048)),
                ("is_suspended", models.BooleanField(default=False)),
                ("suspended_because", models.CharField(blank=True, max_length=512)),
                ("cursor", models.BigIntegerField()),
                ("installation_cursor", models.BigIntegerField(default=0)),
                ("sealed_secret", models.TextField(blank=True)),
                ("sealed_old_secret", models.TextField(blank=True)),
                ("old_secret_until", models.DateTimeField(null=True)),
                ("failures", models.IntegerField(default=0)),
                ("failing_since", models.DateTimeField(null=True)),
                ("next_try_at", models.DateTimeField(null=True)),
                ("held_until", models.DateTimeField(null=True)),
                ("arrived_at", models.DateTimeField(null=True)),
                ("created_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
        ),
        migrations.CreateModel(
            name="LogCheck",
            fields=[
                ("id", models.SmallIntegerField(default=1, primary_key=True, serialize=False)),
                ("asked_at", models.DateTimeField(null=True)),
                ("begun_at", models.DateTimeField(null=True)),
                ("finished_at", models.DateTimeField(null=True)),
                ("verified_to", models.DateTimeField(null=True)),
                ("entries", models.BigIntegerField(default=0)),
                ("last_seal", models.CharField(blank=True, max_length=96)),
                ("problem", models.CharField(blank=True, max_length=512)),
            ],
            options={
                "constraints": [models.CheckConstraint(condition=models.Q(("id", 1)), name="logs_logcheck_one")],
            },
        ),
        migrations.CreateModel(
            name="LogSettings",
            fields=[
                ("id", models.SmallIntegerField(default=1, primary_key=True, serialize=False)),
                ("activity_days", models.PositiveSmallIntegerField(null=True)),
                ("administration_days", models.PositiveSmallIntegerField(null=True)),
            ],
            options={
                "constraints": [models.CheckConstraint(condition=models.Q(("id", 1)), name="logs_logsettings_one")],
            },
        ),
        migrations.CreateModel(
            name="Seal",
            fields=[
                ("number", models.BigIntegerField(primary_key=True, serialize=False)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("events", "Events"),
                            ("late", "Late events"),
                            ("pruned", "Pruned"),
                            ("key", "New key"),
                        ],
                        max_length=8,
                    ),
                ),
                (
                    "category",
                    models.CharField(
                        blank=True,
                        choices=[("activity", "Activity"), ("administration", "Administration")],
                        max_length=16,
                    ),
                ),
                ("up_to", models.BigIntegerField()),
                ("pruned_to", models.BigIntegerField(default=0)),
                ("count", models.IntegerField()),
                ("newest_at", models.DateTimeField(null=True)),
                ("root", models.CharField(blank=True, max_length=64)),
                ("previous", models.CharField(blank=True, max_length=64)),
                ("sealed_at", models.DateTimeField()),
                ("key_id", models.CharField(max_length=64)),
                ("signature", models.CharField(max_length=88)),
                (
                    "event_ids",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BigIntegerField(), default=list, size=None
                    ),
                ),
                ("leaves", models.BinaryField()),
            ],
            options={
                "indexes": [
                    models.Index(fields=["sealed_at"], name="logs_seal_sealed_at"),
                    models.Index(
                        condition=models.Q(("kind", "pruned")), fields=["category", "-number"], name="logs_seal_pruned"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Delivery",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("is_test", models.BooleanField(default=False)),
                ("events", models.IntegerField()),
                ("has_arrived", models.BooleanField()),
                ("status", models.SmallIntegerField(default=0)),
                ("answer", models.CharField(blank=True, max_length=512)),
                ("took", models.IntegerField()),
                (
                    "destination",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="deliveries", to="logs.destination"
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["destination", "-id"], name="logs_delivery_newest")],
            },
        ),
        migrations.RunSQL(ONLY_TO_READ, migrations.RunSQL.noop),
    ]
