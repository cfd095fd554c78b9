"""The steps of a handover by command, each with who takes it, and how one sees that it stands already."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from tests.cli.office import DESK, HOSO, Answer
from tests.killing.scene import CASES, CENTRE, CLOSER, HEIR, NEW, OPERATORS, SETUP, Scene, wait_for

REFUSED = ("many:case-1", "many:case-2", "many:case-3")
PLACED = REFUSED[:2]
REASON, GROUND = "Thuộc thẩm quyền của tỉnh", "Theo đề nghị của nơi nhận"
HANDED, ACKNOWLEDGED = "handover.dossier_handed_over.v1", "handover.dossier_acknowledged.v1"
ANSWERED = CASES - len(REFUSED)
LIFE = (
    "drafted",
    "simulated",
    "approved",
    "scheduled",
    "effective",
    "transferring",
    "transferred",
    "reconciled",
    "closed",
)
Stands = Callable[[Scene, Answer], bool]


def never(scene: Scene, answer: Answer) -> bool:
    """Taken again, the step is not refused."""
    return False


def reached(state: str) -> Stands:
    def stands(scene: Scene, answer: Answer) -> bool:
        return LIFE.index(scene.state()["state"]) >= LIFE.index(state)

    return stands


def said(words: str) -> Stands:
    """The refusal says it."""
    return lambda scene, answer: words in answer.err


@dataclass(frozen=True)
class Step:
    """`stands`: whether the step's effect is there although its repeat was refused. `writes`: the topic of
    the many facts that it writes, in whose middle it is hit; None: it is hit at some moment."""

    who: str
    command: tuple[str, ...]
    stands: Stands = never
    writes: str | None = None

    @property
    def name(self) -> str:
        return self.command[1]


def steps(scene: Scene) -> list[Step]:
    """From the draft to the close of the part's books."""
    act, (first, second) = scene.act, OPERATORS
    approve = ("handover", "approve", act, "--digest", scene.state()["digest"])
    refused = [word for code in REFUSED for word in ("--dossier", code)]
    reason = ("--reason", REASON, "--suggest", CENTRE)
    return [
        Step(first, ("handover", "simulate", act), reached("simulated")),
        Step(first, approve, lambda scene, _: bool(scene.state()["approvals"])),
        Step(second, approve, reached("approved")),
        Step(first, ("handover", "schedule", act), reached("scheduled")),
        Step(first, ("clock", "move", "--to", f"{NEW}T08:00:00+07:00"), said("never goes back")),
        Step(first, ("handover", "transfer", act), reached("transferred"), HANDED),
        Step(
            CLOSER,
            ("handover", "refuse", act, "--agency", HEIR, *refused, *reason),
            said("handover.answered"),
        ),
        Step(CLOSER, ("handover", "acknowledge", act, "--agency", HEIR, "--all"), never, ACKNOWLEDGED),
        *(Step(first, placing(act, code), said("handover.nothing_to_decide")) for code in PLACED),
        Step(first, ("handover", "reconcile", act), reached("reconciled")),
        Step(SETUP, ("keys", "init")),
        Step(first, ("certificate", "issue", act)),
        Step(CLOSER, ("certificate", "sign", act, "--agency", DESK)),
        Step(CLOSER, ("certificate", "sign", act, "--agency", HEIR)),
        Step(first, ("handover", "close", act)),
    ]


def placing(act: str, code: str) -> tuple[str, ...]:
    return ("handover", "place", act, "--dossier", code, "--to", CENTRE, "--ground", GROUND)


def taken(scene: Scene, step: Step) -> Answer:
    return scene.hoso(*step.command, **scene.token(step.who))


def go_on(scene: Scene, step: Step) -> None:
    """Take the step again. What a killed try had recorded already is not recorded twice: it is refused, or
    found done."""
    for _ in range(4):
        answer = taken(scene, step)
        if answer.code == 0 or step.stands(scene, answer):
            return
        time.sleep(1)  # the database is being started again
    raise AssertionError(f"{step.command}: {answer.out}{answer.err}")


def hit(scene: Scene, step: Step, number: int, kill: Callable[[subprocess.Popen[bytes]], None]) -> int | None:
    """Take the step in a process of its own and kill meanwhile; how many facts of a step that writes many
    stood then."""
    running = subprocess.Popen(
        [HOSO, *step.command],
        env=scene.office.environment | scene.token(step.who),
        cwd=scene.office.folder,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    topic = step.writes
    try:
        if topic is None:
            time.sleep(Random(number).uniform(0.3, 1.3))
        else:
            # Or it gave up: the lists need a moment where the database was killed in the step before.
            wait_for(
                lambda: scene.recorded(topic) > 0 or running.poll() is not None, 180, f"the first {topic}"
            )
        kill(running)
        stood = scene.recorded_when_up(topic) if topic else None
        running.wait(120)
    finally:
        if running.poll() is None:
            running.kill()
            running.wait()
    return stood
