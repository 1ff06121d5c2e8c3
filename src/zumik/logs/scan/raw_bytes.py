"""Raw bytes: how compiled code looks into an array of bytes, one or eight at a time.

An index of Numba's own looks at each step whether it is below zero, and takes eight bytes only from
places that divide by eight. Nothing here looks whether a place is in the array: who calls, knows.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from typing import Any, TypeVar, cast

import numpy as np
from llvmlite import ir
from numba import njit, types
from numba.core.caching import FunctionCache
from numba.extending import intrinsic
from numpy.typing import NDArray

Bytes = NDArray[np.uint8]
_EIGHT = ir.IntType(64)


def _byte_at(context: Any, array: Any, place: Any) -> Any:
    def code(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        return builder.zext(builder.load(_pointer(context, builder, signature, args)), _EIGHT)

    return types.int64(array, types.int64), code


def _eight_at(context: Any, array: Any, place: Any) -> Any:
    def code(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        pointer = _pointer(context, builder, signature, args)
        return builder.load(builder.bitcast(pointer, _EIGHT.as_pointer()), align=1)

    return types.uint64(array, types.int64), code


def _put_eight(context: Any, array: Any, place: Any, value: Any) -> Any:
    def code(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        pointer = _pointer(context, builder, signature, args)
        builder.store(args[2], builder.bitcast(pointer, _EIGHT.as_pointer()), align=1)
        return context.get_dummy_value()

    return types.none(array, types.int64, types.uint64), code


def _pointer(context: Any, builder: Any, signature: Any, args: Any) -> Any:
    array = context.make_array(signature.args[0])(context, builder, args[0])
    return builder.gep(array.data, [args[1]])


byte_at = cast(Callable[[Bytes, int], int], intrinsic(_byte_at))
"""The byte at a place."""
eight_at = cast(Callable[[Bytes, int], np.uint64], intrinsic(_eight_at))
"""The eight bytes from a place on, of which the first is the lowest."""
put_eight = cast(Callable[[Bytes, int, np.uint64], None], intrinsic(_put_eight))
"""Write eight bytes from a place on."""


_CODE = sha256(
    b"".join(path.read_bytes() for path in sorted(Path(__file__).parent.glob("*.py")))
).hexdigest()[:16]
_CallableT = TypeVar("_CallableT", bound=Callable[..., Any])


def compiled(function: _CallableT) -> _CallableT:
    """The function, compiled; the next process takes it from a file, where one can be written.

    It makes no arrays. So none is counted who has them, which took a third of the time.
    """
    # Numba would take what was compiled before another file changed, of which this one is part.
    function.__qualname__ += f"-{_CODE}"
    options: dict[str, Any] = {"_nrt": False}
    made: Any = njit(**options)(function)
    # Numba says so where no folder can be written.
    with suppress(RuntimeError):
        made._cache = _Cache(function)
    return cast(_CallableT, made)


_UntypedCache: Any = FunctionCache


class _Cache(_UntypedCache):  # type: ignore[misc]
    """What is compiled, in files. Where they fail, it is only compiled again."""

    def load_overload(self, sig: Any, target_context: Any) -> Any:
        """What another process compiled, or None."""
        try:
            return super().load_overload(sig, target_context)
        except Exception:  # noqa: BLE001 (a damaged file raises anything)
            with suppress(OSError):
                self.flush()
            return None

    def save_overload(self, sig: Any, data: Any) -> None:
        """Write it for others, where a disk has space."""
        with suppress(OSError):
            super().save_overload(sig, data)
