"""How what people read is marked, for code that is to know nothing of Django: policies above all.

Said as `from common.text.translation import gettext as _`. Where Django is known, its own module is imported.
"""

from django.utils.translation import gettext, gettext_lazy, ngettext, ngettext_lazy, pgettext, pgettext_lazy

__all__ = ["gettext", "gettext_lazy", "ngettext", "ngettext_lazy", "pgettext", "pgettext_lazy"]
