"""The newsroom: gathers, enriches and prints news. It knows nothing of the face that carries its editions."""
