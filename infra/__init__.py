"""What touches the machine: PostgreSQL, keys, clock, settings."""
