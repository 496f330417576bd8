from django.apps import AppConfig


class OperationsConfig(AppConfig):
    name = "operations"

    def ready(self) -> None:
        from mail.elsewhere import send_codes
        from operations.administrators import receivers  # noqa: F401 - connects them
        from operations.code_mails import BY_HOOK

        send_codes(BY_HOOK)
