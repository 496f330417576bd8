"""CAPTCHAs: a provider of the tenant's choosing that tells people from programs by a widget on our page.

Owns which provider it is, described by values alone, its secret (sealed), how what the widget has found is verified,
and that administrators learn when the provider gives no answer. Where customers meet it is the matter of whoever asks:
`userflows.steps.human`.
"""
