"""Delivery to a web address: one POST with a JSON body; whatever answers 2xx has it."""

from __future__ import annotations

import http.client
import json
import urllib.error
import urllib.request
from typing import Any

from ledger.core.text import shown
from ledger.core.words import Words
from ledger.delivery import Failed, Message

_AGAIN = (408, 425, 429)
_OWN_FAULT = range(400, 500)


class _Stay(urllib.request.HTTPRedirectHandler):
    """A redirect is no delivery: the token would go to somebody else, and a POST would become a GET."""

    def redirect_request(self, *_: Any, **__: Any) -> None:
        return None


def send(url: str, message: Message, *, token: str, timeout: int) -> str:
    """Post it; the status.  Raises :class:`Failed`."""
    body = json.dumps({
        "store": message.store, "number": message.number, "date": str(message.day), "digest": message.digest,
        "text": message.text.decode(),
    }, ensure_ascii=False).encode()  # fmt: skip
    heads = {"Content-Type": "application/json; charset=utf-8", "Idempotency-Key": message.key}
    if token:
        heads["Authorization"] = f"Bearer {token}"
    request = urllib.request.Request(url, body, heads, method="POST")  # noqa: S310 - the settings let only http(s) in
    try:
        with urllib.request.build_opener(_Stay).open(request, timeout=timeout) as answer:
            return f"{answer.status}"
    except urllib.error.HTTPError as error:
        with error:
            again = error.code in _AGAIN or error.code not in _OWN_FAULT
            raise Failed(
                Words(f"对方答复 {error.code}", f"the answer was {error.code}"), again=again and error.code >= 400
            ) from None
    except (OSError, http.client.HTTPException) as error:
        reason = error.reason if isinstance(error, urllib.error.URLError) else error
        said = shown(str(reason) or type(error).__name__)
        raise Failed(Words(f"连不上：{said}", f"it cannot be reached: {said}"), again=True) from None
