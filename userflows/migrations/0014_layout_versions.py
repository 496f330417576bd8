import uuid

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models

# What customers are asked today is the first version of each flow's page layout.
FIRST_VERSION = """
    INSERT INTO userflows_layoutversion (
        id, user_flow_id, number, content, changes, actor_kind, actor_id, actor_name, published_at, changed_at
    )
    SELECT gen_random_uuid(), flow.id, 1,
        coalesce((
            SELECT jsonb_agg(to_jsonb(question) - '{id,user_flow_id,position}'::text[] ORDER BY question.position)
            FROM userflows_flowattribute question WHERE question.user_flow_id = flow.id
        ), '[]'),
        '{}', 'system', '', 'CIAM Portal', flow.created_at, now()
    FROM userflows_userflow flow
"""


class Migration(migrations.Migration):
    dependencies = [("userflows", "0013_counted_factors")]

    operations = [
        migrations.CreateModel(
            name="LayoutVersion",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("number", models.PositiveIntegerField(null=True)),
                ("content", models.JSONField()),
                (
                    "changes",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=64), default=list, size=None
                    ),
                ),
                ("actor_kind", models.CharField(max_length=16)),
                ("actor_id", models.CharField(blank=True, max_length=64)),
                ("actor_name", models.CharField(blank=True, max_length=320)),
                ("due_at", models.DateTimeField(null=True)),
                ("published_at", models.DateTimeField(null=True)),
                ("restores", models.PositiveIntegerField(null=True)),
                ("changed_at", models.DateTimeField(auto_now=True)),
                (
                    "user_flow",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="layouts", to="userflows.userflow"
                    ),
                ),
            ],
            options={
                "ordering": ["-number"],
                "abstract": False,
                "constraints": [
                    models.UniqueConstraint(fields=("user_flow", "number"), name="userflows_layoutversion_number"),
                    models.UniqueConstraint(
                        condition=models.Q(("due_at__isnull", True), ("number__isnull", True)),
                        fields=("user_flow",),
                        name="userflows_layoutversion_one_draft",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("due_at__isnull", False), ("number__isnull", True)),
                        fields=("user_flow",),
                        name="userflows_layoutversion_one_scheduled",
                    ),
                ],
            },
        ),
        migrations.RunSQL(FIRST_VERSION, migrations.RunSQL.noop),
    ]
