from django.db import migrations, models

from common.database.later_indexes import AddIndexLater

HAS_NO_PASSWORD = models.Q(password__startswith="!")  # noqa: S106 - stands where there is none
HAS_OUR_PASSWORD = models.Q(password__startswith="argon2$argon2id$")  # noqa: S106 - how hashes begin


class Migration(migrations.Migration):
    dependencies = [("accounts", "0003_factors")]

    operations = [
        AddIndexLater(
            model_name="account",
            index=models.Index(fields=["id"], condition=HAS_NO_PASSWORD, name="accounts_account_no_password"),
        ),
        AddIndexLater(
            model_name="account",
            index=models.Index(
                fields=["id"],
                condition=~HAS_NO_PASSWORD & ~HAS_OUR_PASSWORD,
                name="accounts_account_foreign",
            ),
        ),
    ]
