"""A provider in OpenAI's form that answers every chat at once, as a program: `upstream.py PORT`."""

from __future__ import annotations

import json
import sys
from typing import Any

MESSAGE = {"role": "assistant", "content": "hello"}
ANSWER = {
    "id": "c1",
    "object": "chat.completion",
    "created": 1,
    "model": "fast-1",
    "choices": [{"index": 0, "message": MESSAGE, "finish_reason": "stop"}],
    "usage": {"prompt_tokens": 10, "completion_tokens": 1, "total_tokens": 11},
}
BODY = json.dumps(ANSWER).encode()


async def app(scope: dict[str, Any], receive: Any, send: Any) -> None:
    """Whatever is asked, the same answer."""
    while (await receive()).get("more_body"):
        pass
    headers = [(b"content-type", b"application/json")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": BODY})


if __name__ == "__main__":
    import uvicorn

    uvicorn.run(app, port=int(sys.argv[1]), log_level="critical", lifespan="off")
