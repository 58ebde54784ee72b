"""History bundles: the weekly history of an organisation's programmes, as a folder or zip of CSV files."""

SOURCE = "history bundle"
