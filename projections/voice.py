"""The view `voice`: feedback and complaints, who has to answer each, until when, and how it ended.

Each fact is a row or a change of one, applied in order. Who stands for an agency that has ended, and what is
late by now, is asked when it is read."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any, ClassVar

from domain.facts import Category, Fact, Recorded
from domain.voice_facts import VoiceAnswered, VoicePassedOn, VoiceReceived, VoiceWithdrawn
from projections.view import Connection, Facts

_RECEIVED = """
INSERT INTO voice (voice, kind, agency, dossier, procedure_code, anonymous, citizen, way, received_at, due,
    passed_on, position)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, 0, %s)"""
_PASSED_ON = "UPDATE voice SET agency = %s, passed_on = passed_on + 1, position = %s WHERE voice = %s"
_ANSWERED = "UPDATE voice SET agency = %s, ended_at = %s, outcome = %s, position = %s WHERE voice = %s"
_WITHDRAWN = "UPDATE voice SET ended_at = %s, outcome = 'withdrawn', position = %s WHERE voice = %s"


class VoiceRegister:
    name: ClassVar[str] = "voice"
    categories: ClassVar[frozenset[int]] = frozenset((Category.VOICE,))
    tables: ClassVar[tuple[str, ...]] = ("voice",)

    def reset(self) -> None:
        pass

    async def prepare(self, deciding: AsyncIterator[Recorded[Fact]]) -> None:
        pass

    async def apply(self, connection: Connection, facts: Facts) -> None:
        for recorded in facts:
            if recorded.fact.CATEGORY == Category.VOICE:
                await _follow(connection, recorded)


async def _follow(connection: Connection, recorded: Recorded[Any]) -> None:
    fact, at, position = recorded.fact, recorded.recorded_at, recorded.position
    voice = fact.originator_id
    if isinstance(fact, VoiceReceived):
        row = (voice, fact.kind, fact.agency, fact.dossier, fact.procedure_code, fact.by is None, fact.by)
        await connection.execute(_RECEIVED, (*row, fact.way, fact.counted_from, fact.due, position))
    elif isinstance(fact, VoicePassedOn):
        await connection.execute(_PASSED_ON, (fact.to_agency, position, voice))
    elif isinstance(fact, VoiceAnswered):
        await connection.execute(_ANSWERED, (fact.agency, at, fact.outcome, position, voice))
    elif isinstance(fact, VoiceWithdrawn):
        await connection.execute(_WITHDRAWN, (at, position, voice))
