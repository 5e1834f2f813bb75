#!/usr/bin/env python3
"""Sessions of L2TP at an E Series: many clients of one address, under IPsec and in the clear; rate of set-ups, memory of each, rekeys of all.

    l2tp.py ROUTEROS DRIVER [--secure N] [--clear N] [--parallel N]

DRIVER is the built Tests/Interop/Driver: simulated clients that all have one private address. CPU seconds are those of the router's processes;
memory is their own (proportional set size), counted from when the first 200 clients are connected; before and after, the router has been left alone
for as long as it needs to give back what work has left behind."""
import argparse
import os
import subprocess
import sys
import time

from lab import Lab, Missing, cpu_of, sh, wait_for
from pair import RouterosPair

KEY = 'benchmark-secret'
ROUTER = '192.0.2.1'
BEHIND = '10.20.0.1'
WARM = 200
# Two looks of the routing engine at itself and the collection that may follow (Kernel/Host/Processes/QuietCollection.cs).
QUIET = 21


class Server:
    """An erx1440 in a namespace, and a namespace for clients beside it."""

    def __init__(self, lab, tag, routeros, secure):
        self.lab, self.routeros, self.secure = lab, routeros, secure
        self.load, self.gateway = lab.namespace(f'{tag}l'), lab.namespace(f'{tag}g')
        lab.wire(self.load, 'wan', self.gateway, 'wan')
        sh(f'ip -n {self.load} addr add 192.0.2.9/24 dev wan')
        # A socket for each client, and room for what comes to all of them at once.
        sh(f'ip netns exec {self.load} sysctl -qw net.ipv4.ip_local_port_range="2048 65000"')
        self.folder = f'{lab.work}/{tag}'
        os.makedirs(self.folder)
        with open(f'{self.folder}/lns.scr', 'w') as file:
            file.write(self.script())
        self.process = lab.start(self.gateway, [
            routeros, 'run', '--platform', 'erx1440', '--config', f'{self.folder}/lns.scr', '--state', f'{self.folder}/state',
            '--socket', f'{self.folder}/cli', '--wire', 'fastEthernet1/0=packet:wan'], f'{tag}.log')
        wait_for('RouterOS', 180, lambda: 'up' in self.cli('show ip interface brief'))
        self.tag = tag
        self.drivers = 0

    def script(self):
        ipsec = f'''ipsec ike-policy-rule 10
 authentication pre-share
 encryption 3des
 hash sha
 group 2
ipsec option nat-t
ipsec transport profile secure virtual-router default ip address 0.0.0.0
 application l2tp
 transform-set esp-3des-hmac-sha
 local ip address {ROUTER}
  pre-share {KEY}
''' if self.secure else ''
        return f'''hostname lns
aaa authentication ppp default local
username load password benchmark
profile users
 ip unnumbered loopback 0
 ppp authentication chap
 ppp keepalive 600
virtual-router default
interface loopback 0
 ip address {BEHIND} 255.255.255.255
interface fastEthernet 1/0
 ip address {ROUTER} 255.255.255.0
ip address-pool local
ip local pool clients 10.64.0.1 10.64.127.254
{ipsec}l2tp destination profile any ip address 0.0.0.0
 remote host default
{'  enable ipsec-transport' if self.secure else ''}
  profile users
'''

    def cli(self, command):
        return sh(f'{self.routeros} cli --socket {self.folder}/cli -c "{command}"', check=False)

    def processes(self):
        return RouterosPair.descendants(self.process.pid)

    def cpu(self):
        return sum(cpu_of(p) for p in self.processes())

    def memory(self):
        total = 0
        for pid in self.processes():
            with open(f'/proc/{pid}/smaps_rollup') as file:
                total += sum(int(line.split()[1]) for line in file if line.startswith('Pss:'))
        return total * 1024

    def drive(self, driver, count, parallel):
        """Starts clients and waits until they are connected; gives what the driver says of it, and a function that tells it more."""
        self.drivers += 1
        name = f'{self.tag}-driver{self.drivers}.log'
        words = [f'key={KEY}'] if self.secure else []
        process = self.lab.start(self.load, [
            'prlimit', f'--nofile={(2 if self.secure else 1) * count + 1024}', driver, ROUTER, '192.168.1.2', str(count), 'load', 'benchmark', f'parallel={parallel}', *words],
            name, stdin=subprocess.PIPE)

        def line(word, seconds=900):
            def there():
                with open(f'{self.lab.work}/{name}') as file:
                    return next((row.strip() for row in reversed(file.readlines()) if row.startswith(word)), None)
            wait_for(f'the driver ({word})', seconds, lambda: there() or process.poll() is not None)
            return there() or open(f'{self.lab.work}/{name}').read()

        def tell(command, word):
            process.stdin.write((command + '\n').encode())
            process.stdin.flush()
            return line(word)
        return line('connected'), tell

    def stop(self):
        self.lab.stop(self.process)
        self.lab.drop(self.load, self.gateway)


def measure(lab, options, tag, secure, count):
    server = Server(lab, tag, options.routeros, secure)
    server.drive(options.driver, WARM, options.parallel)
    time.sleep(QUIET)
    memory, cpu, start = server.memory(), server.cpu(), time.monotonic()
    said, tell = server.drive(options.driver, count, options.parallel)
    seconds = time.monotonic() - start
    used, done = server.cpu() - cpu, int(said.split()[1])
    peak = server.memory() - memory
    time.sleep(QUIET)
    grown = server.memory() - memory
    each = [f'{bytes / max(done, 1) / 1024:.1f}' for bytes in (grown, peak)]
    rows = [('set up', said, f'{used:.1f}', f'{used / max(done, 1) * 1e3:.2f}', f'{each[0]}; {each[1]} when the last had connected')]
    ratio = done / seconds
    rows.append(('pinged, all at once', tell(f'ping {BEHIND} 3 100', 'pinged'), '', '', ''))
    if secure:
        cpu = server.cpu()
        said = tell('rekey', 'rekeyed')
        rows.append(('rekeyed', said, f'{server.cpu() - cpu:.1f}', '', ''))
        rows.append(('pinged again', tell(f'ping {BEHIND} 3 100', 'pinged'), '', '', ''))
    shown = server.cli('show l2tp session').strip().splitlines()
    rows.append(('the router shows', shown[-1] if shown else '', '', '', ''))
    server.stop()
    name = 'L2TP under IPsec (3des-sha1, modp1024), one address' if secure else 'L2TP in the clear, one address'
    print(f'### {count} sessions: {name}; {WARM} more were there before\n')
    print('| | what the clients say | CPU seconds | CPU ms each | KB each |')
    print('|---|---|---|---|---|')
    for row in rows:
        print('| ' + ' | '.join(row) + ' |')
    print()
    print(f'{ratio:.0f} sessions a second, {done} of {count}\n')


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('routeros')
    parser.add_argument('driver')
    parser.add_argument('--secure', type=int, default=5000)
    parser.add_argument('--clear', type=int, default=15800)
    parser.add_argument('--parallel', type=int, default=16)
    options = parser.parse_args()
    with Lab('l2tp', ('ip', 'prlimit')) as lab:
        if options.secure:
            measure(lab, options, 'secure', True, options.secure)
        if options.clear:
            measure(lab, options, 'clear', False, options.clear)
    return 0


if __name__ == '__main__':
    try:
        sys.exit(main())
    except Missing as missing:
        print(missing, file=sys.stderr)
        sys.exit(3)
