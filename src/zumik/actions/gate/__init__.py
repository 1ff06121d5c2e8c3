"""Whether a branch may land, and whether a work tree is sound."""
