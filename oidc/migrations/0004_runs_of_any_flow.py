from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("oidc", "0003_without_like_indexes"), ("userflows", "0001_initial")]

    operations = [
        migrations.AddField(
            "flowrun",
            "user_flow",
            models.ForeignKey(null=True, on_delete=models.deletion.CASCADE, related_name="+", to="userflows.userflow"),
        ),
    ]
