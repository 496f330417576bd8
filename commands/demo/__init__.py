"""Two made-up tenants to look around in: acme, warm and bilingual, and globex, dark and without passwords.

Only for a developer's own machine. `scenes` builds what is missing, `pictures` draws the images, and `passwords` keeps
the one password that everybody here shares.
"""
