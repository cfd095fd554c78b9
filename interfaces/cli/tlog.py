"""`hoso tlog`: the log as outsiders verify it. The commands stand in files of their own."""

from __future__ import annotations

import typer

from interfaces.cli import tlog_keys, tlog_prune, tlog_rebuild, tlog_recover, tlog_run, tlog_status

app = typer.Typer(help="The log as outsiders verify it: who signs it, how far it is attested.")

app.command("init")(tlog_keys.init)
app.command("rotate-key")(tlog_keys.rotate_key)
app.command("withdraw-key")(tlog_keys.withdraw_key)
app.command("run")(tlog_run.run)
app.command("status")(tlog_status.status)
app.command("recover")(tlog_recover.recover)
app.command("rebuild")(tlog_rebuild.rebuild)
app.command("prune")(tlog_prune.prune)
