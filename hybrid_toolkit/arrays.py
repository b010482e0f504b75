"""Types of arrays that every room shares."""

from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

Floats: TypeAlias = NDArray[np.float64]
"""An array of decimals."""
Array: TypeAlias = NDArray[Any]
"""An array of any kind of number."""
Codes: TypeAlias = NDArray[np.intp]
"""An array of whole numbers from 0: which group each row is in."""
