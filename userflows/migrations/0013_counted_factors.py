from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("userflows", "0012_invitations_with_a_message"),
    ]

    operations = [
        migrations.AddField(
            model_name="journey",
            name="factors",
            field=models.JSONField(db_default=models.Value([], models.JSONField()), default=list),
        ),
    ]
