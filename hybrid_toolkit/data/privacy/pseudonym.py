"""One pseudonym for one value under one key, however the data came in."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re

LENGTH = 20
"""Characters of a pseudonym: 100 bits in base 32, so that two values never meet by chance."""


def pseudonym(value: str, key: bytes) -> str:
    """The pseudonym of one value: HMAC-SHA-256 under the key, the first 100 bits in base 32.

    Blanks around the value do not count; numbers that identify are also read without inner blanks or hyphens by
    ``pseudonymise_folder``, so that the same number written in two ways gets one pseudonym.

    Examples
    --------
    >>> one, other = b"k" * 32, b"j" * 32
    >>> pseudonym("W1", one) == pseudonym(" W1 ", one), pseudonym("W1", one) == pseudonym("W1", other)
    (True, False)
    >>> len(pseudonym("W1", one))
    20
    """
    digest = hmac.new(key, value.strip().encode(), hashlib.sha256).digest()
    return base64.b32encode(digest).decode().lower()[:LENGTH]


def key_bytes(key: str | bytes) -> bytes:
    """The key as bytes; the text of a key file (hexadecimal digits) gives the key that the file keeps.

    Examples
    --------
    >>> key_bytes("ab" * 32 + "\\n") == bytes.fromhex("ab" * 32), key_bytes("a phrase")
    (True, b'a phrase')
    """
    if isinstance(key, bytes):
        return key
    text = key.strip()
    return bytes.fromhex(text) if re.fullmatch(r"(?:[0-9a-fA-F]{2}){16,}", text) else key.encode()
