"""From names to entries: files of any packing and encoding, split and taken out of envelopes."""
