from userflows.forms.fields import StepForm


class ProviderForm(StepForm):
    """Nothing to type: which provider is told by the button."""
