"""One pseudonym for one value under one key, however the data came in."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re

from hybrid_toolkit.errors import UsageError

_HEX = re.compile(r"(?:[0-9a-fA-F]{2}){16,}")
LENGTH = 20
"""Characters of a pseudonym: 100 bits in base 32, so that two values never meet by chance."""


def pseudonym(value: str, key: bytes) -> str:
    """The pseudonym of one value: HMAC-SHA-256 under the key, the first 100 bits in base 32.

    Blanks, case and leading zeros do not count, so that the same key written in two ways gets one pseudonym; numbers
    that identify are also read without hyphens by ``pseudonymise_folder``.

    Examples
    --------
    >>> one, other = b"k" * 32, b"j" * 32
    >>> pseudonym("W001", one) == pseudonym(" w1 ", one), pseudonym("W1", one) == pseudonym("W1", other)
    (True, False)
    >>> len(pseudonym("W1", one))
    20
    """
    digest = hmac.new(key, loose_key(value).encode(), hashlib.sha256).digest()
    return base64.b32encode(digest).decode().lower()[:LENGTH]


def loose_key(value: str) -> str:
    """A key as it counts where case, blanks and leading zeros do not.

    Examples
    --------
    >>> loose_key(" 088632 "), loose_key("sw 0012"), loose_key("W-01"), loose_key("88632.0"), loose_key("000")
    ('88632', 'SW12', 'W-01', '88632', '0')
    >>> loose_key("00a45")
    'A45'
    """
    text = re.sub(r"\s+", "", value).upper()
    text = re.sub(r"^(\d+)\.0+$", r"\1", text)
    return re.sub(r"^([A-Z]{0,3})0+(?=\d+$)|^0+(?=[0-9A-Z])", r"\1", text)


def name_key(value: str) -> str:
    """A name as it counts where case, marks and the order of its parts do not.

    Examples
    --------
    >>> name_key("Example, Ada"), name_key("ada  EXAMPLE"), name_key("ada.example@la.example")
    ('ada example', 'ada example', 'ada example example la')
    """
    return " ".join(sorted(re.findall(r"\w+", value.casefold())))


def key_bytes(key: str | bytes) -> bytes:
    """The key as bytes; the text of a key file (hexadecimal digits) gives the key that the file keeps.

    Raises
    ------
    UsageError
        The key is empty or all zeros.

    Examples
    --------
    >>> key_bytes("ab" * 32 + "\\n") == bytes.fromhex("ab" * 32), key_bytes("a phrase")
    (True, b'a phrase')
    """
    text = "" if isinstance(key, bytes) else key.strip()
    whole = key if isinstance(key, bytes) else (bytes.fromhex(text) if _HEX.fullmatch(text) else text.encode())
    if not whole or not any(whole):
        raise UsageError(
            "the key is empty, or all its bytes are zero, so that anybody could work the pseudonyms out again.",
            fix="Provide a secret of 32 random bytes, or leave it out: a new one is then created.",
            code="KEY-BAD",
        )
    return whole
