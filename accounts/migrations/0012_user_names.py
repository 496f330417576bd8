from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0011_several_accounts"),
    ]

    operations = [
        migrations.AddField(
            model_name="account",
            name="user_name",
            field=models.CharField(blank=True, db_default="", default="", max_length=64),
        ),
        migrations.AddConstraint(
            model_name="account",
            constraint=models.UniqueConstraint(
                condition=models.Q(("user_name", ""), _negated=True),
                fields=("user_name",),
                name="accounts_account_user_name",
            ),
        ),
    ]
