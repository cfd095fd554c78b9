"""What changed of a dossier between two instants: which of its shown properties, from what to what.

Each side is the dossier as the ledger knew it up to a position. Without a time of validity each is taken as
valid when its position was recorded: what somebody saw who looked then. With one both are taken as valid at
that same instant, so that what differs is what was learned in between.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, Final

from application.dossiers import Dossiers
from application.history import span
from application.policy import Identity
from application.reading import state
from application.refusals import NotFound
from application.then import KnownAt, recorded_at

Json = dict[str, Any]

_RUNS: Final = ("as_of", "known_at", "due.remaining", "awaited.passed")
"""What is otherwise at every instant by itself."""
_OPENED: Final = ("holder", "due", "finished", "awaited", "place")
"""What has properties of its own, told one by one."""


async def changes(
    office: Dossiers,
    identity: Identity,
    code: str,
    *,
    since: KnownAt,
    known_at: KnownAt = None,
    valid_at: datetime | None = None,
) -> Json:
    """`since`, `until`: {position, valid_at} of both sides; `properties`: {property, before, after} each, by
    name; null where there was nothing, which all of it is before the dossier was known. Raises as
    `application.reading.state`, and BadRequest (since_after)."""
    up_to, after = await span(office, known_at, since)
    began = await _side(office, identity, code, after, since, valid_at)
    ended = await _side(office, identity, code, up_to, known_at, valid_at)
    return {
        "since": {"position": after, "valid_at": began.pop("as_of", None)},
        "until": {"position": up_to, "valid_at": ended.pop("as_of", None)},
        "properties": list(_differences(_flat(began), _flat(ended))),
    }


async def _side(
    office: Dossiers,
    identity: Identity,
    code: str,
    position: int,
    asked: KnownAt,
    valid_at: datetime | None,
) -> Json:
    """The state up to a position; nothing where there was none yet."""
    if not position:
        return {}
    at = valid_at or (asked if isinstance(asked, datetime) else await recorded_at(office, position))
    try:
        return await state(office, identity, code, valid_at=at, known_at=position)
    except NotFound as refused:
        if refused.code not in ("not_known_yet", "not_begun_then"):
            raise
        return {"as_of": at}


def _flat(state: Mapping[str, Any]) -> Json:
    found: Json = {}
    for name, value in state.items():
        if name in _OPENED and isinstance(value, dict):
            found |= {f"{name}.{inner}": of for inner, of in value.items()}
        elif name not in _OPENED:
            found[name] = value
    return {name: value for name, value in found.items() if name not in _RUNS}


def _differences(before: Json, after: Json) -> Iterator[Json]:
    for name in sorted(before.keys() | after.keys()):
        if before.get(name) != after.get(name):
            yield {"property": name, "before": before.get(name), "after": after.get(name)}
