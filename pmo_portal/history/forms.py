"""The form of a record: text in, changes out, with the version it was opened with."""

from __future__ import annotations

from typing import Any

from django import forms


class RecordForm(forms.ModelForm):  # type: ignore[type-arg]
    """A model form that never saves: services do.

    For a new record read `instance` after `is_valid()`; for an existing one `changes` and `version`.
    """

    version = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=1)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.fields["version"].initial = self.instance.version
            self.fields["version"].required = True
        else:
            del self.fields["version"]

    @property
    def opened_version(self) -> int:
        return int(self.cleaned_data["version"])

    @property
    def changes(self) -> dict[str, Any]:
        """The cleaned values of model fields; what a form adds for itself is left to its view."""
        names = {field.name for field in self.instance._meta.concrete_fields}
        return {
            name: value
            for name, value in self.cleaned_data.items()
            if name in names and name != "version"
        }

    def save(self, commit: bool = True) -> Any:
        raise TypeError("Records are saved by services: pass `instance` or `changes` to one.")
