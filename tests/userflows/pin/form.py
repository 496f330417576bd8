from django import forms

from userflows.forms.fields import StayForm


class PinForm(StayForm):
    pin = forms.CharField(label="PIN", widget=forms.PasswordInput)
