"""Sources: their kinds, their health, and when each is visited next."""
