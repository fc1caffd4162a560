"""The operator's view: the HTTP service, metrics, logs, and alerts to the owners."""
