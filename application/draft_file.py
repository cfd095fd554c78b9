"""From an act's file to the drafts of its parts: references and identifiers become ids, new units and
agencies are made. Each fault carries its place in the file (`pointer`, RFC 6901), and the first that is found
is the one that is told, always the same.

A file's part: name, province (CODE@DATE, may begin by this part), ends [CODE@DATE], begins [{code, name,
kind, level, parent}], links [{from, to, kind, default, decided_by, basis, disputed}],
agencies {begins [agency entries], ends [{agency, heir, closed_by}], receivers [{unit, level, agency}]},
rules [{procedure, level, origin}], exceptions [{name, procedure, place, agency, to}],
postings [{officer, from, to}].
A new unit is valid from the act's day; CODE@DAY names it within the file, and so does `CODE@`, also while
the act does not say its day. What another draft begins is nothing yet, so a wrong draft is cancelled and its
file drafted again.
"""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from uuid import UUID

from application.draft_check import check_parts
from application.draft_names import Document, Known, Names, each
from application.ids import new_id
from application.moment import Moment
from application.refusals import BadRequest, NotFound, within
from application.registry import found_agency
from domain import handover_rules as rules
from domain.agency import Agency
from domain.facts import Aggregate, Envelope
from domain.handover_draft import PartDraft
from domain.handover_facts import Closing, LevelRule, Link, PostingMove, Receiver, RoutingException
from domain.handover_part import HandoverPart
from domain.local_time import local_date
from domain.refusals import Refused
from domain.unit import Unit


@dataclass(frozen=True, slots=True)
class DraftedPart:
    """The drafted part and everything that begins by it."""

    part: HandoverPart
    aggregates: tuple[Aggregate, ...]

    @property
    def units(self) -> list[Unit]:
        return [one for one in self.aggregates if isinstance(one, Unit)]


def draft_parts(
    moment: Moment, envelope: Envelope, act_id: UUID, effective_at: datetime | None, parts: Sequence[Document]
) -> list[DraftedPart]:
    """Every part of an act. Raises BadRequest or NotFound naming the item, and Refused by the domain's rules
    for drafts; each with its pointer."""
    known = Known(moment.organisation, moment.now)
    ended = [known.agencies_ended(part) for part in parts]
    drafted: list[DraftedPart] = []
    for number, document in enumerate(parts):
        elsewhere = [one for other, agencies in enumerate(ended) if other != number for one in agencies]
        part = HandoverPart.empty(new_id(moment.now))
        with within(f"/parts/{number}"):
            drafted.append(_drafted(moment, envelope, act_id, effective_at, document, elsewhere, known, part))
    made = {one.id: one for d in drafted for one in d.aggregates if isinstance(one, Unit)}
    check_parts(moment.organisation, [d.part for d in drafted], made)
    return drafted


def draft_part(
    moment: Moment,
    envelope: Envelope,
    act_id: UUID,
    effective_at: datetime | None,
    document: Document,
    part: HandoverPart,
    also_ending: Collection[UUID] = (),
) -> DraftedPart:
    """The next version of one part, which may list again what an earlier one began. `also_ending`: the
    agencies that the act's other parts end. Raises as `draft_parts`, with pointers within the document."""
    known = Known(moment.organisation, moment.now)
    return _drafted(moment, envelope, act_id, effective_at, document, also_ending, known, part)


def _drafted(
    moment: Moment,
    envelope: Envelope,
    act_id: UUID,
    effective_at: datetime | None,
    document: Document,
    also_ending: Collection[UUID],
    known: Known,
    part: HandoverPart,
) -> DraftedPart:
    names = Names(known)
    new_units = _NewUnits(moment, envelope, part.id, effective_at, names)
    units = list(each("/begins", document.get("begins", ()), new_units.make))
    new_agencies = _NewAgencies(moment, envelope, part.id, names)
    agencies = list(each("/agencies/begins", document["agencies"].get("begins", ()), new_agencies.make))
    begun = [unit.id for unit in units], [agency.id for agency in agencies]
    part.draft(envelope, _draft(act_id, effective_at, document, names, *begun), also_ending)
    return DraftedPart(part, (*new_units.made, *new_agencies.made, part))


def _draft(
    act_id: UUID,
    effective_at: datetime | None,
    document: Document,
    names: Names,
    begins: Sequence[UUID],
    founds: Sequence[UUID],
) -> PartDraft:
    agencies = document["agencies"]
    return PartDraft(
        act=act_id,
        name=document["name"],
        province=names.unit(document, "province"),
        effective_at=effective_at,
        ends=tuple(each("/ends", document["ends"], names.unit_named)),
        begins=tuple(begins),
        founds=tuple(founds),
        links=tuple(each("/links", document["links"], lambda one: _link(names, one))),
        closings=tuple(
            each(
                "/agencies/ends",
                agencies["ends"],
                lambda one: Closing(
                    names.agency(one, "agency"), names.agency(one, "heir"), names.officer(one, "closed_by")
                ),
            )
        ),
        receivers=tuple(
            each(
                "/agencies/receivers",
                agencies["receivers"],
                lambda one: Receiver(names.unit(one, "unit"), one["level"], names.agency(one, "agency")),
            )
        ),
        rules=tuple(
            LevelRule(r.get("rule", "level"), r["procedure"], r["level"], r.get("origin", "assumed"))
            for r in document["rules"]
        ),
        exceptions=tuple(
            each("/exceptions", document.get("exceptions", ()), lambda one: _exception(names, one))
        ),
        postings=tuple(
            each(
                "/postings",
                document.get("postings", ()),
                lambda one: PostingMove(_posting(names, one, effective_at), names.agency(one, "to")),
            )
        ),
    )


