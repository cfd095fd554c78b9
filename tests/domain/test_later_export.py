"""A register's later export beside an earlier one: what it says otherwise of one dossier."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from domain.later_export import Difference, MovedStep, SaidStep, difference

BEGUN = datetime(2014, 1, 6, 9, tzinfo=UTC)


def step(activity: str, day: int) -> SaidStep:
    at = BEGUN + timedelta(days=day)
    return SaidStep(activity, at.isoformat(), at)


def undated(activity: str) -> SaidStep:
    return SaidStep(activity, None, None)


def said(earlier: list[SaidStep], later: list[SaidStep]) -> tuple[list[object], ...]:
    """Identical ones, then moved, gone, back-dated and added, each as the steps themselves."""
    found = difference(earlier, later)
    return (
        [found.identical],
        [(earlier[pair.earlier], later[pair.later]) for pair in found.moved],
        [earlier[place] for place in found.gone],
        [later[place] for place in found.back_dated],
        [later[place] for place in found.added],
    )


def test_a_dossier_that_only_went_on_has_no_rewritten_past() -> None:
    earlier = [step("receive", 0), step("check", 3)]
    later = [*earlier, step("decide", 9)]
    assert difference(earlier, later) == Difference(2, (), (), (), (2,))
    assert not difference(earlier, later).past_rewritten


def test_a_step_at_another_time_moved() -> None:
    found = difference([step("receive", 0), step("check", 3)], [step("check", 2), step("receive", 0)])
    assert found == Difference(1, (MovedStep(1, 0),), (), (), ())
    assert found.past_rewritten


def test_a_step_that_the_later_export_does_not_know_is_gone() -> None:
    found = difference([step("receive", 0), step("check", 3)], [step("receive", 0)])
    assert found == Difference(1, (), (1,), (), ())
    assert found.past_rewritten


def test_a_new_step_not_after_the_last_known_one_is_back_dated() -> None:
    earlier = [step("receive", 0), step("check", 3)]
    found = difference(earlier, [*earlier, step("inspect", 3), step("hear", 4)])
    assert found == Difference(2, (), (), (2,), (3,))
    assert found.past_rewritten


def test_the_same_step_twice_and_then_once_is_gone_once() -> None:
    found = difference([step("remind", 3), step("remind", 3)], [step("remind", 3)])
    assert found == Difference(1, (), (1,), (), ())


def test_of_more_steps_than_there_were_the_earliest_are_those_that_moved() -> None:
    found = difference([step("remind", 5)], [step("remind", 7), step("remind", 4), step("remind", 2)])
    assert found == Difference(0, (MovedStep(0, 2),), (), (1,), (0,))


def test_the_same_instant_written_otherwise_is_a_step_that_moved() -> None:
    at = BEGUN + timedelta(days=1)
    written, rewritten = (
        SaidStep("check", "2014-01-07T10:00+01:00", at),
        SaidStep("check", at.isoformat(), at),
    )
    assert difference([written], [rewritten]).moved == (MovedStep(0, 0),)


def test_a_step_without_a_time_is_never_back_dated() -> None:
    found = difference([step("receive", 0)], [step("receive", 0), undated("archive")])
    assert found == Difference(1, (), (), (), (1,))
    assert difference([undated("archive")], [undated("archive")]).identical == 1


exports = st.lists(
    st.one_of(
        st.builds(step, st.sampled_from("abc"), st.integers(0, 4)), st.builds(undated, st.sampled_from("abc"))
    ),
    max_size=12,
)


@given(exports, exports)
def test_it_agrees_with_crossing_out_by_hand(earlier: list[SaidStep], later: list[SaidStep]) -> None:
    identical, *others = said(earlier, later)
    ours, theirs = list(earlier), list(later)
    for one in earlier:
        if one in theirs:
            theirs.remove(one)
            ours.remove(one)
    assert identical == [len(earlier) - len(ours)]
    last = max((one.at for one in earlier if one.at), default=None)
    moved: list[tuple[SaidStep, SaidStep]] = []
    gone: list[SaidStep] = []
    past: list[SaidStep] = []
    added: list[SaidStep] = []
    for activity in "abc":
        left = sorted((s for s in ours if s.activity == activity), key=when)
        right = sorted((s for s in theirs if s.activity == activity), key=when)
        while left and right:
            moved.append((left.pop(0), right.pop(0)))
        gone += left
        for one in right:
            (past if one.at and last and one.at <= last else added).append(one)
    assert others == [moved, gone, past, added]
    assert difference(earlier, later).past_rewritten is bool(moved or gone or past)


def when(one: SaidStep) -> float:
    return one.at.timestamp() if one.at else -1.0


@given(exports)
def test_an_export_beside_itself_says_nothing_otherwise(export: list[SaidStep]) -> None:
    assert difference(export, export) == Difference(len(export), (), (), (), ())
