"""The column types of the catalogue: the same meaning, the same order and the same range in both databases."""

from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger, Integer, MetaData, String, Text, TypeDecorator
from sqlalchemy.engine import Dialect

metadata = MetaData()

#: Text that is compared and sorted: by the bytes of its UTF-8 form, whatever collation a PostgreSQL database has.
Name = String().with_variant(String(collation="C"), "postgresql")

#: Whole numbers that may pass 2^31: sizes, nanoseconds, inodes, counts. SQLite's integers have 64 bits anyway.
Large = BigInteger()

#: A row's own number. SQLite numbers rows only in a column that is called exactly INTEGER.
Number = BigInteger().with_variant(Integer, "sqlite")


class Foreign(TypeDecorator[str]):
    """Text that files supply. What no database can hold is written so that it can be seen: a NUL as its picture, half
    a surrogate pair as its escape."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """The text as it can be stored."""
        del dialect
        if value is None or (value.isascii() and "\0" not in value):
            return value
        return value.replace("\0", "\N{SYMBOL FOR NULL}").encode("utf-8", "backslashreplace").decode()

    def process_result_value(self, value: Any, dialect: Dialect) -> str | None:
        """The text as it was stored."""
        del dialect
        return None if value is None else str(value)
