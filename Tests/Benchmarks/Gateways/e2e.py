#!/usr/bin/env python3
"""End to end: TCP and UDP through two gateways on this machine, RouterOS and strongSwan kernel-libipsec in turn in one run.

    e2e.py ROUTEROS [--suites a,b] [--reps N] [--seconds N] [--only routeros|strongswan] [--nat] [--no-udp]
"""
import argparse
import sys

from lab import Cpu, Lab, Missing, Traffic, median
from pair import CLIENT, SERVER, SUITES, RouterosPair, StrongswanPair


def parse():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('routeros')
    parser.add_argument('--suites', default='aes128-sha1,3des-sha1')
    parser.add_argument('--reps', type=int, default=3)
    parser.add_argument('--seconds', type=int, default=4)
    parser.add_argument('--only', choices=['routeros', 'strongswan'])
    parser.add_argument('--nat', action='store_true')
    parser.add_argument('--no-udp', action='store_true')
    return parser.parse_args()


def cores(samples):
    names = samples[0].keys()
    return ', '.join(f'{name} {median([s[name] for s in samples if name in s]):.2f}' for name in names)


def main():
    options = parse()
    table, ratios = [], []
    with Lab('e2e', ('ip', 'iperf3', 'gcc') + (('swanctl',) if options.only != 'routeros' else ()) + (('nft',) if options.nat else ())) as lab:
        for suite in options.suites.split(','):
            pairs = []
            if options.only != 'strongswan':
                pairs.append(RouterosPair(lab, f'r{suite[:2]}', suite, options.routeros, options.nat))
            if options.only != 'routeros':
                pairs.append(StrongswanPair(lab, f's{suite[:2]}', suite, options.nat))
            traffic = []
            for pair in pairs:
                pair.up()
                traffic.append(Traffic(lab, pair.client, CLIENT, pair.server, SERVER))
            tcp = [[] for _ in pairs]
            use = [[] for _ in pairs]
            for _ in range(options.reps):
                for i, pair in enumerate(pairs):
                    with Cpu(pair.processes()) as cpu:
                        rate, lost, client, server = traffic[i].tcp(options.seconds)
                    tcp[i].append(rate)
                    use[i].append({**cpu.cores, 'client': client, 'server': server})
            udp = [{} for _ in pairs]
            for size in () if options.no_udp else (64, 1300):
                for i in range(len(pairs)):
                    udp[i][size] = traffic[i].largest_rate(size)
            for i, pair in enumerate(pairs):
                values = [median(tcp[i])] + [udp[i].get(size, (float('nan'), 0))[0] / 1000 for size in (64, 1300)]
                table.append((suite, pair.label, values, min(tcp[i]), max(tcp[i]), udp[i].get(64, (0, 0))[1] / 1000, cores(use[i])))
            if len(pairs) == 2:
                # Under load a gateway of sixteen threads gets more of the cores than one of a single worker: per core says what either costs.
                each = [median([r / sum(v for k, v in u.items() if k[0] in 'ab' and k != 'all') for r, u in zip(tcp[i], use[i])]) for i in (0, 1)]
                ratios.append((suite, [a / b for a, b in zip(table[-2][2], table[-1][2])] + [each[0] / each[1]]))
            for i, pair in enumerate(pairs):
                traffic[i].stop()
                pair.stop()
    print(f'### e2e: client, gateway A, {"NAT, " if options.nat else ""}gateway B, server; median of {options.reps} streams of {options.seconds} s each\n')
    print('| suite | gateways | TCP Gbit/s (min to max) | UDP 64 B kpps (received at overload) | UDP 1300 B kpps | cores while TCP runs |')
    print('|---|---|---|---|---|---|')
    for suite, label, (gbits, small, large), low, high, overload, used in table:
        print(f'| {suite} | {label} | {gbits:.3f} ({low:.3f} to {high:.3f}) | {small:.0f} ({overload:.0f}) | {large:.0f} | {used} |')
    print()
    for suite, values in ratios:
        for name, value in zip(('tcp', 'udp64', 'udp1300', 'tcp-per-core'), values):
            if value == value:
                print(f'ratio\te2e{"-nat" if options.nat else ""}/{suite}/{name}/strongswan\t{value:.2f}')
    return 0


if __name__ == '__main__':
    try:
        sys.exit(main())
    except Missing as problem:
        sys.exit(str(problem))
