"""Who may import whom, and what must not happen at import or in the domain: read from the source alone."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGES = ("domain", "application", "projections", "interfaces", "infra")
MODULES = sorted(path.relative_to(ROOT) for package in PACKAGES for path in (ROOT / package).rglob("*.py"))
BUILDERS = {
    "interfaces/wiring.py",
    "interfaces/witness_wiring.py",
    "interfaces/databases.py",
    "interfaces/attest_wiring.py",
    "interfaces/tlog_wiring.py",
    "interfaces/rehearsal.py",
    "interfaces/cli/schema.py",
    "interfaces/cli/schema_partition.py",
    "interfaces/cli/bench.py",
    "interfaces/audit_wiring.py",
    "interfaces/export_wiring.py",
}
_PORTS = (
    "ports",
    "file_ports",
    "tlog_ports",
    "tlog_rows",
    "witness_ports",
    "attested",
    "leaf_ports",
    "export_ports",
)
PORTS = {f"application.{name}" for name in _PORTS}
MAY_IMPORT = {  # of our own packages, and of others; None stands for any library
    "domain": ({"domain"}, {"eventsourcing.domain"}),
    "application": ({"application", "domain"}, {"eventsourcing"}),
    "projections": ({"projections", "domain"}, {"psycopg", "psycopg_pool", "orjson"}),
    "infra": ({"infra", "domain", *PORTS}, None),
    "interfaces": ({"interfaces", "application", "projections"}, None),
}
FILES = {"open", "read_text", "read_bytes", "write_text", "write_bytes"}
TOUCHES_THE_WORLD = FILES | {"connect", "urlopen", "run", "Popen", "socket", "getenv"}
CLOCKS = {"now", "utcnow", "today", "time_ns", "monotonic"}
CHANCE = {"uuid1", "uuid4", "uuid6", "uuid7", "token_bytes", "urandom"}
NOT_IN_DOMAIN = {
    "time",
    "random",
    "secrets",
    "socket",
    "subprocess",
    "os",
    "pathlib",
    "io",
    "sqlite3",
    "http",
}


def imports(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"line {node.lineno}: write imports in full, from the package's name"
            yield from (f"{node.module}.{name.name}" for name in node.names)


def within(name: str, allowed: set[str]) -> bool:
    return any(name == prefix or name.startswith(prefix + ".") for prefix in allowed)


def calls_at_import(node: ast.AST) -> Iterator[ast.Call]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Call):
            yield child
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef):
            for outside in (*child.decorator_list, *child.args.defaults, *child.args.kw_defaults):
                yield from calls_at_import(ast.Expr(outside)) if outside else ()
        elif not isinstance(child, ast.Lambda) and not is_main_guard(child):
            yield from calls_at_import(child)


def is_main_guard(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and "__name__" in ast.dump(node.test)


def called_name(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")


@pytest.mark.parametrize("module", MODULES, ids=str)
def test_a_module_keeps_to_its_layer(module: Path) -> None:
    tree = ast.parse((ROOT / module).read_text(encoding="utf-8"))
    ours, libraries = MAY_IMPORT[module.parts[0]]
    if module.as_posix() in BUILDERS:
        ours = ours | {"infra"}
    for name in imports(tree):
        top = name.partition(".")[0]
        if top in PACKAGES:
            assert within(name, ours), f"{module} must not import {name}"
        elif libraries is not None and top not in sys.stdlib_module_names:
            assert within(name, libraries), f"{module} must not import {name}"
    touched = {called_name(call) for call in calls_at_import(tree)} & TOUCHES_THE_WORLD
    assert not touched, f"{module} calls {touched} when it is imported; do it in a function"


@pytest.mark.parametrize("module", [path for path in MODULES if path.parts[0] == "domain"], ids=str)
def test_the_domain_knows_no_clock_no_chance_and_no_input(module: Path) -> None:
    tree = ast.parse((ROOT / module).read_text(encoding="utf-8"))
    assert not {name.partition(".")[0] for name in imports(tree)} & NOT_IN_DOMAIN
    called = {called_name(node) for node in ast.walk(tree) if isinstance(node, ast.Call)}
    assert not called & (FILES | CLOCKS | CHANCE), "the caller passes in what is decided outside"
