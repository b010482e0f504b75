"""The data behind a result, for as long as somebody holds them: what is shown of it is compared with them."""

from __future__ import annotations

from weakref import WeakValueDictionary

import pandas as pd

from hybrid_toolkit.data.evaluation_data import EvaluationData

_behind: WeakValueDictionary[str, EvaluationData | pd.DataFrame] = WeakValueDictionary()


def keep_behind(data_hash: str, data: EvaluationData | pd.DataFrame) -> None:
    """Remember whose result has this hash; the data stay in memory no longer for it."""
    _behind[data_hash] = data


def data_behind(data_hash: str) -> EvaluationData | pd.DataFrame | None:
    """The data that a result of this hash was made of, or None where nobody holds them any more.

    Examples
    --------
    >>> frame = pd.DataFrame({"y": [1.0]})
    >>> keep_behind("one", frame)
    >>> data_behind("one") is frame, data_behind("another")
    (True, None)
    """
    return _behind.get(data_hash)
