"""Use cases: adapters in, a value out. One a module, for the command line and the server.

An action reads and writes through the rooms and decides nothing that the core can decide. It does
not print, and knows no command and no route.
"""
