"""What must hold after every series of kills, and somebody who asks the server all through it."""

from __future__ import annotations

import threading
import time

import httpx

from tests.killing.scene import CASES, OPERATORS, Scene
from tests.killing.steps import ACKNOWLEDGED, ANSWERED, HANDED, REFUSED

SIGNERS = 2


def sound(scene: Scene) -> None:
    """As many transfers and answers as dossiers, the books closed, a certificate that is good without the
    ledger, and an audit that finds nothing."""
    assert scene.recorded(HANDED) == CASES
    assert scene.recorded(ACKNOWLEDGED) == ANSWERED
    assert scene.recorded("handover.dossier_refused.v2") == len(REFUSED)
    assert scene.state()["state"] == "closed"
    certified(scene)
    audited(scene)


def certified(scene: Scene) -> None:
    operator = scene.token(OPERATORS[0])
    file, keys = scene.office.folder / "certificate.json", scene.office.folder / "keys.json"
    shown = scene.hoso("certificate", "show", scene.act, "--out", str(file), **operator)
    assert shown.code == 0, shown.err
    keys.write_text(scene.hoso("keys", "list", "--json", **operator).out, encoding="utf-8")
    away = {"HOSO_DATA_DIR": "nowhere", "HOSO_TOKEN": ""}
    checked = scene.hoso("certificate", "check", str(file), "--keys", str(keys), "--json", **away)
    found = checked.document
    assert (found["valid"], found["signed"], found["required"]) == (True, SIGNERS, SIGNERS), checked.out


def audited(scene: Scene) -> None:
    audit = scene.hoso("audit", "--json", **scene.token(OPERATORS[0]))
    assert (audit.code, audit.document["findings"]) == (0, []), audit.out


class Asking:
    """Somebody who tracks a dossier again and again, through every kill."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._ask)
        self._answered = 0.0

    def __enter__(self) -> Asking:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def answered_lately(self) -> bool:
        return time.monotonic() - self._answered < 2

    def _ask(self) -> None:
        with httpx.Client(base_url=self._url, timeout=5, trust_env=False) as client:
            while not self._over.wait(0.5):
                try:
                    if client.get("/v1/track/many:case-1").status_code < 500:
                        self._answered = time.monotonic()
                except httpx.TransportError:
                    continue
