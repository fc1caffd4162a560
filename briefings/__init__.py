"""The newsroom: gathers, enriches and prints news. It has never heard of the face that carries its editions."""
