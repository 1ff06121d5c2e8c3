"""The rules: facts in, findings out. Nothing here reads a file or decides what a command does."""
