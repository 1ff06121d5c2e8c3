"""Attempts of one request: a gateway logs each, and what is counted is the request."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator

from zumik.core.traffic.audit import JudgedCall

MAX_OPEN = 10_000
"""Among how many of the latest requests an attempt finds the others of its own."""

# A call id comes from the log, and may be of any length.
_MAX_ID = 200

_Key = tuple[str, object, object]


class Attempts:
    """Joins failed attempts with the others of their request, which have the same `call_id`.

    A client may choose its call ids, so that equal ones are not enough: two attempts that
    succeeded are two requests, and one request has one alias and one release. An attempt that
    comes more than MAX_OPEN requests after the others counts as a request of its own.
    """

    def __init__(self) -> None:
        self.joined = 0
        self._seen: OrderedDict[_Key, JudgedCall | None] = OrderedDict()

    def requests(self, judged: JudgedCall) -> Iterator[JudgedCall]:
        """The requests that are known once this call is: of each the attempt that counts."""
        key = _key(judged)
        if key is None:
            yield judged
            return
        if not judged.call.failed:
            if self._seen.pop(key, None) is not None:
                self.joined += 1
            self._seen[key] = None
            yield judged
        elif key in self._seen:
            self.joined += 1
        else:
            # It is held back: the next attempt may succeed, and has the tokens.
            self._seen[key] = judged
        if len(self._seen) > MAX_OPEN:
            _, held = self._seen.popitem(last=False)
            if held is not None:
                yield held

    def rest(self) -> Iterator[JudgedCall]:
        """At the end of the logs: the requests of which no attempt succeeded."""
        held, self._seen = self._seen, OrderedDict()
        yield from (judged for judged in held.values() if judged is not None)


def _key(judged: JudgedCall) -> _Key | None:
    call = judged.call
    if call.call_id is None or call.decision is None or call.calls != 1:
        return None
    return call.call_id[:_MAX_ID], call.decision.reference, call.decision.release
