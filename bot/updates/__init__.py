"""Receiving updates: polling, the webhook, the inbox, and raw updates turned into the library's."""
