"""The portal's frame: what every page of it needs, whichever app it is about.

Owns who may open a page (`access`), in which tenant it works (`pages`), forms that speak in sentences and notice what
changed meanwhile, tabs, confirmations, the way of a secret to the one page that shows it, and the template tags of the
portal's components. What a page is about belongs to the app that has it; pages about several apps stand in `portal`.
"""
