"""Runs tests once as they are, then again and again with one rule switched off each time: the tests that the
rule decided must notice. A pytest plugin: `pytest -p tests.rules.switched_off tests/domain ...`.

A rule is switched off where the domain and the application raise it: each `raise Refused(rule, ...)` of
theirs becomes `if <the rule is on>: raise Refused(rule, ...)`, by an import hook that changes no file.
"""

from __future__ import annotations

import ast
import builtins
import importlib.machinery
import json
import os
import sys
import time
from collections import defaultdict
from collections.abc import Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from types import CodeType, ModuleType
from typing import Any

import pytest
from _pytest.runner import runtestprotocol
from hypothesis import Phase
from hypothesis import settings as hypothesis_settings

CHANGED = ("domain", "application")
SWITCH = "__rule_is_on__"
REPORT = "HOSO_TESTS_SWITCHED_OFF"
"""The file that gets the outcome, as JSON."""
MOST_TESTS = 25
"""So many tests of a rule are run with it off, the quickest first, before it counts as missed."""


class _Switch:
    """Which rule is off, and which tests each rule decided while none was."""

    def __init__(self) -> None:
        self.off: str | None = None
        self.running = ""
        self.decided: defaultdict[str, set[str]] = defaultdict(set)

    def __call__(self, rule: Any) -> bool:
        if self.off is None:
            self.decided[rule.id].add(self.running)
        return bool(rule.id != self.off)


SWITCHED = _Switch()


class _Guard(ast.NodeTransformer):
    """Puts the switch before each refusal that names its rule, and before what is put on record by one."""

    def visit_Call(self, node: ast.Call) -> ast.AST:
        self.generic_visit(node)
        if not (isinstance(node.func, ast.Name) and node.func.id == "on_record"):
            return node
        asks = ast.Call(ast.Name(SWITCH, ast.Load()), [node.args[0]], [])
        return ast.copy_location(ast.IfExp(asks, node, ast.Tuple([], ast.Load())), node)

    def visit_Raise(self, node: ast.Raise) -> ast.AST:
        call = node.exc
        if not (isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == "Refused"):
            return node
        if not call.args:
            return node
        asks = ast.Call(ast.Name(SWITCH, ast.Load()), [call.args[0]], [])
        return ast.copy_location(ast.If(asks, [node], []), node)


class _Loader(SourceFileLoader):
    def source_to_code(self, data: Any, path: Any, *, _optimize: int = -1) -> CodeType:  # type: ignore[override]
        tree = _Guard().visit(ast.parse(data, str(path)))
        code: CodeType = compile(ast.fix_missing_locations(tree), path, "exec", dont_inherit=True)
        return code

    def get_code(self, fullname: str) -> CodeType | None:  # never from or to a cache of the unchanged file
        path = self.get_filename(fullname)
        return self.source_to_code(self.get_data(path), path)


class _Finder(MetaPathFinder):
    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if fullname.partition(".")[0] not in CHANGED:
            return None
        spec = PathFinder.find_spec(fullname, path, target)
        if spec is not None and isinstance(spec.loader, importlib.machinery.SourceFileLoader):
            spec.loader = _Loader(fullname, spec.loader.path)
        return spec


setattr(builtins, SWITCH, SWITCHED)
sys.meta_path.insert(0, _Finder())
# A failing example is all that is wanted: none is made smaller, none is kept.
hypothesis_settings.register_profile(
    "switched_off", phases=(Phase.explicit, Phase.generate), database=None, deadline=None
)
hypothesis_settings.load_profile("switched_off")


@pytest.hookimpl(tryfirst=True)
def pytest_runtestloop(session: pytest.Session) -> bool:
    """All tests with every rule on, then for each rule those that it decided."""
    runs = _Runs(session.items)
    broken = [item.nodeid for item in session.items if runs.fails(item)]
    outcome: dict[str, Any] = {"broken": broken, "unseen": [], "missed": [], "noticed": {}}
    for rule in _all_rules() if not broken else ():
        decided = runs.quickest(SWITCHED.decided.get(rule, set()))
        SWITCHED.off = rule
        noticed = next((item.nodeid for item in decided if runs.fails(item)), None)
        SWITCHED.off = None
        if noticed is not None:
            outcome["noticed"][rule] = noticed
        else:
            outcome["missed" if decided else "unseen"].append(rule)
    with open(os.environ[REPORT], "w", encoding="utf-8") as report:
        json.dump(outcome, report, ensure_ascii=False, indent=1)
    return True


def _all_rules() -> list[str]:
    """Those of a dossier, of its dates, of what is registered, of what is on record and of voices."""
    from domain import voice_rules  # after the import hook
    from domain.anomalies import ANOMALIES
    from domain.refusals import Rule
    from domain.rules import all_rules

    of_voices = (value for value in vars(voice_rules).values() if isinstance(value, Rule))
    return list(dict.fromkeys(rule.id for rule in (*all_rules(), *ANOMALIES, *of_voices)))


class _Runs:
    """The session's tests, and how long each took when it was run first."""

    def __init__(self, items: list[pytest.Item]) -> None:
        self._items = {item.nodeid: item for item in items}
        self._ends = items[0], items[-1]
        self._took: dict[str, float] = {}

    def quickest(self, tests: set[str]) -> list[pytest.Item]:
        known = sorted((self._took[test], test) for test in tests if test in self._took)
        return [self._items[test] for _, test in known[:MOST_TESTS]]

    def fails(self, item: pytest.Item) -> bool:
        """Run a test. Another is named as the next one, so that what the session shares is kept."""
        first, last = self._ends
        SWITCHED.running = item.nodeid
        began = time.monotonic()
        reports = runtestprotocol(item, log=False, nextitem=first if item is last else last)
        self._took.setdefault(item.nodeid, time.monotonic() - began)
        return any(report.failed for report in reports)
