"""The form of a record, under the name by which the apps know it."""

from pmo_portal.common.editing import RecordForm

__all__ = ["RecordForm"]
