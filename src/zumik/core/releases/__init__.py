"""The release file: how one is frozen, read, refrozen, signed and withdrawn."""
