"""What the ledger can be asked to do, one function per command, and the ports it needs for it."""
