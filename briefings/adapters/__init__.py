"""The outside world: web addresses, folders of files, and the optional language model."""
