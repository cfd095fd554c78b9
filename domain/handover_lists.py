"""A draft as bounded facts, and back: the country's longest lists are cut so that no event grows without
limit."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any, TypeVar

from domain.facts import Fact
from domain.handover_draft import PartDraft
from domain.handover_facts import (
    CHUNK,
    AgenciesListed,
    ExceptionsListed,
    LinksListed,
    PostingsListed,
    RulesListed,
    UnitsListed,
)

Listed = UnitsListed | LinksListed | AgenciesListed | RulesListed | ExceptionsListed | PostingsListed

T = TypeVar("T")


def lists_of(draft: PartDraft) -> Iterator[tuple[type[Fact], dict[str, Any]]]:
    """The list facts of a draft: class and members (at most `CHUNK` in each), in the order in which they are
    recorded."""
    for ends in _chunks(draft.ends):
        yield UnitsListed, {"ends": ends, "begins": ()}
    for begins in _chunks(draft.begins):
        yield UnitsListed, {"ends": (), "begins": begins}
    for links in _chunks(draft.links):
        yield LinksListed, {"links": links}
    for closings in _chunks(draft.closings):
        yield AgenciesListed, {"ends": closings, "receivers": (), "begins": None}
    for receivers in _chunks(draft.receivers):
        yield AgenciesListed, {"ends": (), "receivers": receivers, "begins": None}
    if draft.founds is not None:
        for founds in _chunks(draft.founds) if draft.founds else ((),):
            yield AgenciesListed, {"ends": (), "receivers": (), "begins": founds}
    for rules in _chunks(draft.rules):
        yield RulesListed, {"rules": rules}
    for exceptions in _chunks(draft.exceptions):
        yield ExceptionsListed, {"exceptions": exceptions}
    for postings in _chunks(draft.postings):
        yield PostingsListed, {"postings": postings}


def with_listed(draft: PartDraft, fact: Listed) -> PartDraft:
    """The draft with the members of one more list fact."""
    if isinstance(fact, UnitsListed):
        return replace(draft, ends=draft.ends + fact.ends, begins=draft.begins + fact.begins)
    if isinstance(fact, LinksListed):
        return replace(draft, links=draft.links + fact.links)
    if isinstance(fact, AgenciesListed):
        closings, receivers = draft.closings + fact.ends, draft.receivers + fact.receivers
        founds = draft.founds if fact.begins is None else (draft.founds or ()) + fact.begins
        return replace(draft, closings=closings, receivers=receivers, founds=founds)
    if isinstance(fact, RulesListed):
        return replace(draft, rules=draft.rules + fact.rules)
    if isinstance(fact, ExceptionsListed):
        return replace(draft, exceptions=draft.exceptions + fact.exceptions)
    return replace(draft, postings=draft.postings + fact.postings)


def _chunks(items: tuple[T, ...]) -> Iterator[tuple[T, ...]]:
    return (items[start : start + CHUNK] for start in range(0, len(items), CHUNK))
