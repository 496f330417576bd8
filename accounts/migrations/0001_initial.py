import uuid

import django.db.models.deletion
import django.db.models.functions.datetime
import django.db.models.functions.text
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="OneTimeCode",
            fields=[
                ("journey_id", models.UUIDField(primary_key=True, serialize=False)),
                ("digest", models.CharField(max_length=64)),
                ("wrong_tries", models.SmallIntegerField(default=0)),
                ("expires_at", models.DateTimeField()),
                ("redeemed_at", models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="Session",
            fields=[
                ("key_digest", models.CharField(max_length=64, primary_key=True, serialize=False)),
                ("account_id", models.UUIDField(db_index=True, null=True)),
                ("sid", models.CharField(blank=True, db_default="", max_length=64)),
                ("client_ids", models.JSONField(db_default=models.Value([], models.JSONField()))),
                ("data", models.JSONField(default=dict)),
                ("created_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("seen_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("expires_at", models.DateTimeField(db_index=True)),
                ("ends_at", models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="Account",
            fields=[
                ("password", models.CharField(max_length=128, verbose_name="password")),
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("email", models.EmailField(max_length=254)),
                ("canonical_email", models.CharField(max_length=254)),
                ("email_verified", models.BooleanField(default=False)),
                ("is_active", models.BooleanField(default=True)),
                ("language", models.CharField(blank=True, max_length=16)),
                ("created_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("updated_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("deleted_at", models.DateTimeField(null=True)),
                ("display_name", models.CharField(blank=True, max_length=256)),
                ("given_name", models.CharField(blank=True, max_length=64)),
                ("surname", models.CharField(blank=True, max_length=64)),
                ("job_title", models.CharField(blank=True, max_length=128)),
                ("street_address", models.CharField(blank=True, max_length=1024)),
                ("postal_code", models.CharField(blank=True, max_length=40)),
                ("city", models.CharField(blank=True, max_length=128)),
                ("state", models.CharField(blank=True, max_length=128)),
                ("country", models.CharField(blank=True, max_length=128)),
                ("custom_attributes", models.JSONField(default=dict)),
                ("agreed_at", models.JSONField(default=dict)),
            ],
            options={
                "indexes": [models.Index(fields=["-created_at"], name="accounts_account_created")],
                "constraints": [models.UniqueConstraint(fields=("canonical_email",), name="accounts_account_email")],
            },
        ),
        migrations.CreateModel(
            name="CustomAttribute",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("name", models.CharField(max_length=64)),
                (
                    "data_type",
                    models.CharField(
                        choices=[("String", "String"), ("Boolean", "Boolean"), ("Int", "Int")], max_length=16
                    ),
                ),
                ("description", models.CharField(blank=True, max_length=256)),
                ("created_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
            options={
                "ordering": ["name"],
                "constraints": [models.UniqueConstraint(models.F("name"), name="accounts_customattribute_name")],
            },
        ),
        migrations.CreateModel(
            name="Group",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("name", models.CharField(max_length=120)),
                ("description", models.CharField(blank=True, max_length=500)),
                ("created_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
            options={
                "ordering": ["name"],
                "constraints": [
                    models.UniqueConstraint(django.db.models.functions.text.Lower("name"), name="accounts_group_name")
                ],
            },
        ),
        migrations.CreateModel(
            name="SessionSettings",
            fields=[
                ("id", models.SmallIntegerField(default=1, primary_key=True, serialize=False)),
                ("offers_stay", models.BooleanField()),
                ("idle_minutes", models.PositiveIntegerField()),
                ("lifetime_minutes", models.PositiveIntegerField()),
                ("stay_days", models.PositiveIntegerField()),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("id", 1)), name="accounts_sessionsettings_one")
                ],
            },
        ),
        migrations.CreateModel(
            name="GroupMember",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("since", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                (
                    "account",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "group",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="members", to="accounts.group"
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("account", "group"), name="accounts_groupmember_once")],
            },
        ),
    ]
