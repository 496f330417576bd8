"""Keeping programs from making accounts: by a proof of work, with nobody asked but the browser; by the widget of the
tenant's CAPTCHA provider; or by a slower way.
"""
