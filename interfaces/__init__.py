"""The ways in: HTTP, the command line and the feed; wiring.py alone builds what they use."""
