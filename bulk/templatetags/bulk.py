"""What the pages of operations say of what was kept in English."""

from django import template

from bulk import reports

register = template.Library()
register.filter(reports.in_words)
register.filter(reports.subject_in_words)
