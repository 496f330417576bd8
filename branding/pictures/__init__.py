"""Pictures of a brand: what is taken of an upload, and encoded anew, in a process of its own."""
