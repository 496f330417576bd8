"""Assembles the product: settings, URL maps, navigation, the overview, and the recipes that touch several apps.

The only place that knows every app. A new tenant is filled here (`recipes.onboard_tenant`), and the command line, which
calls the same services as the portal, stands here. Nothing imports it.
"""
