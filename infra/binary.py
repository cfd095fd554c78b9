"""Arrays for PostgreSQL, written in its binary format by ourselves so that their type never varies.

psycopg types `[1, 2]` and `[1, 70000]` differently and cannot type `[]`, so each variant would be another
prepared statement; and a bytea array as text costs seven times the append. Wrap a column with the class of
its type and pass it as a parameter on a connection that `register` has seen.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar
from uuid import UUID

from psycopg.abc import AdaptContext
from psycopg.adapt import Dumper
from psycopg.pq import Format

_NULL = struct.pack("!i", -1)
_LENGTHS = tuple(struct.pack("!i", n) for n in range(1024))
_POSTGRES_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


class Array:
    """One array parameter, encoded. `OID` is the array type's, `ELEMENT` its element type's."""

    OID: ClassVar[int]
    ELEMENT: ClassVar[int]
    __slots__ = ("data",)

    def __init__(self, elements: Sequence[bytes | None]) -> None:
        parts = [b""]
        nulls = 0
        for element in elements:
            if element is None:
                nulls = 1
                parts.append(_NULL)
            else:
                size = len(element)
                parts.append(_LENGTHS[size] if size < 1024 else struct.pack("!i", size))
                parts.append(element)
        parts[0] = self._header(len(elements), nulls)
        self.data = b"".join(parts)

    def _header(self, count: int, nulls: int = 0) -> bytes:
        if count == 0:
            return struct.pack("!iiI", 0, 0, self.ELEMENT)
        return struct.pack("!iiIii", 1, nulls, self.ELEMENT, count, 1)


class ByteaArray(Array):
    OID, ELEMENT = 1001, 17


class TextArray(Array):
    OID, ELEMENT = 1009, 25

    def __init__(self, elements: Iterable[str]) -> None:
        super().__init__([element.encode() for element in elements])


class _Fixed(Array):
    """Elements of one size, none of them null."""

    SIZE: ClassVar[int]
    CODE: ClassVar[str]

    def __init__(self, elements: Sequence[Any]) -> None:
        count = len(elements)
        flat: list[Any] = [self.SIZE] * (2 * count)
        flat[1::2] = elements
        self.data = self._header(count) + struct.pack("!" + self.CODE * count, *flat)


class Int2Array(_Fixed):
    OID, ELEMENT, SIZE, CODE = 1005, 21, 2, "ih"


class Int4Array(_Fixed):
    OID, ELEMENT, SIZE, CODE = 1007, 23, 4, "ii"


class Int8Array(_Fixed):
    OID, ELEMENT, SIZE, CODE = 1016, 20, 8, "iq"


class UuidArray(_Fixed):
    OID, ELEMENT, SIZE, CODE = 2951, 2950, 16, "i16s"

    def __init__(self, elements: Iterable[UUID]) -> None:
        super().__init__([element.bytes for element in elements])


class TimeArray(_Fixed):
    """timestamptz; exact to the microsecond."""

    OID, ELEMENT, SIZE, CODE = 1185, 1184, 8, "iq"

    def __init__(self, elements: Iterable[datetime]) -> None:
        super().__init__([(element - _POSTGRES_EPOCH) // _MICROSECOND for element in elements])


class _ArrayDumper(Dumper):
    format = Format.BINARY

    def dump(self, obj: Array) -> bytes:
        return obj.data


def _dumper(array: type[Array]) -> type[Dumper]:
    return type(f"{array.__name__}Dumper", (_ArrayDumper,), {"oid": array.OID})


_DUMPERS = [
    (array, _dumper(array))
    for array in (ByteaArray, TextArray, Int2Array, Int4Array, Int8Array, UuidArray, TimeArray)
]


def register(context: AdaptContext) -> None:
    """Let a connection take these arrays as parameters."""
    adapters = context.adapters
    if adapters is None:
        raise TypeError("arrays are registered on a connection")
    for array, dumper in _DUMPERS:
        adapters.register_dumper(array, dumper)
