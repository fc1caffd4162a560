"""The newsroom: gathers, digests and prints. It has never heard of the face that carries its editions."""
