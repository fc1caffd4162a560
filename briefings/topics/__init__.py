"""Topics: matching, topic files, finding one by name, dossiers, timelines and search queries."""
