import uuid

import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

# What customers see today is the first version of it. Empty fields aren't in it.
FIRST_VERSION = """
    INSERT INTO branding_brandversion (
        id, number, content, pictures, changes, actor_kind, actor_id, actor_name, published_at
    )
    SELECT gen_random_uuid(), 1,
        jsonb_build_object('brandings', jsonb_object_agg(
            branding.locale, kept.fields || CASE WHEN pictures.named IS NULL THEN '{}'
                ELSE jsonb_build_object('pictures', pictures.named) END
        )),
        coalesce((SELECT array_agg(DISTINCT digest ORDER BY digest) FROM branding_brandingimage), '{}'),
        '{}', 'system', '', 'CIAM Portal', max(branding.updated_at)
    FROM branding_branding branding
    CROSS JOIN LATERAL (
        SELECT coalesce(jsonb_object_agg(field.key, field.value), '{}') AS fields
        FROM jsonb_each(to_jsonb(branding)) field
        WHERE field.key NOT IN ('id', 'locale', 'theme_id', 'updated_at', 'changed_by')
        AND field.value NOT IN ('""', 'null')
    ) kept
    CROSS JOIN LATERAL (
        SELECT jsonb_object_agg(
            image.kind, jsonb_build_array(image.digest, image.width, image.height, image.is_dark)
        ) AS named
        FROM branding_brandingimage image WHERE image.branding_id = branding.id
    ) pictures
    HAVING count(*) > 0
"""


class Migration(migrations.Migration):
    dependencies = [("branding", "0002_mail")]

    operations = [
        migrations.CreateModel(
            name="Theme",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("name", models.CharField(max_length=64, unique=True)),
                ("created_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
            options={"ordering": ["name"]},
        ),
        migrations.CreateModel(
            name="ThemedApplication",
            fields=[
                ("client_id", models.CharField(max_length=100, primary_key=True, serialize=False)),
                (
                    "theme",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="applications", to="branding.theme"
                    ),
                ),
            ],
        ),
        migrations.RemoveConstraint(model_name="branding", name="branding_branding_locale"),
        migrations.AddField(
            model_name="branding",
            name="theme",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="brandings",
                to="branding.theme",
            ),
        ),
        migrations.AddField(
            model_name="branding",
            name="changed_by",
            field=models.CharField(blank=True, db_default="", default="", max_length=320),
        ),
        migrations.AddConstraint(
            model_name="branding",
            constraint=models.UniqueConstraint(
                condition=models.Q(("theme__isnull", True)), fields=("locale",), name="branding_branding_locale"
            ),
        ),
        migrations.AddConstraint(
            model_name="branding",
            constraint=models.UniqueConstraint(fields=("theme", "locale"), name="branding_branding_theme_locale"),
        ),
        migrations.AlterField(
            model_name="brandingimage",
            name="branding",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="images",
                to="branding.branding",
            ),
        ),
        migrations.CreateModel(
            name="BrandVersion",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("number", models.PositiveIntegerField(null=True)),
                ("content", models.JSONField()),
                (
                    "pictures",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=64), default=list, size=None
                    ),
                ),
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
                (
                    "theme",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="versions",
                        to="branding.theme",
                    ),
                ),
            ],
            options={
                "ordering": ["-number"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("theme__isnull", True)), fields=("number",), name="branding_version_number"
                    ),
                    models.UniqueConstraint(fields=("theme", "number"), name="branding_version_theme_number"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("number__isnull", False), ("published_at__isnull", False)),
                            models.Q(
                                ("due_at__isnull", False), ("number__isnull", True), ("published_at__isnull", True)
                            ),
                            _connector="OR",
                        ),
                        name="branding_version_published_or_due",
                    ),
                ],
            },
        ),
        migrations.RunSQL(FIRST_VERSION, migrations.RunSQL.noop),
    ]
