from django.apps import AppConfig


class CaptchaConfig(AppConfig):
    name = "captcha"
    default_auto_field = "django.db.models.BigAutoField"
