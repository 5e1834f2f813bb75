#!/usr/bin/env python3
"""Soak: two RouterOS gateways at full rate for minutes, TCP and UDP at once, with rekeys all the time. Then checks that memory is flat, that
the tunnel was never renegotiated by accident, and that every packet is accounted for: what did not arrive was counted by some queue.

    soak.py ROUTEROS [--minutes N] [--suite aes128-sha1]
"""
import argparse
import json
import re
import subprocess
import sys
import time

from lab import Cpu, Lab, Missing, sh
from pair import CLIENT, SERVER, RouterosPair

# Lifetime in kilobytes of traffic: a rekey every few seconds at full rate.
REKEY_KILOBYTES = 1_500_000
# Memory may still settle in the first minute (buffers, tiers of the control process). After that: pages that come and go.
FLAT_MEGABYTES = 12


class SoakPair(RouterosPair):
    def configuration(self, name, other, suite, lifetime):
        text = super().configuration(name, other, suite, lifetime)
        return re.sub(r'(proposal esp-aes \{)', rf'\1 lifetime-kilobytes {REKEY_KILOBYTES};', text, count=1)


def memory(pid):
    """Proportional set size in MB."""
    with open(f'/proc/{pid}/smaps_rollup') as file:
        return int(re.search(r'^Pss:\s+(\d+)', file.read(), re.M).group(1)) / 1024


def device_drops(namespace):
    """Frames that the kernel's devices and sockets of a namespace lost, and said so."""
    links = json.loads(sh(f'ip -n {namespace} -s -j link'))
    lost = sum(l['stats64'][way]['dropped'] for l in links for way in ('rx', 'tx') if l['ifname'] != 'lo')
    with_snmp = sh(f'ip netns exec {namespace} cat /proc/net/snmp')
    udp = [line.split() for line in with_snmp.splitlines() if line.startswith('Udp:')]
    return lost, int(udp[1][udp[0].index('RcvbufErrors')]), int(udp[1][udp[0].index('InDatagrams')])


def pfe(pair, name):
    """Drops of one gateway by reason, port queues included."""
    found = {}
    for line in pair.cli(name, 'show pfe statistics traffic').splitlines():
        match = re.match(r'    (\S+/\S+(?: (?:receive|transmit) queue)?)\s+(\d+)(\s|$)', line)
        if match:
            found[match.group(1)] = int(match.group(2))
    return found


def spis(pair):
    return set(re.findall(r'\b[0-9a-f]{8}\b', pair.cli('a', 'show security ipsec security-associations')))


def minute(pair, number, cpu, seen):
    pids = pair.processes()
    row = [number, *(f'{memory(pids[name]):.0f}' for name in ('a data', 'b data', 'a control', 'b control')), len(seen)]
    row += [f'{cpu.cores.get(name, 0):.2f}' for name in ('a data', 'b data')]
    row.append(sum(pfe(pair, 'a').values()) + sum(pfe(pair, 'b').values()))
    print('| ' + ' | '.join(str(cell) for cell in row) + ' |', flush=True)
    return [float(cell) for cell in row[1:3]]


def tcp_rates(text):
    end = json.loads(text)
    intervals = [i['sum']['bits_per_second'] / 1e9 for i in end['intervals']]
    return end['end']['sum_received']['bits_per_second'] / 1e9, min(intervals[1:-1] or intervals), end['end']['sum_sent'].get('retransmits', 0)


def soak(lab, options):
    pair = SoakPair(lab, 'so', options.suite, options.routeros)
    pair.up()
    seconds = options.minutes * 60
    lab.start(pair.server, ['iperf3', '-s', '-B', SERVER], 'tcp-server.log')
    lab.start(pair.server, ['iperf3', '-s', '-B', SERVER, '-p', '5202'], 'udp-server.log')
    time.sleep(1)
    before = {name: device_drops(ns) for name, ns in (('client', pair.client), ('a', pair.a), ('b', pair.b), ('server', pair.server))}
    drops = {name: pfe(pair, name) for name in 'ab'}
    tcp = subprocess.Popen(['ip', 'netns', 'exec', pair.client, 'iperf3', '-c', SERVER, '-B', CLIENT, '-t', str(seconds), '-i', '10', '-J'],
                           stdout=subprocess.PIPE, text=True)
    udp = subprocess.Popen(['ip', 'netns', 'exec', pair.client, 'iperf3', '-c', SERVER, '-B', CLIENT, '-p', '5202', '-u', '-l', '1000', '-b', '200M',
                            '-t', str(seconds), '-i', '10', '-J'], stdout=subprocess.PIPE, text=True)
    lab.processes += [tcp, udp]
    print('| minute | PSS MB a data | b data | a control | b control | SPIs so far | cores a data | b data | drops counted |')
    print('|---|---|---|---|---|---|---|---|---|')
    sizes, seen = [], set()
    for number in range(1, options.minutes + 1):
        with Cpu(pair.processes()) as cpu:
            for _ in range(10):
                seen |= spis(pair)
                time.sleep(max(0.0, 6 - 0.5))
        if tcp.poll() is None and udp.poll() is None:
            sizes.append(minute(pair, number, cpu, seen))
    tcp_text, udp_text = tcp.communicate()[0], udp.communicate()[0]
    time.sleep(2)

    failures = []
    rate, slowest, retransmits = tcp_rates(tcp_text)
    sums = json.loads(udp_text)['end']
    sent, lost = sums['sum']['packets'], sums['sum']['lost_packets']
    counted = {}
    for name, ns in (('client', pair.client), ('a', pair.a), ('b', pair.b), ('server', pair.server)):
        after = device_drops(ns)
        counted[f'{name} devices'] = after[0] - before[name][0]
        counted[f'{name} sockets'] = after[1] - before[name][1]
    for name in 'ab':
        after = pfe(pair, name)
        for reason, count in after.items():
            grown = count - drops[name].get(reason, 0)
            if grown:
                counted[f'{name} {reason}'] = grown
    total = sum(counted.values())
    print()
    print(f'TCP {rate:.2f} Gbit/s, slowest 10 s {slowest:.2f}, {retransmits} retransmissions; UDP {sent} packets of 1000 B sent, {lost} lost')
    print('counted: ' + (', '.join(f'{what} {n}' for what, n in counted.items() if n) or 'no drop anywhere'))
    # A retransmission answers a loss, a late acknowledgement, or nothing; only UDP tells exactly what did not arrive.
    if lost > total:
        failures.append(f'{lost} UDP packets did not arrive, but only {total} drops were counted')
    if slowest <= 0:
        failures.append('TCP stood still for 10 seconds')
    if len(sizes) >= 3:
        for i, name in enumerate('ab'):
            growth = sizes[-1][i] - sizes[1][i]
            if growth > FLAT_MEGABYTES:
                failures.append(f'the data process of {name} grew by {growth:.0f} MB after the second minute')
    rekeys = (len(seen) - 2) // 2
    if rekeys < options.minutes:
        failures.append(f'only {rekeys} rekeys were seen in {options.minutes} minutes')
    print(f'rekeys seen: {rekeys}; ' + ('; '.join(failures) if failures else 'memory is flat, every loss is counted: PASS'))
    return 1 if failures else 0


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('routeros')
    parser.add_argument('--minutes', type=int, default=10)
    parser.add_argument('--suite', default='aes128-sha1')
    with Lab('soak', ('ip', 'iperf3')) as lab:
        return soak(lab, parser.parse_args())


if __name__ == '__main__':
    try:
        sys.exit(main())
    except Missing as problem:
        sys.exit(str(problem))
