"""What can go wrong with a branding, beside wrong values, which are validation errors.

BrandingError
├── ImageRefused        the file can't serve as that image; the message says why, in words for its uploader
│   └── ImageUndecoded  the decoder had no time for it, or ended without an answer
└── DefaultIsPermanent  the default branding can be emptied, not deleted
"""

from typing import Self


class BrandingError(Exception):
    """The base of all errors about branding."""


class ImageRefused(BrandingError):
    """An uploaded file that can't be used. `values` are filled into the sentence, in whichever language it is said."""

    def __init__(self, sentence: str, **values: int | str) -> None:
        super().__init__(sentence % values if values else sentence)
        self.sentence = sentence
        self.values = values

    def anew(self) -> Self:
        """The same to be raised once more: what was raised before holds on to the file that it was about."""
        return type(self)(self.sentence, **self.values)


class ImageUndecoded(ImageRefused):
    """A file that the decoder had no time for, or that it didn't survive: another try may take as long again."""


class DefaultIsPermanent(BrandingError):
    def __init__(self) -> None:
        super().__init__("The default branding can be emptied, but not deleted.")
