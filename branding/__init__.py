"""A tenant's look and words: the default branding and one for each browser language, and themes for applications.

Owns the branding rows, which are a draft, the versions of it that are published, their images (checked, decoded and
encoded anew before they are kept), the resolved look with its fallback for each field (theme, then tenant, then
neutral), the languages that customers are offered, the addresses from which images and the style sheet are served, and
the portal pages with their preview. The customer pages that wear the look belong to `userflows`.
"""
