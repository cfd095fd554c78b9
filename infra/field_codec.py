"""One field of a fact to JSON and back, compiled once per class from its type hint.

Encoding checks the type, since what is stored wrongly stays wrong for ever. Personal text is sealed as it
goes out and comes back `Sealed`, unopened.
"""

from __future__ import annotations

import math
import types
from collections.abc import Callable
from dataclasses import fields, is_dataclass
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints
from uuid import UUID

from domain.facts import Personal, Sealed
from domain.sealed_fields import SEALED_KEYS

Seal = Callable[[Personal | Sealed, str], dict[str, Any]]
Unseal = Callable[[dict[str, str], str], Sealed]
Encode = Callable[[Any, str, Seal], Any]
Decode = Callable[[Any, str, Unseal], Any]

MAX_DEPTH = 16
MAX_INT = 2**63 - 1


class FieldError(ValueError):
    """A value does not fit its field, or a class has a field that cannot be recorded."""

    def __init__(self, path: str, reason: str) -> None:
        super().__init__(f"{path}: {reason}")


def instant_text(value: datetime, path: str) -> str:
    """RFC 3339 in UTC with microseconds and Z. Refuses a naive time."""
    if value.tzinfo is None:
        raise FieldError(path, "an instant needs a zone")
    return value.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


@lru_cache(maxsize=32_768)
def id_of(text: str) -> UUID:
    """A stored id. Agencies, units and officers stand in fact after fact, and reading one costs more than all
    else of most fields."""
    return UUID(text)


def stored_name(python_name: str) -> str:
    """`from_` is stored as `from`."""
    return python_name.rstrip("_")


def field_codec(hint: Any, where: str) -> tuple[Encode, Decode]:
    """Encoder and decoder of a type hint. Raises FieldError for a hint that has no JSON form of ours."""
    origin = get_origin(hint)
    if origin in (Union, types.UnionType):
        members = set(get_args(hint))
        optional = type(None) in members
        members.discard(type(None))
        if members == {Personal, Sealed}:
            pair: tuple[Encode, Decode] = (_seal, _unseal)
        elif len(members) == 1:
            pair = field_codec(members.pop(), where)
        else:
            pair = _tree_pair(hint, where)
        return _optional(*pair) if optional else pair
    if origin is tuple:
        return _tuple(hint, where)
    if origin is Literal and all(isinstance(value, str) for value in get_args(hint)):
        return _choice(frozenset(get_args(hint)))
    if hint in (Personal, Sealed):
        return _seal, _unseal
    if hint in _PLAIN:
        return _PLAIN[hint]
    if isinstance(hint, type) and is_dataclass(hint):
        return object_codec(hint, where)
    return _tree_pair(hint, where)


def object_codec(cls: type[Any], where: str) -> tuple[Encode, Decode]:
    """A nested frozen dataclass: a JSON object with its fields in order."""
    hints = get_type_hints(cls)
    parts = [(f.name, stored_name(f.name), *field_codec(hints[f.name], where)) for f in fields(cls)]

    def encode(value: Any, path: str, seal: Seal) -> Any:
        if type(value) is not cls:
            raise FieldError(path, f"must be a {cls.__name__}, is {type(value).__name__}")
        return {key: enc(getattr(value, name), f"{path}.{key}", seal) for name, key, enc, _ in parts}

    def decode(value: Any, path: str, unseal: Unseal) -> Any:
        return cls(**{name: dec(value[key], f"{path}.{key}", unseal) for name, key, _, dec in parts})

    return encode, decode


def _wrong(value: Any, path: str, wanted: str) -> FieldError:
    return FieldError(path, f"must be {wanted}, is {type(value).__name__}")


def _text(value: Any, path: str, seal: Seal) -> Any:
    if type(value) is not str:
        raise _wrong(value, path, "text")
    return value


def _int(value: Any, path: str, seal: Seal) -> Any:
    if type(value) is not int or abs(value) > MAX_INT:
        raise _wrong(value, path, "a whole number of at most 63 bits")
    return value


def _bool(value: Any, path: str, seal: Seal) -> Any:
    if type(value) is not bool:
        raise _wrong(value, path, "true or false")
    return value


def _id(value: Any, path: str, seal: Seal) -> Any:
    if type(value) is not UUID:
        raise _wrong(value, path, "a UUID")
    return str(value)


def _instant(value: Any, path: str, seal: Seal) -> Any:
    if type(value) is not datetime:
        raise _wrong(value, path, "an instant")
    return instant_text(value, path)


