"""A real register, exported twice with a year between: what its later export says otherwise of the past."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from domain.imported_case import ImportedCase
from domain.later_export import SaidStep, difference
from infra.xes import read_cases

pytestmark = pytest.mark.shared
ACTIVITY = "action_code"


def said(case: ImportedCase) -> list[SaidStep]:
    codes = [
        next((a.value for a in step.attributes if a.key == ACTIVITY), step.activity) for step in case.steps
    ]
    return [
        SaidStep(code, step.as_written, step.occurred_at)
        for code, step in zip(codes, case.steps, strict=True)
    ]


def test_nine_permits_of_a_municipality_have_another_past_a_year_later(shared_dir: Path) -> None:
    folder = shared_dir / "data" / "eventlogs"
    earlier, later = (
        {case.case_id: said(case) for case in read_cases(folder / f"permits_m1_extract_{year}.xes.gz")}
        for year in (2014, 2015)
    )
    both = earlier.keys() & later.keys()
    counts: Counter[str] = Counter()
    for case_id in both:
        found = difference(earlier[case_id], later[case_id])
        counts["identical"] += found.identical
        for kind in ("moved", "gone", "back_dated"):
            counts[kind] += len(getattr(found, kind))
        counts["rewritten"] += found.past_rewritten
    assert len(both) == 936
    assert counts == {"identical": 38_844, "moved": 54, "gone": 41, "back_dated": 5, "rewritten": 9}
