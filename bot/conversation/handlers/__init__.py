"""What the bot does when asked: read the words, ask the newsroom, choose the reply. No SQL, HTML or rules."""
