"""What customers read in a tenant's own words: each sentence can be said otherwise, by language, user flow and theme.

Owns the table of sentences (made from the source by `tools.translations`), the pages they stand on, the rules for what
may be said in their place, the rows, which are a draft, and what pages and mails look up before the catalogues
(`common.text.spoken`): what `branding.versions` has published of it.
"""
