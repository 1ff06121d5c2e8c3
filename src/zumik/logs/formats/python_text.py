"""Values as Python prints them: `{'requested_model': 'code.fast', 'request': None}`.

LiteLLM writes its metadata so into the attributes of spans. Only literals are read, nothing is run,
and the text is bounded, because compiling takes far more memory than the text has.
"""

from __future__ import annotations

import ast
import warnings
from typing import Any

from zumik.core.basics.foreign_json import ForeignJson, is_too_deep
from zumik.core.basics.strict_json import MalformedJson

MAX_PYTHON_CHARS = 16 * 1024
"""A decision takes half a kilobyte, the usage of a call two; a hostile text of this length takes a
fifth of a second."""

_TOO_LARGE = 10**19
"""As the reader of JSON has it: no field of ours can hold such a number."""


def foreign_python(text: str) -> ForeignJson:
    """The value that a text holds in Python's own notation. Raises MalformedJson.

    A key that stands twice in an object is remembered, as the reader of JSON does.
    """
    if len(text) > MAX_PYTHON_CHARS:
        raise MalformedJson("too long for a Python value")
    if is_too_deep(text):
        raise MalformedJson("nested too deeply")
    try:
        # Python warns of an unusual escape in a string; the text is another program's.
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(text.strip(), mode="eval")
        twice: dict[int, frozenset[str]] = {}
        kept: list[object] = []
        return ForeignJson(_value(tree.body, twice, kept), twice, kept)
    except (ValueError, SyntaxError, RecursionError, MemoryError):
        raise MalformedJson("not a Python value") from None


def _value(node: ast.expr, twice: dict[int, frozenset[str]], kept: list[object]) -> Any:
    match node:
        case ast.Constant(value=int() as value) if value >= _TOO_LARGE:
            raise ValueError("too large a number")
        case ast.Constant(value=str() | int() | float() | None as value):
            return value
        case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int() | float())):
            return -_value(node.operand, twice, kept)
        case ast.List(elts=items) | ast.Tuple(elts=items):
            return [_value(item, twice, kept) for item in items]
        case ast.Dict(keys=keys, values=values):
            names = [_name(key) for key in keys]
            read = [_value(value, twice, kept) for value in values]
            fields = dict(zip(names, read, strict=True))
            if len(fields) != len(names):
                twice[id(fields)] = frozenset(name for name in fields if names.count(name) > 1)
                kept.append(fields)
            return fields
        case _:
            raise ValueError("not a literal")


def _name(key: ast.expr | None) -> str:
    if isinstance(key, ast.Constant) and isinstance(key.value, str):
        return key.value
    raise ValueError("not a text as key")
