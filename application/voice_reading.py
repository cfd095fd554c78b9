"""Who reads what was said of an agency's work: the agency that has to answer and whoever said it read the
texts; whoever may read all that is shown reads the rest.

Lists come from a read model, texts from the log. An erased text is null; one that is not for the reader is
null too, and `texts` says which.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from application.ledger import Ledger
from application.moment import Moment
from application.persons import records_of
from application.policy import Identity, allow
from application.refusals import NotAllowed
from application.voices import Row, Voices, answering, known_voice
from domain.facts import Fact, Recorded, Sealed
from domain.voice import Voice, is_late
from domain.voice_facts import VoiceAnswered, VoicePassedOn, VoiceReceived, VoiceWithdrawn

Json = dict[str, Any]
TEXTS = ("text", "reason", "answer")


async def listed(
    office: Voices,
    identity: Identity,
    *,
    agency: UUID | None = None,
    open_only: bool = False,
    late_only: bool = False,
    after: tuple[datetime, UUID] | None = None,
    limit: int = 100,
) -> list[Json]:
    """A page by (received_at, voice), the oldest first. With `agency`: what it has to answer, or answered,
    and what it has from agencies whose heir it is; without: all, for who may read all that is shown."""
    moment = await office.reader.moment(fresh=True)
    texts = _reads_texts(identity, moment, agency, frozenset())
    agencies = None if agency is None else _standing_for(moment, agency)
    rows = await office.index.page(
        agencies, moment.now, open_only=open_only, late_only=late_only, after=after, limit=limit
    )
    opened = await _opened(office.ledger, [row["voice"] for row in rows]) if texts else {}
    return [_shown(moment, row, opened.get(row["voice"])) for row in rows]


async def one(office: Voices, identity: Identity, id: UUID) -> Json:
    """As recorded now. Raises NotFound, NotAllowed."""
    moment = await office.reader.moment(fresh=True)
    voice = await known_voice(office.ledger, id)
    spoke = await records_of(office.ledger, identity, voice.received.by if voice.received else None)
    texts = _reads_texts(identity, moment, answering(voice, moment), spoke)
    facts = await office.ledger.facts_of([id])
    opened = await _opened(office.ledger, [id]) if texts else {}
    return _shown(moment, _row(voice, facts), opened.get(id))


def _reads_texts(identity: Identity, moment: Moment, agency: UUID | None, spoke: frozenset[UUID]) -> bool:
    """Whether texts are opened for this reader; NotAllowed for one who reads nothing of it."""
    if agency is None:
        allow(identity, "read-views", moment)
        return False
    try:
        allow(identity, "read-voice", moment, agency=agency, parties=spoke)
    except NotAllowed as refused:
        try:
            allow(identity, "read-views", moment)
        except NotAllowed:
            raise refused from None
        return False
    return True


def _standing_for(moment: Moment, agency: UUID) -> list[UUID]:
    """The agency, and those that have ended and whose heir it is."""
    organisation, now = moment.organisation, moment.now
    ended = organisation.known_acts.at(now).heirs
    return [agency, *(one for one in ended if one != agency and organisation.heir_of(one, now) == agency)]


def _row(voice: Voice, facts: Sequence[Recorded[Fact]]) -> Row:
    """What the view's row of it says, from its facts."""
    received, last = voice.received, facts[-1]
    assert received is not None
    ended = last.fact if isinstance(last.fact, VoiceAnswered | VoiceWithdrawn) else None
    return {
        "voice": voice.id,
        "kind": received.kind,
        "agency": voice.agency,
        "dossier": received.dossier,
        "procedure_code": received.procedure_code,
        "anonymous": received.by is None,
        "way": received.way,
        "received_at": received.counted_from,
        "due": received.due,
        "passed_on": sum(isinstance(recorded.fact, VoicePassedOn) for recorded in facts),
        "ended_at": last.recorded_at if ended else None,
        "outcome": ended_as(ended) if ended else None,
        "position": last.position,
    }


def ended_as(fact: VoiceAnswered | VoiceWithdrawn) -> str:
    """The outcome of an answer, or `withdrawn`."""
    return fact.outcome if isinstance(fact, VoiceAnswered) else "withdrawn"


async def _opened(ledger: Ledger, voices: Sequence[UUID]) -> dict[UUID, dict[str, str | None]]:
    """Of each voice its text, the last reason given (of passing on or withdrawing) and its answer."""
    sealed: dict[UUID, dict[str, Sealed]] = {}
    for recorded in await ledger.facts_of(list(voices)) if voices else []:
        fact = recorded.fact
        said = sealed.setdefault(fact.originator_id, {})
        said |= {name: text for name, text in _texts_of(fact) if isinstance(text, Sealed)}
    await ledger.keyring.load(sorted({text.subject for said in sealed.values() for text in said.values()}))
    return {
        id: {name: ledger.keyring.open(text) for name, text in said.items()} for id, said in sealed.items()
    }


def _texts_of(fact: Fact) -> Iterable[tuple[str, Any]]:
    if isinstance(fact, VoiceReceived):
        yield "text", fact.text
    elif isinstance(fact, VoicePassedOn | VoiceWithdrawn):
        yield "reason", fact.reason
    elif isinstance(fact, VoiceAnswered):
        yield "answer", fact.text


def _shown(moment: Moment, row: Row, texts: dict[str, str | None] | None) -> Json:
    """`answers`: who has to answer now, or the one that did; `late`: null where there is no limit."""
    organisation = moment.organisation
    ended = row["ended_at"] is not None
    holder = row["agency"] if ended else organisation.heir_of(row["agency"], moment.now)
    agency = organisation.agencies.get(holder)
    return {
        **{name: value for name, value in row.items() if name != "agency"},
        "answers": {"agency": holder, "identifier": agency.identifier if agency else None},
        "open": not ended,
        "late": is_late(row["due"], row["ended_at"], moment.now),
        **dict.fromkeys(TEXTS),
        **(texts or {}),
        "texts": texts is not None,
    }
