"""Assembles the product: settings, URL maps, the middleware around all, the menu, and the pages for what isn't there.

The only place that knows every app. Nothing imports it.
"""
