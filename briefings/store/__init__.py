"""Every line of SQL in the project, one module a noun. Knows words, not rules."""
