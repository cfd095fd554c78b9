"""The command `hoso`: one sub-command per noun, one file per noun.

A new noun is a file here with `app`, a line in `build` and its commands in docs/commands.md.
"""

from __future__ import annotations

import sys

import typer

from interfaces.cli import (
    agencies,
    anomalies,
    audit,
    bench,
    calendar,
    certificate,
    citizens,
    clock,
    demo,
    documents,
    files,
    flow,
    handover,
    history,
    importing,
    keys,
    linked,
    obstacles,
    officers,
    on_time,
    papers,
    procedures,
    proof,
    schema,
    serve,
    serve_one,
    slip,
    tlog,
    tokens,
    units,
    verify,
    views,
    voice,
    witness,
)

HELP = "hoso (hồ sơ): a ledger of government dossiers. Every command has --json and ends in a sentence."


def build() -> typer.Typer:
    """The command with all its nouns."""
    app = typer.Typer(help=HELP, no_args_is_help=True, pretty_exceptions_enable=False, add_completion=False)
    app.command("demo")(demo.demo)
    app.command("serve")(serve.serve)
    app.command("serve-one", hidden=True)(serve_one.serve_one)
    for name, noun in {
        "schema": schema.app,
        "tokens": tokens.app,
        "units": units.app,
        "agencies": agencies.app,
        "officers": officers.app,
        "citizens": citizens.app,
        "procedures": procedures.app,
        "calendar": calendar.app,
        "clock": clock.app,
        "handover": handover.app,
        "keys": keys.app,
        "certificate": certificate.app,
        "obstacles": obstacles.app,
        "papers": papers.app,
        "linked": linked.app,
        "documents": documents.app,
        "voice": voice.app,
        "files": files.app,
        "tlog": tlog.app,
        "views": views.app,
        "bench": bench.app,
        "witness": witness.app,
    }.items():
        app.add_typer(noun, name=name, no_args_is_help=True)
    app.command("import")(importing.import_)
    app.command("history")(history.show)
    app.command("slip")(slip.show)
    app.command("proof")(proof.run)
    app.command("verify")(verify.run)
    app.command("audit")(audit.run)
    app.command("flow")(flow.run)
    app.command("on-time")(on_time.run)
    app.command("anomalies")(anomalies.run)
    return app


def main() -> None:
    """Run one command; exit codes are those of interfaces/cli/run.py, 2 for wrong usage."""
    try:
        build()(prog_name="hoso")
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main()
