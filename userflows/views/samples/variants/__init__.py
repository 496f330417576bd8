"""The states of pages and mails that samples don't show: what is wrong with a form, another way that a page may go.

What is wrong is said by the real form of what a customer might type, and by the sentences of those who judge it, all of
it at once. So each sentence is seen in its place. Pages that are looked over as pictures show what is seen at once.
"""

from branding.preview.samples import Sample
from userflows.views.samples.variants import (
    attributes,
    dead_ends,
    mails,
    own_account,
    second_factors,
    sign_in,
)

VARIANTS: tuple[Sample, ...] = (
    *sign_in.VARIANTS,
    *attributes.VARIANTS,
    *second_factors.VARIANTS,
    *own_account.VARIANTS,
    *dead_ends.VARIANTS,
    *mails.VARIANTS,
)
