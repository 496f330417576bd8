"""A branding that is brought along, from the model product as Microsoft Graph answers, or as the command line shows it; its
pictures lie beside it.
"""
