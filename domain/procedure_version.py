"""One version of a procedure: its lines of channels with limit and fee, what a filing under it may name, and
what makes a line fit to be published."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from domain import record_rules
from domain.clear_text import UNLISTED_COMPONENT, judge_form, judge_one_of
from domain.deadlines import UNITS
from domain.procedure_facts import REASONS
from domain.refusals import Refused
from domain.term_values import judge_choice
from domain.terms import GENERAL_TERMS, Terms

LEVELS = ("district", "commune", "province", "abolished")
"""Who decides, where one level does."""
LISTED_LEVELS = ("ministry", "province", "district", "commune", "other")
"""Those that a list names, several at once: at which levels a procedure is carried out."""
KIOSK, ONLINE = "kiosk", "online"
PLACE_BASES = ("residence", "parcel", "seat", "registration")


@dataclass(frozen=True, slots=True)
class ProcedureVersion:
    """What a version says; the fields are those of the fact."""

    number: int
    name: str
    field: str
    decision_no: str
    valid_from: date | None
    level: str | None
    place_basis: str | None
    channels: tuple[dict[str, Any], ...]
    components: tuple[dict[str, Any], ...]
    results: tuple[dict[str, Any], ...]
    terms: Terms = GENERAL_TERMS
    levels: tuple[str, ...] = ()
    said: Mapping[str, Any] | None = None
    """`terms` as they were published."""

    @property
    def of_a_list(self) -> bool:
        """Whether a published list gave it, and not a document that somebody wrote."""
        return bool(self.levels)

    def listed_channel(self, channel: str | None) -> str | None:
        """Whose lines hold for a channel: its own; for a kiosk that a list does not name, those of `online`,
        since a kiosk is an intake device of the online way."""
        if channel != KIOSK or not self.of_a_list or any(line["channel"] == KIOSK for line in self.channels):
            return channel
        return ONLINE

    def lines(self, channel: str | None) -> list[dict[str, Any]]:
        """The lines that hold for a channel, in their order."""
        listed = self.listed_channel(channel)
        return [line for line in self.channels if line["channel"] == listed]

    def entry(self, channel: str | None, case: str | None) -> dict[str, Any] | None:
        """The line of `channels` for this channel and case: the case's own, else the one without a case;
        None if not offered."""
        found = None
        for line in self.lines(channel):
            if line.get("case") == case:
                return line
            if line.get("case") is None:
                found = line
        return found

    def cases(self, channel: str) -> set[str | None]:
        """For what a limit of the channel may be decided: each line's case; and no case, where a list has
        several or leaves the channel out. None at all where a document of one's own does not offer it."""
        found = {line.get("case") for line in self.lines(channel)}
        return found | {None} if self.channels and self.of_a_list else found

    def judge_filing(self, channel: str, case: str | None, components: Iterable[Mapping[str, Any]]) -> None:
        """Refuse a case that no line of the channel has, and a paper that the version does not list; where
        it lists none, a paper's id must be a code. Raises Refused (procedure.lists, value.code_form)."""
        cases = {line.get("case") for line in self.lines(channel)}
        if case is not None and case not in cases:
            raise Refused(record_rules.OF_PROCEDURE, field="case")
        self.judge_components(components)

    def judge_components(self, components: Iterable[Mapping[str, Any]]) -> None:
        """The papers' part of `judge_filing`, for papers that come later."""
        listed = tuple(component["id"] for component in self.components)
        for number, component in enumerate(components):
            if not listed:
                judge_form(f"components.{number}.id", component["id"], UNLISTED_COMPONENT)
            elif component["id"] not in listed:
                raise Refused(record_rules.OF_PROCEDURE, field=f"components.{number}.id", allowed=listed)

    def judge_result(self, code: str | None) -> None:
        """Refuse a result that the version does not list, where it lists any. Raises Refused
        (procedure.lists)."""
        listed = tuple(result["code"] for result in self.results)
        if code is not None and listed and code not in listed:
            raise Refused(record_rules.OF_PROCEDURE, field="result_code", allowed=listed)


def judge_version(
    level: str | None,
    levels: Iterable[str],
    place_basis: str | None,
    channels: Iterable[Mapping[str, Any]],
) -> None:
    """Refuse what a version may not be published with. Raises Refused (value.one_of, procedure.limit.whole,
    procedure.fee.not_negative)."""
    judge_choice("level", level, LEVELS)
    for word in levels:
        judge_one_of("levels", word, LISTED_LEVELS)
    judge_choice("place_basis", place_basis, PLACE_BASES)
    for line in channels:
        _judge_channel(line)


def judge_limit(channel: str, amount: int | None, unit: str | None) -> None:
    """Refuse a limit that is no whole number above 0 with its unit, and not none. Raises Refused."""
    if (amount is None) != (unit is None) or (amount is not None and amount < 1):
        raise Refused(record_rules.LIMIT_WHOLE, channel=channel, amount=amount, unit=unit)
    judge_choice("limit_unit", unit, UNITS)


def _judge_channel(line: Mapping[str, Any]) -> None:
    judge_limit(line["channel"], line.get("limit_amount"), line.get("limit_unit"))
    if (line.get("fee_vnd") or 0) < 0:
        raise Refused(record_rules.FEE, channel=line["channel"], fee_vnd=line["fee_vnd"])
    for reason in line.get("doubts") or ():
        judge_one_of("doubts", reason, REASONS)
