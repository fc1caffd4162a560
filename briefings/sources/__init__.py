"""A source: its kind, when it is visited next, and how it fares."""
