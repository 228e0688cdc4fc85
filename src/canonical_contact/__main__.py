"""`python -m canonical_contact` is the command line."""

import sys

from canonical_contact.cli import main

if __name__ == "__main__":
    sys.exit(main())
