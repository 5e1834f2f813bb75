#!/usr/bin/env python3
"""One-way forwarding latency through both gateways: while nothing else runs, while gateway A commits in a loop, and beside a TCP stream.

    latency.py ROUTEROS [--seconds N] [--rate N]"""
import argparse
import subprocess
import sys
import threading

from lab import Lab, Missing, Traffic, sh
from pair import CLIENT, SERVER, RouterosPair, StrongswanPair

COMMITS = 400


class Commits:
    """A command line that changes and commits until it is stopped."""

    def __init__(self, pair):
        lines = ['configure'] + [f'set interfaces ge-0/0/0 description n{i}\ncommit' for i in range(COMMITS)]
        command = [pair.routeros, 'cli', '--socket', f'{pair.gateways["a"][1]}/cli']
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        self.done = 0
        self.reader = threading.Thread(target=self.count)
        self.reader.start()
        self.writer = threading.Thread(target=self.write, args=('\n'.join(lines) + '\n',))
        self.writer.start()

    def count(self):
        for line in self.process.stdout:
            self.done += 'commit complete' in line

    def write(self, text):
        try:
            self.process.stdin.write(text)
            self.process.stdin.close()
        except OSError:
            pass

    def stop(self):
        self.process.terminate()
        self.process.wait()
        self.writer.join()
        self.reader.join()
        return self.done


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('routeros')
    parser.add_argument('--seconds', type=int, default=10)
    parser.add_argument('--rate', type=int, default=2000)
    options = parser.parse_args()
    rows, values = [], {}
    with Lab('latency', ('ip', 'iperf3', 'gcc', 'swanctl')) as lab:
        program = lab.compile('latency.c')
        for make in (lambda: RouterosPair(lab, 'l', 'aes128-sha1', options.routeros), lambda: StrongswanPair(lab, 'm', 'aes128-sha1')):
            pair = make()
            pair.up()
            traffic = Traffic(lab, pair.client, CLIENT, pair.server, SERVER)
            # Compiles what is not compiled yet.
            traffic.tcp(3)

            def measure(what):
                out = sh(f'{program} {pair.client} {CLIENT} {pair.server} {SERVER} 64 {options.rate} {options.seconds}').split()
                numbers = [float(x) for x in out]
                values[pair.label, what] = numbers
                rows.append((pair.label, what, numbers))

            measure('nothing else')
            if isinstance(pair, RouterosPair):
                commits = Commits(pair)
                measure('commits in a loop')
                done = commits.stop()
                rows[-1] = (pair.label, f'commits in a loop ({done / options.seconds:.0f} a second)', rows[-1][2])
            thread = threading.Thread(target=lambda: traffic.tcp(options.seconds + 2))
            thread.start()
            measure('a TCP stream beside it')
            thread.join()
            traffic.stop()
            pair.stop()
    print(f'### latency: UDP 64 B through both gateways, one way, {options.rate} packets a second for {options.seconds} s, aes128-sha1\n')
    print('| gateways | while | received | lost | p50 us | p99 us | p99.9 us | largest us |\n|---|---|---|---|---|---|---|---|')
    for label, what, n in rows:
        print(f'| {label} | {what} | {n[0]:.0f} | {n[1]:.0f} | {n[2]:.0f} | {n[3]:.0f} | {n[4]:.0f} | {n[5]:.0f} |')
    print()
    ours = values['RouterOS', 'nothing else']
    for i, name in ((2, 'p50'), (4, 'p99.9')):
        print(f'ratio\tlatency/commits/{name}/idle\t{ours[i] / values["RouterOS", "commits in a loop"][i]:.2f}')
        for what in ('nothing else', 'a TCP stream beside it'):
            print(f'ratio\tlatency/{"idle" if "nothing" in what else "tcp"}/{name}/strongswan\t'
                  f'{values["strongSwan", what][i] / values["RouterOS", what][i]:.2f}')
    print()
    return 0


if __name__ == '__main__':
    try:
        sys.exit(main())
    except Missing as problem:
        sys.exit(str(problem))
