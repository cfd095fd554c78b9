"""Read models: what is shown, each with its table and its queries, built from the log alone."""
