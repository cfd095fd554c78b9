"""Programmes, such as the lists of procedures of a decision: dated tags on procedures, recorded from a file,
again and again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from application.organisation import Organisation
from application.policy import Identity, allow
from application.ports import Claim
from application.registry import Registry, envelope_of, record_each
from domain.facts import Aggregate
from domain.procedure import Procedure, Tag

__all__ = ["Tagged", "has_programme", "tag_procedures"]


@dataclass(frozen=True, slots=True)
class Tagged:
    """What a list did: `recorded` tags, `known` ones that say the same, `unknown` codes that are not in the
    catalogue, and `outside`: codes with the programme's tag from the same day that are not in the list."""

    recorded: int
    known: int
    unknown: tuple[str, ...]
    outside: tuple[str, ...]


async def tag_procedures(
    office: Registry, identity: Identity, programme: Mapping[str, Any], codes: Sequence[str]
) -> Tagged:
    """Tag each procedure of a list. `programme`: the fields of `procedure.tagged.v1`; its days are local.
    Raises Refused (procedure.tag.days, value.code_form), NotAllowed."""
    moment = await office.reader.moment(fresh=True)
    envelope = envelope_of(allow(identity, "load-procedures", moment), moment)
    tag = Tag(**programme)
    key = (tag.programme, tag.valid_from)
    known = {p.code: p for p in moment.organisation.procedures.values()}
    made: list[tuple[Aggregate, list[Claim]]] = []
    same = 0
    for code in codes:
        if code not in known:
            continue
        if known[code].tags.get(key) == tag:
            same += 1
            continue
        procedure = await office.ledger.load(Procedure, known[code].id)
        procedure.tag(envelope, tag)
        made.append((procedure, []))
    loaded = await record_each(office, made)
    unknown = tuple(code for code in codes if code not in known)
    listed = set(codes)
    outside = tuple(sorted(code for code, p in known.items() if key in p.tags and code not in listed))
    return Tagged(loaded.recorded, same, unknown, outside)


def has_programme(organisation: Organisation, programme: str) -> bool:
    """Whether any procedure belongs, or ever belonged, to a programme."""
    return any(key[0] == programme for p in organisation.procedures.values() for key in p.tags)