def _link(names: Names, link: Document) -> Link:
    return Link(
        names.unit(link, "from"),
        names.unit(link, "to"),
        link["kind"],
        link.get("default", True),
        link.get("decided_by"),
        link.get("basis", ""),
        link.get("disputed", False),
    )


def _exception(names: Names, one: Document) -> RoutingException:
    return RoutingException(
        one["name"],
        one.get("procedure"),
        names.unit(one, "place") if one.get("place") else None,
        names.agency(one, "agency") if one.get("agency") else None,
        names.agency(one, "to") if one.get("to") else None,
    )


def _posting(names: Names, move: Document, effective_at: datetime | None) -> UUID:
    """The posting that a move names: by id, or as an officer's posting at an agency: where it is just before
    the hour (acts scheduled earlier move it there, and an amendment names it as the act did), or now."""
    if "posting" in move:
        posting_id = UUID(move["posting"])
        if not names.known.is_posting(posting_id):
            text = f"no officer has the posting {posting_id}"
            raise NotFound("unknown_posting", text, pointer="/posting")
        return posting_id
    officer, agency = UUID(move["officer"]), names.agency(move, "from")
    before = [] if effective_at is None else [effective_at - timedelta(microseconds=1)]
    for t in (*before, names.known.now):
        for posting, where in names.known.organisation.posted(officer, t):
            if where == agency:
                return posting.posting_id
    text = f"officer {officer} is not posted at {move['from']}"
    raise NotFound("unknown_posting", text, pointer="/officer")


@dataclass(slots=True)
class _NewUnits:
    """Makes the units that begin by a part; one that an earlier version of the part began is kept."""

    moment: Moment
    envelope: Envelope
    part: UUID
    effective_at: datetime | None
    names: Names
    made: list[Unit] = field(default_factory=list)

    def make(self, entry: Document) -> Unit:
        day = local_date(self.effective_at) if self.effective_at else None
        unit = Unit.empty(new_id(self.moment.now))
        unit.establish(
            self.envelope,
            code=entry["code"],
            name=entry["name"],
            level=entry["level"],
            kind=entry["kind"],
            parent=self.names.unit(entry, "parent") if entry.get("parent") else None,
            valid_from=day,
            known_valid_on=day,
            begins_by=self.part,
            source=entry.get("source", ""),
            origin=dict(entry.get("origin", {})),
        )
        if unit.reference in self.names.units:
            text = f"the part begins {unit.reference} twice: leave one out"
            raise BadRequest("unit_twice", text, pointer="/code")
        for known in self.moment.organisation.units_with_code(unit.code):
            if known.reference != unit.reference:
                continue
            named = (known.name_on(day or date.max), known.kind_on(day or date.max))
            if known.begins_by != self.part or named != (entry["name"], entry["kind"]):
                raise Refused(rules.BEGINS_ONCE, pointer="/code", unit=unit.reference)
            return self._named(known)
        self.made.append(unit)
        return self._named(unit)

    def _named(self, unit: Unit) -> Unit:
        self.names.units[unit.reference] = unit.id
        self.names.units.setdefault(f"{unit.code}@", unit.id)
        return unit


@dataclass(slots=True)
class _NewAgencies:
    """Makes the agencies that begin by a part; one that an earlier version of the part began is kept."""

    moment: Moment
    envelope: Envelope
    part: UUID
    names: Names
    made: list[Agency] = field(default_factory=list)

    def make(self, entry: Document) -> Agency:
        identifier, unit = entry["identifier"], self.names.unit(entry, "unit")
        known = self.moment.organisation.agency_with_identifier(identifier)
        if known is not None and (known.begins_by, known.unit, known.kind) == (
            self.part,
            unit,
            entry["kind"],
        ):
            again = identifier in self.names.agencies
        else:
            again = known is not None or identifier in self.names.agencies
        if again:
            text = f"the agency {identifier} is there already: a new one needs a new identifier"
            raise BadRequest("agency_twice", text, pointer="/identifier")
        if known is not None:
            self.names.agencies[identifier] = known.id
            return known
        ids: ChainMap[str, UUID] = ChainMap(self.names.agencies)
        if entry.get("parent"):
            ids = ids.new_child({entry["parent"]: self.names.agency(entry, "parent")})
        agency = found_agency(self.envelope, entry, self.moment, ids, begins_by=self.part, unit=unit)
        self.names.agencies[agency.identifier] = agency.id
        self.made.append(agency)
        return agency
