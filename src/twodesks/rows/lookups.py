"""`field__any_of=[…]`: membership in a list that travels as one array, however long it is."""

from typing import TYPE_CHECKING, Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Field, ForeignKey, Lookup
from django.db.models.sql.compiler import SQLCompiler

if TYPE_CHECKING:
    BooleanLookup = Lookup[bool]
else:
    BooleanLookup = Lookup


class AnyOf(BooleanLookup):
    """`= ANY(array)`. Unlike `__in` it makes the same SQL for any number of values, so nothing is built for each."""

    lookup_name = "any_of"
    prepare_rhs = False

    def as_sql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper) -> tuple[str, tuple[Any, ...]]:
        column, values = self.process_lhs(compiler, connection)
        return f"{column} = ANY(%s)", (*values, list(self.rhs))


Field.register_lookup(AnyOf)
ForeignKey.register_lookup(AnyOf)
