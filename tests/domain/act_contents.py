"""What a part of an act may say, drawn at random within what a draft must keep; few units and agencies, so
that acts meet."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import hypothesis.strategies as st

from domain.handover_checks import validate
from domain.handover_draft import PartDraft
from domain.handover_facts import Closing, LevelRule, Link, Receiver
from tests.domain.naive_holding import Content

AGENCIES = [UUID(int=0xA0 + n) for n in range(5)]
UNITS = [UUID(int=0xB0 + n) for n in range(5)]
LEVELS = {"at-commune": "commune", "at-province": "province", "gone": "abolished"}
PROCEDURES = ["at-commune", "at-commune", "at-commune", "at-province", "gone", "no-rule", None]


@st.composite
def act_contents(draw: st.DrawFn) -> Content:
    """A part's content that a draft may have, as plain data."""
    ending = draw(st.lists(st.sampled_from(AGENCIES), min_size=2, max_size=3, unique=True))
    living = st.sampled_from([agency for agency in AGENCIES if agency not in ending])
    units = draw(st.permutations(UNITS))
    cut = draw(st.integers(1, 3))
    ends, begins = units[:cut], units[cut:]
    found = []
    for unit in ends:
        to = draw(st.lists(st.sampled_from(begins), min_size=1, max_size=2, unique=True))
        kind = "part" if len(to) > 1 else draw(st.sampled_from(["whole", "whole", "same", "part"]))
        default = draw(st.integers(0, 2))
        found += [(unit, successor, kind, default == n) for n, successor in enumerate(to)]
    receiving = {link[1] for link in found} | set(draw(st.lists(st.sampled_from(begins), max_size=2)))
    return {
        "heirs": {agency: draw(living) for agency in ending},
        "ends": ends,
        "begins": begins,
        "links": found,
        "receivers": {unit: draw(living) for unit in sorted(receiving)},
        "desk": draw(living),
        "levels": LEVELS,
    }


def as_draft(content: Content, hour: datetime) -> PartDraft:
    draft = PartDraft(
        act=UUID(int=1),
        name="part",
        province=UUID(int=2),
        effective_at=hour,
        ends=tuple(content["ends"]),
        begins=tuple(content["begins"]),
        links=tuple(Link(*link) for link in content["links"]),
        closings=tuple(Closing(agency, heir, UUID(int=3)) for agency, heir in content["heirs"].items()),
        receivers=(
            *(Receiver(unit, "commune", agency) for unit, agency in content["receivers"].items()),
            Receiver(UUID(int=2), "province", content["desk"]),
        ),
        rules=tuple(LevelRule("r", code, level, "assumed") for code, level in content["levels"].items()),
    )
    validate(draft)
    return draft
