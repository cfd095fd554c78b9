"""The tests: `make test` for the fast ones, `make test-slow` for the rest."""
