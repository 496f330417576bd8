from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("oidc", "0001_initial"), ("applications", "0006_pairwise_subjects")]

    operations = [
        migrations.CreateModel(
            "SubjectKey",
            [
                ("id", models.SmallIntegerField(default=1, primary_key=True, serialize=False)),
                ("sealed", models.TextField()),
            ],
            options={
                "constraints": [models.CheckConstraint(condition=models.Q(("id", 1)), name="oidc_subjectkey_one_row")]
            },
        ),
        migrations.RunSQL(
            """
            UPDATE applications_application application SET sector_identifier_uri = registered.sector_identifier_uri
            FROM oidc_dynamicregistration registered
            WHERE registered.application_id = application.id AND registered.sector_identifier_uri <> ''
            """,
            migrations.RunSQL.noop,
        ),
        migrations.RemoveField("dynamicregistration", "sector_identifier_uri"),
    ]
