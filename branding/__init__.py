"""A tenant's look and words: the default branding and one for each browser language.

Owns the branding rows, their images (checked, decoded and encoded anew before they are kept), the resolved look with its
fallback for each field (language, then default, then neutral), and the addresses from which images and the theme are
served. The customer pages that wear the look belong to `userflows`.
"""
