"""Attempts of one request: a gateway logs each, and what is counted is the request."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator

from zumik.core.traffic.audit import JudgedCall
from zumik.core.traffic.logged_call import LoggedCall

MAX_OPEN = 10_000
"""Among how many of the latest requests an attempt finds the others of its own."""

# A call id comes from the log, and may be of any length.
_MAX_ID = 200

_Key = tuple[str, object, object]


class Attempts:
    """Joins failed attempts with the others of their request, which have the same `call_id`.

    A client may choose its call ids, so that equal ones are not enough: two attempts that
    succeeded are two requests, and one request has one alias and one release. An attempt that
    comes more than MAX_OPEN requests after the others counts as a request of its own. One that was
    logged twice, with the same time and model, counts once.
    """

    def __init__(self) -> None:
        self.joined = 0
        self._seen: OrderedDict[_Key, JudgedCall] = OrderedDict()

    def requests(self, judged: JudgedCall) -> Iterator[JudgedCall]:
        """The requests that are known once this call is: of each the attempt that counts."""
        key = _key(judged)
        if key is None:
            yield judged
            return
        before = self._seen.get(key)
        if before is None:
            self._seen[key] = judged
            if not judged.call.failed:
                yield judged
        elif judged.call.failed or _is_twice(before.call, judged.call):
            self.joined += 1
        else:
            self.joined += before.call.failed or False
            self._seen.pop(key)
            self._seen[key] = judged
            yield judged
        if len(self._seen) > MAX_OPEN:
            _, held = self._seen.popitem(last=False)
            # A failure is held back: the next attempt may succeed, and has the tokens.
            if held.call.failed:
                yield held

    def rest(self) -> Iterator[JudgedCall]:
        """At the end of the logs: the requests of which no attempt succeeded."""
        held, self._seen = self._seen, OrderedDict()
        yield from (judged for judged in held.values() if judged.call.failed)


def _is_twice(before: LoggedCall, call: LoggedCall) -> bool:
    """Whether a call that succeeded is the one before, which succeeded too."""
    if before.failed or call.at is None:
        return False
    return (call.at, call.called) == (before.at, before.called)


def _key(judged: JudgedCall) -> _Key | None:
    call = judged.call
    if call.call_id is None or call.decision is None or call.calls != 1:
        return None
    return call.call_id[:_MAX_ID], call.decision.reference, call.decision.release
