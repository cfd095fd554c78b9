"""The HTTP API: routes, problems, pages. Contract in docs; every route asks the policy once."""
