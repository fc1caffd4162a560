"""What an operator watches: the HTTP service, metrics, logs, and alerts to the owners."""
