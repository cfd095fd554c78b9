"""Items as the array parameters of `append_batch` (infra/sql/02_append.sql), in binary."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from application.ports import Item
from infra import binary
from infra.resolve import DIGEST_BYTES


def encode(items: Sequence[Item]) -> list[binary.Array]:
    """The array parameters of append_batch, in its order: APPEND's, or APPEND_PLAIN's without conditions."""
    numbers: list[int] = []
    sizes: list[int] = []
    commands: list[bytes | None] = []
    digests: list[bytes | None] = []
    conditioned: list[tuple[int, Item]] = []
    keyed = False
    for number, item in enumerate(items, 1):
        count = len(item.events)
        numbers.append(number)
        sizes.append(count)
        commands.append(item.command_id)
        if item.request_digest is not None:
            digests.append(item.request_digest[:DIGEST_BYTES])
            keyed = True
        else:
            digests.append(None)
        if count > 1:
            rest = count - 1
            numbers += [number] * rest
            sizes += [0] * rest
            nothing: list[None] = [None] * rest
            commands += nothing
            digests += nothing
        if item.claims or item.nothing_newer is not None or item.recorded_before is not None:
            conditioned.append((number, item))
    events = [event for item in items for event in item.events]
    return [
        binary.Int4Array(numbers),
        binary.UuidArray([event.stream_id for event in events]),
        binary.Int4Array([event.version for event in events]),
        binary.Int2Array([event.category for event in events]),
        binary.TextArray([event.topic for event in events]),
        binary.ByteaArray([event.payload for event in events]),
        binary.Int2Array(sizes),
        binary.ByteaArray(commands if keyed else []),
        binary.ByteaArray(digests if keyed else []),
        *(_conditions(conditioned) if conditioned else ()),
    ]


def _conditions(items: Sequence[tuple[int, Item]]) -> list[binary.Array]:
    before = [(number, item.recorded_before) for number, item in items if item.recorded_before is not None]
    claims = [(number, claim) for number, item in items for claim in item.claims]
    newer: list[tuple[int, int, UUID]] = []
    deciding: list[tuple[int, int, int]] = []
    sets: dict[tuple[int, ...], int] = {}
    for number, item in items:
        condition = item.nothing_newer
        if condition is None:
            continue
        newer += [(number, condition.read_up_to, stream) for stream in condition.streams]
        newer += [(number, after, stream) for stream, after in condition.streams_at]
        if condition.categories:
            named = sets.setdefault(condition.categories, len(sets) + 1)
            deciding.append((number, condition.read_up_to, named))
    members = [(number, category) for categories, number in sets.items() for category in categories]
    return [
        binary.Int4Array([number for number, _ in before]),
        binary.TimeArray([time for _, time in before]),
        binary.Int4Array([number for number, _ in claims]),
        binary.TextArray([claim.kind for _, claim in claims]),
        binary.ByteaArray([claim.value for _, claim in claims]),
        binary.UuidArray([claim.stream_id for _, claim in claims]),
        binary.Int4Array([number for number, _, _ in newer]),
        binary.Int8Array([after for _, after, _ in newer]),
        binary.UuidArray([stream for _, _, stream in newer]),
        binary.Int4Array([number for number, _, _ in deciding]),
        binary.Int8Array([after for _, after, _ in deciding]),
        binary.Int4Array([named for _, _, named in deciding]),
        binary.Int4Array([number for number, _ in members]),
        binary.Int2Array([category for _, category in members]),
    ]
