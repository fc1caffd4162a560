"""The door: everything a face may ask of the newsroom, and how a newsroom is opened."""
