#!/usr/bin/env python3
"""Compares the ratios of a run with the kept baseline, or keeps them.

    compare.py compare|keep BASELINE RESULTS

A line of the baseline: name, ratio (higher is better), tolerance in percent. A ratio that is worse by more than its tolerance is a regression."""
import sys

# What shares the cores with its own traffic generator varies more than what is measured in thread CPU time.
TOLERANCES = (('e2e', 30), ('io', 25), ('scale', 30), ('latency', 60), ('', 12))


def ratios(path):
    found = {}
    with open(path) as file:
        for line in file:
            fields = line.rstrip('\n').split('\t')
            if fields[0] == 'ratio' and len(fields) == 3:
                found[fields[1]] = float(fields[2])
    return found


def baseline(path):
    with open(path) as file:
        rows = [line.rstrip('\n').split('\t') for line in file if line.strip() and not line.startswith('#')]
    return {name: (float(value), float(tolerance)) for name, value, tolerance in rows}


def keep(path, results):
    try:
        kept = baseline(path)
    except FileNotFoundError:
        kept = {}
    for name, value in ratios(results).items():
        kept[name] = (value, next(t for prefix, t in TOLERANCES if name.startswith(prefix)))
    with open(path, 'w') as file:
        file.write('# name\tratio (higher is better)\ttolerance in percent\n')
        for name in sorted(kept):
            file.write(f'{name}\t{kept[name][0]:.3f}\t{kept[name][1]:.0f}\n')
    print(f'{len(kept)} ratios kept')
    return 0


def compare(path, results):
    kept, now = baseline(path), ratios(results)
    both = [name for name in kept if name in now]
    worse = [name for name in both if now[name] < kept[name][0] * (1 - kept[name][1] / 100)]
    better = sum(now[name] > kept[name][0] * (1 + kept[name][1] / 100) for name in both)
    if worse:
        print('| regression | kept | now | change | tolerance |\n|---|---|---|---|---|')
        for name in worse:
            print(f'| {name} | {kept[name][0]:.3f} | {now[name]:.3f} | {100 * (now[name] / kept[name][0] - 1):+.0f} % | {kept[name][1]:.0f} % |')
        print()
    new = [name for name in now if name not in kept]
    print(f'{len(both)} ratios compared: {len(worse)} worse, {better} better; {len(kept) - len(both)} not measured, {len(new)} new')
    return 1 if worse else 0


if __name__ == '__main__':
    if len(sys.argv) != 4 or sys.argv[1] not in ('compare', 'keep'):
        sys.exit(__doc__)
    try:
        sys.exit({'compare': compare, 'keep': keep}[sys.argv[1]](sys.argv[2], sys.argv[3]))
    except FileNotFoundError as problem:
        sys.exit(f'{problem.filename} is not there; run a table first')
