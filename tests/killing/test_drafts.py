"""SIGKILL while an act is drafted: of the process that drafts it, and of PostgreSQL. Drafted again, the act
stands once and whole.
"""

from __future__ import annotations

import json
import subprocess
from collections import Counter
from pathlib import Path

import pytest

from tests.cli.test_handover import act_document
from tests.killing.checks import audited
from tests.killing.scene import CLOSER, OPERATORS, Copy, Scene, serving
from tests.killing.steps import Step, go_on, hit

pytestmark = [
    pytest.mark.slow,
    pytest.mark.faults,
    pytest.mark.skipif(not Path("/proc/self").exists(), reason="looks for processes in /proc"),
]

ACTS = 6
_DRAFTED = "SELECT payload FROM event WHERE topic LIKE 'handover.act_drafted.%'"
_OF_A_DRAFT = """
SELECT regexp_replace(topic, '[.]v[0-9]+$', ''), count(*) FROM event
 WHERE topic LIKE 'handover.act_drafted.%' OR topic LIKE 'handover.part_drafted.%' GROUP BY 1"""


def drafts_of(scene: Scene) -> Counter[str]:
    """How often each number was drafted, once the database runs again."""
    scene.recorded_when_up("handover.act_drafted.v2")
    return Counter(json.loads(payload)["data"]["number"] for (payload,) in scene.query(_DRAFTED))


@pytest.mark.parametrize("killed", ["the process", "PostgreSQL"])
def test_an_act_whose_draft_was_killed_is_drafted_once_and_whole(copied: Copy, killed: str) -> None:
    def kill(running: subprocess.Popen[bytes]) -> None:
        if killed == "PostgreSQL":
            scene.cluster.kill()
        else:
            running.kill()

    with copied(f"drafts-{killed.split()[-1]}") as scene, serving(scene):
        closer = scene.hoso("officers", "show", CLOSER, "--json", **scene.token(CLOSER)).document["id"]
        before = dict(scene.query(_OF_A_DRAFT))
        numbers = [f"{1700 + n}/NQ" for n in range(ACTS)]
        for n, number in enumerate(numbers):
            scene.office.write(f"act-{n}.json", act_document(closer) | {"number": number})
            step = Step(
                OPERATORS[0],
                ("handover", "draft", f"act-{n}.json"),
                lambda scene, answer, number=number: drafts_of(scene)[number] == 1,  # type: ignore[misc]
            )
            hit(scene, step, n, kill)
            go_on(scene, step)
        drafted = drafts_of(scene)
        assert {number: drafted[number] for number in numbers} == dict.fromkeys(numbers, 1)
        assert dict(scene.query(_OF_A_DRAFT)) == {topic: count + ACTS for topic, count in before.items()}
        audited(scene)
