"""The rows of a database, by its URL, as entries of a log."""
