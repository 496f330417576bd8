"""What customers read in a tenant's own words: each sentence can be said otherwise, by language and user flow.

Owns the table of sentences (made from the source by `tools.translations`), the pages they stand on, the rules for what
may be said in their place, the rows, and what pages and mails look up before the catalogues (`common.text.spoken`).
"""
