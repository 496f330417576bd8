"""Pages for administrators, the preview, and what customers' browsers load."""
