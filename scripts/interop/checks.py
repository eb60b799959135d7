"""What the scripts of checks share: every check is a line of the output."""

import sys

URL, KEY = sys.argv[1:3]
FAILED = []


def check(name, held, details=''):
    print(f"{'ok    ' if held else 'FAILED'} {name}{': ' + str(details) if details != '' else ''}", flush=True)
    if not held:
        FAILED.append(name)


def finish():
    print(f'{len(FAILED)} checks failed')
    sys.exit(1 if FAILED else 0)
