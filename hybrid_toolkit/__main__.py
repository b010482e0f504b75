"""``python -m hybrid_toolkit`` is the command ``hybrid-toolkit``."""

import sys

from hybrid_toolkit.cli import main

if __name__ == "__main__":
    sys.exit(main())
