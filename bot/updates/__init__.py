"""Receiving updates: polling, the webhook, the inbox, and the reading of raw updates."""
