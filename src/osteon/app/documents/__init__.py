"""Results as JSON: one published shape for each answer, and the text that is written."""

from osteon.app.documents.catalog import describe_schema, list_schemas, write_document
from osteon.app.documents.problems import write_problem

__all__ = ["describe_schema", "list_schemas", "write_document", "write_problem"]
