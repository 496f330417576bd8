"""What can go wrong between a provider and us.

ProviderError             something went wrong on the provider's side, or between us; the message is for administrators
├── ProviderFailed        it can't be reached, or what it says is no good: its set-up has to be looked at
├── AnswerRefused         this one answer isn't for us, isn't from it, or came too late
│   └── CodeRefused       it knows us, and not the code that came
└── TurnedBack            it says that the customer has proved nothing there; the message is its word for that, or ""
"""


class ProviderError(Exception):
    """The message is a sentence for administrators, never for customers."""


class ProviderFailed(ProviderError):
    pass


class AnswerRefused(ProviderError):
    pass


class CodeRefused(AnswerRefused):
    pass


class TurnedBack(ProviderError):
    pass
