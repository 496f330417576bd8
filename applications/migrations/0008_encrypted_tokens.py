from django.db import migrations, models

WITH_KEYS = ("private_key_jwt", "self_signed_tls_client_auth")


class Migration(migrations.Migration):
    dependencies = [("applications", "0007_client_certificates")]

    operations = [
        *(
            migrations.AddField("application", name, models.CharField(db_default=usual, default=usual, max_length=16))
            for name, usual in (
                ("id_token_encryption", "none"),
                ("id_token_content", "A256GCM"),
                ("userinfo_encryption", "none"),
                ("userinfo_content", "A256GCM"),
            )
        ),
        migrations.RemoveConstraint("application", "applications_application_keys_of_a_key_pair"),
        migrations.AddConstraint(
            "application",
            models.CheckConstraint(
                condition=models.Q(
                    models.Q(("auth_method__in", WITH_KEYS), models.Q(("jwks", "")) ^ models.Q(("jwks_uri", ""))),
                    models.Q(("auth_method__in", WITH_KEYS), _negated=True)
                    & (models.Q(jwks="") | models.Q(jwks_uri="")),
                    _connector="OR",
                ),
                name="applications_application_keys_of_a_key_pair",
            ),
        ),
    ]
