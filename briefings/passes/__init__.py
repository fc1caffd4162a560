"""The passes: collect, enrich, publish, dispatch, and the parts of their work. Each ends in the database."""
