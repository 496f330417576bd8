import uuid

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.db.models.deletion
import django.db.models.functions.datetime
import django.db.models.functions.text
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Block",
            fields=[
                (
                    "account",
                    models.OneToOneField(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        primary_key=True,
                        related_name="block",
                        serialize=False,
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("since", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("reason", models.CharField(blank=True, max_length=250)),
                ("by", models.CharField(blank=True, max_length=320)),
            ],
        ),
        migrations.CreateModel(
            name="ChosenColumns",
            fields=[
                ("administrator_id", models.UUIDField(primary_key=True, serialize=False)),
                ("columns", models.JSONField()),
            ],
        ),
        migrations.AddField(
            model_name="account",
            name="blocked_until",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="account",
            name="invited_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="account",
            name="needs_new_password",
            field=models.BooleanField(db_default=False),
        ),
        migrations.CreateModel(
            name="Activity",
            fields=[
                (
                    "account",
                    models.OneToOneField(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        primary_key=True,
                        related_name="activity",
                        serialize=False,
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("last_sign_in_at", models.DateTimeField()),
                ("sign_ins", models.PositiveBigIntegerField(default=0)),
                ("client_id", models.CharField(blank=True, db_default="", max_length=100)),
            ],
            options={
                "indexes": [
                    models.Index(fields=["-last_sign_in_at", "-account"], name="accounts_activity_last"),
                    models.Index(
                        condition=models.Q(("client_id", ""), _negated=True),
                        fields=["client_id", "-last_sign_in_at"],
                        name="accounts_activity_client",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="CustomerEntry",
            fields=[
                (
                    "account",
                    models.OneToOneField(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        primary_key=True,
                        related_name="entry",
                        serialize=False,
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("created_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("updated_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                (
                    "standing",
                    models.CharField(
                        choices=[
                            ("active", "Active"),
                            ("invited", "Invited"),
                            ("blocked", "Blocked"),
                            ("deleted", "Deleted"),
                        ],
                        default="active",
                        max_length=8,
                    ),
                ),
                ("haystack", models.TextField()),
                ("facts", models.TextField()),
                ("keys", django.contrib.postgres.fields.ArrayField(base_field=models.IntegerField(), size=None)),
            ],
            options={
                "indexes": [
                    models.Index(fields=["-created_at", "-account"], name="accounts_entry_newest"),
                    models.Index(
                        condition=models.Q(("standing", "active"), _negated=True),
                        fields=["standing", "-created_at", "-account"],
                        name="accounts_entry_standing",
                    ),
                    django.contrib.postgres.indexes.GinIndex(fields=["keys"], name="accounts_entry_keys"),
                ],
            },
        ),
        migrations.CreateModel(
            name="CustomerView",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("administrator_id", models.UUIDField()),
                ("is_shared", models.BooleanField(default=False)),
                ("name", models.CharField(max_length=60)),
                ("query", models.CharField(blank=True, max_length=2000)),
                ("created_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
            options={
                "ordering": ["name"],
                "constraints": [
                    models.UniqueConstraint(
                        models.F("administrator_id"),
                        django.db.models.functions.text.Lower("name"),
                        name="accounts_customerview_name",
                    )
                ],
            },
        ),
    ]
