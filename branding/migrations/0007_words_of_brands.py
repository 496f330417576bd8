import django.db.models.deletion
from django.db import migrations, models

# What customers read by now stands in every version of the tenant's brand: it was said beside each of them.
PUBLISHED = """
    UPDATE branding_brandversion
    SET content = content || jsonb_build_object('words', said.words)
    FROM (
        SELECT jsonb_object_agg(by_flow.place, by_flow.languages) AS words
        FROM (
            SELECT by_language.place, jsonb_object_agg(by_language.language, by_language.sentences) AS languages
            FROM (
                SELECT coalesce(user_flow::text, '') AS place, language,
                    jsonb_object_agg(sentence, jsonb_build_array(texts, instead_of)) AS sentences
                FROM branding_changedsentence
                GROUP BY user_flow, language
            ) by_language
            GROUP BY by_language.place
        ) by_flow
    ) said
    WHERE said.words IS NOT NULL AND theme_id IS NULL
"""


class Migration(migrations.Migration):
    dependencies = [("branding", "0006_parts_of_pages")]

    operations = [
        migrations.RemoveConstraint(model_name="changedsentence", name="branding_changedsentence_in_all_flows"),
        migrations.AddField(
            model_name="changedsentence",
            name="theme",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="sentences",
                to="branding.theme",
            ),
        ),
        migrations.AddConstraint(
            model_name="changedsentence",
            constraint=models.UniqueConstraint(
                condition=models.Q(("theme__isnull", True), ("user_flow__isnull", True)),
                fields=("language", "sentence"),
                name="branding_changedsentence_in_all_flows",
            ),
        ),
        migrations.AddConstraint(
            model_name="changedsentence",
            constraint=models.UniqueConstraint(
                condition=models.Q(("theme__isnull", False)),
                fields=("theme", "language", "sentence"),
                name="branding_changedsentence_in_a_theme",
            ),
        ),
        migrations.AddConstraint(
            model_name="changedsentence",
            constraint=models.CheckConstraint(
                condition=models.Q(("user_flow__isnull", True), ("theme__isnull", True), _connector="OR"),
                name="branding_changedsentence_in_a_flow_or_a_theme",
            ),
        ),
        migrations.RunSQL(PUBLISHED, migrations.RunSQL.noop),
    ]
