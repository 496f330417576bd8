"""A branding as it comes from the model product: what Microsoft Graph answers, its pictures and its CSS beside it."""
