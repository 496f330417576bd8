import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="InstallationLogCheck",
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
                "db_table": "logs_installation_check",
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("id", 1)), name="logs_installation_check_one")
                ],
            },
        ),
        migrations.CreateModel(
            name="InstallationSeal",
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
                "db_table": "logs_installation_seal",
                "indexes": [
                    models.Index(fields=["sealed_at"], name="logs_installation_sealed_at"),
                    models.Index(fields=["up_to", "number"], name="logs_installation_up_to"),
                    models.Index(
                        condition=models.Q(("kind", "pruned")),
                        fields=["category", "-number"],
                        name="logs_installation_pruned",
                    ),
                ],
            },
        ),
    ]
