"""Keywords: which reports speak of a topic, topic files, dossiers and search queries."""
