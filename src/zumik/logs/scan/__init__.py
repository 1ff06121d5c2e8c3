"""Known lines: how they are written, and the compiled scan that finds others like them."""
