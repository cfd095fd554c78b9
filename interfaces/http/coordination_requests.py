"""The bodies of requests about the coordination queue, silent receivers, obstacles and paper originals."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from pydantic import AfterValidator, Field, StringConstraints

from interfaces.http.bodies import Body, ComponentId, Name, Reference, Text
from interfaces.http.handover_requests import MOST_DOSSIERS

Box = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9./-]{1,40}$")]
Days = Annotated[float, Field(gt=0, le=365)]


class Original(Body):
    """So many originals of one component."""

    component: ComponentId
    count: Annotated[int, Field(ge=0, le=1000, strict=True)]


def _each_once(originals: list[Original]) -> list[Original]:
    if len({original.component for original in originals}) < len(originals):
        raise ValueError("a component stands in the list twice")
    return originals


Originals = Annotated[list[Original], Field(max_length=100), AfterValidator(_each_once)]


class Decision(Body):
    dossier: UUID
    to_agency: UUID
    ground: Name


class PlaceList(Body):
    """Who is to hold each of these from now on."""

    decisions: Annotated[list[Decision], Field(min_length=1, max_length=MOST_DOSSIERS)]


class PlaceWaiting(Body):
    """All that wait with this place (CODE@DATE), 1,000 of them at once."""

    place: Reference
    to_agency: UUID
    ground: Name


class NameCoordinator(Body):
    """`agency`: only for what this one held before; `escalates_to`: whose turn it is when nothing happens."""

    officer: UUID
    agency: UUID | None = None
    escalates_to: UUID | None = None


class EndCoordinator(Body):
    """`agency`: the naming for what this one held before; without it, the one for the part."""

    officer: UUID
    agency: UUID | None = None


class Remind(Body):
    """After how many days a receiver is reminded and escalated, and an open obstacle is escalated."""

    after_days: Days = 2
    escalate_after_days: Days = 5
    obstacles_after_days: Days = 7


class ReportObstacle(Body):
    agency: UUID
    kind: Literal["papers", "account", "premises", "equipment", "data", "rule", "other"]
    description: Text
    dossier: UUID | None = None


class AssignObstacle(Body):
    officer: UUID


class EscalateObstacle(Body):
    to_officer: UUID
    reason: Text


class ResolveObstacle(Body):
    resolution: Text


class ListedPapers(Body):
    dossier: UUID
    box: Box
    originals: Originals


class ListPapers(Body):
    """What lies in which box, of each dossier."""

    papers: Annotated[list[ListedPapers], Field(min_length=1, max_length=MOST_DOSSIERS)]


class CheckedPapers(Body):
    """`found` absent: all that was listed; `box` absent: in the box that was listed."""

    dossier: UUID
    found: Originals | None = None
    box: Box | None = None


class CheckPapers(Body):
    """`report_missing`: each dossier that misses some becomes an obstacle of kind `papers`."""

    papers: Annotated[list[CheckedPapers], Field(min_length=1, max_length=MOST_DOSSIERS)]
    report_missing: bool = False