def _date(value: Any, path: str, seal: Seal) -> Any:
    if type(value) is not date:
        raise _wrong(value, path, "a date")
    return value.isoformat()


def _seal(value: Any, path: str, seal: Seal) -> Any:
    if type(value) is not Personal and type(value) is not Sealed:
        raise _wrong(value, path, "personal text")
    return seal(value, path)


def _unseal(value: Any, path: str, unseal: Unseal) -> Any:
    return value if type(value) is Sealed else unseal(value, path)


def same(value: Any, path: str, unseal: Unseal) -> Any:
    """What needs no decoding."""
    return value


_PLAIN: dict[Any, tuple[Encode, Decode]] = {
    str: (_text, same),
    int: (_int, same),
    bool: (_bool, same),
    UUID: (_id, lambda value, path, unseal: id_of(value)),
    datetime: (_instant, lambda value, path, unseal: datetime.fromisoformat(value)),
    date: (_date, lambda value, path, unseal: date.fromisoformat(value)),
}


def _choice(allowed: frozenset[str]) -> tuple[Encode, Decode]:
    def encode(value: Any, path: str, seal: Seal) -> Any:
        if value not in allowed:
            raise FieldError(path, f"must be one of {', '.join(sorted(allowed))}, is {value!r}")
        return value

    return encode, same


def _optional(encode: Encode, decode: Decode) -> tuple[Encode, Decode]:
    def optional(value: Any, path: str, unseal: Unseal) -> Any:
        return None if value is None else decode(value, path, unseal)

    return (
        lambda value, path, seal: None if value is None else encode(value, path, seal),
        same if decode is same else optional,
    )


def _tuple(hint: Any, where: str) -> tuple[Encode, Decode]:
    arguments = get_args(hint)
    if len(arguments) != 2 or arguments[1] is not Ellipsis:
        raise FieldError(where, f"a list is written tuple[X, ...], not {hint}")
    member_encode, member_decode = field_codec(arguments[0], where)

    def encode(value: Any, path: str, seal: Seal) -> Any:
        if type(value) is not tuple and type(value) is not list:
            raise _wrong(value, path, "a list")
        return [member_encode(member, f"{path}.{n}", seal) for n, member in enumerate(value)]

    def decode(value: Any, path: str, unseal: Unseal) -> Any:
        return tuple(member_decode(member, f"{path}.{n}", unseal) for n, member in enumerate(value))

    return encode, decode


def _tree_pair(hint: Any, where: str) -> tuple[Encode, Decode]:
    if hint in (Any, object) or get_origin(hint) is not None or hint in (dict, list):
        return encode_tree, decode_tree
    if isinstance(hint, type) and issubclass(hint, dict):
        return encode_tree, decode_tree  # a TypedDict: plain JSON with named keys
    raise FieldError(
        where, f"{hint} has no stored form: use primitives, PersonalText, tuple[X, ...] or a tree of them"
    )


def encode_tree(value: Any, path: str, seal: Seal, depth: int = 0) -> Any:
    """Plain JSON in which personal text may stand anywhere. Refuses what would not come back equal."""
    kind = type(value)
    if kind is str or kind is bool or value is None:
        return value
    if kind is int:
        return _int(value, path, seal)
    if kind is float and math.isfinite(value):
        return value
    if kind is Personal or kind is Sealed:
        return seal(value, path)
    if depth >= MAX_DEPTH:
        raise FieldError(path, f"nested deeper than {MAX_DEPTH}")
    if kind is list or kind is tuple:
        return [encode_tree(member, f"{path}.{n}", seal, depth + 1) for n, member in enumerate(value)]
    if kind is dict:
        if value.keys() == SEALED_KEYS:
            raise FieldError(
                path, "an object with just these keys is how personal text is stored: rename one"
            )
        if not all(type(key) is str for key in value):
            raise FieldError(path, "keys of an object must be text")
        return {key: encode_tree(member, f"{path}.{key}", seal, depth + 1) for key, member in value.items()}
    raise _wrong(value, path, "plain JSON or personal text")


def decode_tree(value: Any, path: str, unseal: Unseal) -> Any:
    """JSON with every stored personal text turned into `Sealed`."""
    if type(value) is dict:
        if value.keys() == SEALED_KEYS:
            return unseal(value, path)
        return {key: decode_tree(member, f"{path}.{key}", unseal) for key, member in value.items()}
    if type(value) is list:
        return [decode_tree(member, f"{path}.{n}", unseal) for n, member in enumerate(value)]
    return value
