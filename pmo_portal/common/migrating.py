"""How the tables of an app are made for the first time."""

from __future__ import annotations

from itertools import takewhile

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import ProjectState


class InitialMigration(migrations.Migration):
    """Tables that are made from one picture of all models.

    Django pictures anew, for each table, every model that is related to it, and through the tenant all of them are: that
    took most of the time of a first start.
    """

    def apply(
        self,
        project_state: ProjectState,
        schema_editor: BaseDatabaseSchemaEditor,
        collect_sql: bool = False,
    ) -> ProjectState:
        tables = list(
            takewhile(lambda each: isinstance(each, migrations.CreateModel), self.operations)
        )
        before = project_state.clone()
        # Without a picture the models are noted only; the next who asks gets one of all.
        project_state.__dict__.pop("apps", None)
        for table in tables:
            table.state_forwards(self.app_label, project_state)
        for table in tables:
            table.database_forwards(self.app_label, schema_editor, before, project_state)
        rest = migrations.Migration(self.name, self.app_label)
        rest.operations = self.operations[len(tables) :]
        return rest.apply(project_state, schema_editor, collect_sql)
