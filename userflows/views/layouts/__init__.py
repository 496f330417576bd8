"""Pages about drafts and versions of page layouts: of the portal, and for whoever has a link to a draft."""
