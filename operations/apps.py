from django.apps import AppConfig


class OperationsConfig(AppConfig):
    name = "operations"

    def ready(self) -> None:
        from mail.elsewhere import send_codes
        from operations.administrators import receivers  # noqa: F401 - connects them
        from operations.codes import code_mails, code_texts
        from sms.elsewhere import send_texts

        send_codes(code_mails.BY_HOOK)
        send_texts(code_texts.BY_HOOK)
