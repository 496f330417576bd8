"""What can go wrong between a provider and us.

ProviderError             something went wrong on the provider's side, or between us; the message is for administrators
├── ProviderFailed        it can't be reached, or what it says is no good: its set-up has to be looked at
├── AnswerRefused         this one answer isn't for us, isn't from it, or came too late
│   └── CodeRefused       it knows us, and not the code that came
└── TurnedBack            it says that the customer has proved nothing there; the message is its word for that, or ""
"""

from common.text.translation import KeptSentence, gettext_noop

SECOND_TIME = gettext_noop("The answer came for a second time.")
MANY_WAIT = gettext_noop("Too many customers are waiting for providers.")
OTHER_ACCOUNT = gettext_noop("The identity is linked with another account.")


class ProviderError(Exception):
    """The message is for administrators, never for customers, and in English; `sentence` is in its reader's language.

    The words of one are marked for translation, and have places for the values.
    """

    def __init__(self, words: KeptSentence | str = "", **values: object) -> None:
        self.sentence = words if isinstance(words, KeptSentence) else KeptSentence(words, values)
        super().__init__(self.sentence.in_english)


class ProviderFailed(ProviderError):
    pass


class AnswerRefused(ProviderError):
    pass


class AuthorizationCodeRefused(AnswerRefused):
    pass


class TurnedBack(ProviderError):
    pass
