"""Logs read, counted and weighed against releases."""
