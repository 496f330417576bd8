import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("userflows", "0009_sign_up_options"),
    ]

    operations = [
        migrations.AlterField(
            model_name="journey",
            name="user_flow",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="userflows.userflow",
            ),
        ),
    ]
