"""The form about an administrator's own account."""

from frame.forms import EditForm, ServiceText


class ProfileForm(EditForm):
    """What colleagues read."""

    name = ServiceText(required=False, help_text="Colleagues see it in the log.")
