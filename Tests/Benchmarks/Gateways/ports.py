#!/usr/bin/env python3
"""Packet I/O alone: frames through packet: ports between two namespaces, and through a C program with the same system calls, in turn.

    ports.py BENCHMARKS-DLL [--reps N] [--seconds N]"""
import argparse
import sys

from lab import Cpu, Lab, Missing, Traffic, median, sh, wait_for

# Rates that either program bears on a shared machine; what counts is the CPU time for a frame.
LOADS = ((64, 100_000), (1400, 80_000))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('benchmarks')
    parser.add_argument('--reps', type=int, default=3)
    parser.add_argument('--seconds', type=float, default=2)
    options = parser.parse_args()
    found = {}
    with Lab('io', ('ip', 'iperf3', 'gcc', 'ethtool')) as lab:
        left, middle, right = (lab.namespace(f'i{n}') for n in 'lmr')
        lab.wire(left, 'eth', middle, 'left')
        lab.wire(right, 'eth', middle, 'right')
        for namespace, address in ((left, '192.0.2.1'), (right, '192.0.2.2')):
            sh(f'ip -n {namespace} addr add {address}/24 dev eth')
            # The ends finish their own checksums, which the C program cannot.
            sh(f'ip netns exec {namespace} ethtool -K eth tx off tso off gso off')
        bridges = {'C': [lab.compile('bridge.c'), 'left', 'right'], 'packet: ports': ['dotnet', options.benchmarks, 'bridge', 'left', 'right']}
        traffic = None
        for repetition in range(options.reps):
            for name, command in bridges.items():
                log = f'bridge-{repetition}-{name[0]}.log'
                process = lab.start(middle, command, log)
                wait_for(f'io: {name}', 20, lambda: 'ready' in open(f'{lab.work}/{log}').read())
                traffic = traffic or Traffic(lab, left, '192.0.2.1', right, '192.0.2.2')
                traffic.udp(64, 20_000, 0.5)
                for size, rate in LOADS:
                    with Cpu({'bridge': process.pid}) as cpu:
                        sent, received = traffic.udp(size, rate, options.seconds)
                    packets = received * options.seconds
                    if packets:
                        found.setdefault((name, size), []).append((cpu.cores['bridge'] * cpu.seconds * 1e9 / packets, 100 * (1 - received / sent)))
                lab.stop(process)
    print('### io: frames between two namespaces, TPACKET_V3 and sendmmsg\n')
    print('CPU time of the process for each frame at a fixed rate, which holds the receiving side of a veth pair.\n')
    print('| bytes | C ns | packet: ns | C / packet: | C lost % | packet: lost % |\n|---|---|---|---|---|---|')
    ratios = []
    for size, _ in LOADS:
        c, ours = ([median([v[i] for v in found[name, size]]) for i in (0, 1)] for name in bridges)
        print(f'| {size} | {c[0]:.0f} | {ours[0]:.0f} | {c[0] / ours[0]:.2f} | {c[1]:.2f} | {ours[1]:.2f} |')
        ratios.append((f'io/packet/{size}/c', c[0] / ours[0]))
    print()
    for name, value in ratios:
        if value == value:
            print(f'ratio\t{name}\t{value:.2f}')
    print()
    return 0


if __name__ == '__main__':
    try:
        sys.exit(main())
    except Missing as problem:
        sys.exit(str(problem))
