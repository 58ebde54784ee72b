from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _, gettext_lazy

from pmo_portal.common.editing import Refusing

from .kinds import ImportKind
from .reading import MAX_BYTES


class UploadForm(Refusing, forms.Form):
    file = forms.FileField(label=gettext_lazy("File"))

    def __init__(self, *args: Any, kind: ImportKind, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind = kind
        self.fields["file"].widget.attrs["accept"] = ",".join(kind.extensions)
        self.fields["file"].help_text = str(kind.help_text)

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if not file.name.lower().endswith(self.kind.extensions):
            raise forms.ValidationError(
                _("Choose a file of type %(types)s.") % {"types": ", ".join(self.kind.extensions)}
            )
        if file.size > MAX_BYTES:
            raise forms.ValidationError(_("The file is larger than 20 MB."))
        return file
