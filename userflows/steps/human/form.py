from django import forms

from userflows.forms.fields import StepForm

LONGEST_NUMBER = 20


class HumanForm(StepForm):
    """What the browser has found out; nothing, if it runs no scripts."""

    answer = forms.CharField(required=False, max_length=LONGEST_NUMBER, widget=forms.HiddenInput())
