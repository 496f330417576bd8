from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0013_recoveries"),
    ]

    operations = [
        migrations.AddField(
            model_name="customattribute",
            name="is_unique",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.CreateModel(
            name="UniqueValue",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("attribute", models.CharField(max_length=64)),
                ("value", models.TextField()),
                ("account_id", models.UUIDField()),
            ],
        ),
        migrations.AddConstraint(
            model_name="uniquevalue",
            constraint=models.UniqueConstraint(fields=("attribute", "value"), name="accounts_uniquevalue_once"),
        ),
        migrations.AddConstraint(
            model_name="uniquevalue",
            constraint=models.UniqueConstraint(
                fields=("account_id", "attribute"), name="accounts_uniquevalue_of_account"
            ),
        ),
    ]
