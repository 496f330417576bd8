from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("userflows", "0007_passkeys"),
    ]

    operations = [
        migrations.AddField(
            model_name="userflow",
            name="takes_user_names",
            field=models.BooleanField(db_default=False, default=False),
        ),
    ]
