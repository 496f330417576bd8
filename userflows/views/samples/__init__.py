"""What customers see, as administrators see it while they choose a look: the real templates, with nobody's journey."""

from branding.preview.samples import offer_samples as offer
from branding.preview.samples import tell_samples_apart
from userflows.views.samples import dead_ends, links, mails, own_account, second_factors, sign_in
from userflows.views.samples.cast import asked_of_tenant
from userflows.views.samples.variants import VARIANTS


def offer_samples() -> None:
    """Offer the pages of journeys and of customers' own accounts, and the mails, each with its variants."""
    offer(*sign_in.SAMPLES, *second_factors.SAMPLES, *own_account.SAMPLES, *links.SAMPLES, *dead_ends.SAMPLES)
    offer(*mails.SAMPLES, *VARIANTS)
    tell_samples_apart(asked_of_tenant)
