"""The command line: the composition root.

A command builds its adapters with local imports, calls one function, and hands the result to a
view. One small module for each command or group, loaded only when it is called.
"""

import gc

# A command lives for a tenth of a second, or makes much and keeps it: looking for garbage was a
# tenth of the one and a twentieth of the other.
gc.set_threshold(1_000_000)
