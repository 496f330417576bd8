"""A branding that is brought along: as Microsoft Graph answers, or as the command line shows it, with its pictures."""
