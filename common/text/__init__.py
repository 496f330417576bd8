"""What people type and read: languages, words by language, names of countries, email addresses."""
