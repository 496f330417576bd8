"""What becomes of drafts of page layouts: published, now or when due, pruned, and shown by a link."""
