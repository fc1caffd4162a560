"""The operator's verbs, one module for each noun, and what these share: console, files, output, progress."""
