"""The workspace: its files as values, its settings, a new one. It decides and prints nothing."""
