"""An administrator's own pages."""
