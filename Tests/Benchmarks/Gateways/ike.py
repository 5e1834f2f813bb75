#!/usr/bin/env python3
"""Set-ups of IKEv1 as responder: many peers, one address each, set up main mode and quick mode with a gateway; RouterOS and strongSwan in one run.

    ike.py ROUTEROS LOAD [--peers N] [--runs N] [--groups modp1024,modp2048]
    ike.py ROUTEROS LOAD --storm N        N peers stay up; all of them rekey at once, watched by dead peer detection

LOAD is the built benchmark program. CPU seconds are those of all processes of the gateway; the load's own do not count. Every peer claims to be
behind a NAT, so both gateways float to port 4500 and put ESP inside UDP."""
import argparse
import os
import resource
import subprocess
import sys
import time

from lab import Lab, Missing, cpu_of, median, sh, wait_for
from pair import RouterosPair, StrongswanPair

KEY = 'benchmark-secret'
RESPONDER = '192.0.2.2'
GROUPS = {'modp1024': (2, 'group2'), 'modp2048': (14, 'group14')}
# Often enough that a probe meets every peer while all of them rekey.
PROBES = 'dead-peer-detection { interval 10; threshold 3; always-send; }'
# Units of st0: more peers than these are next hops of one unit.
UNITS = 16000
# Peers that are set up before anything is measured: code is compiled, pages are touched.
WARM = 1000


def peer(i):
    return f'10.{64 + (i >> 16)}.{i >> 8 & 255}.{i & 255}'


class Responder:
    """A namespace with peers' addresses and one with a gateway in it."""

    def __init__(self, lab, tag):
        self.lab = lab
        self.load, self.gateway = lab.namespace(f'{tag}l'), lab.namespace(f'{tag}g')
        lab.wire(self.load, 'wan', self.gateway, 'wan')
        sh(f'ip -n {self.load} addr add 192.0.2.1/24 dev wan; ip -n {self.load} route add local 10.64.0.0/12 dev lo')
        # Neighbours are asked for in the name of the wire's own address.
        sh(f'ip netns exec {self.load} sysctl -qw net.ipv4.conf.all.arp_announce=2')
        self.folder = f'{lab.work}/{tag}'
        os.makedirs(self.folder)

    def cpu(self):
        return sum(cpu_of(p) for p in self.processes())

    def memory(self):
        """Resident bytes that are the processes' own."""
        return sum(self.memories())

    def memories(self):
        """The same of each process, in the order in which they were started."""
        return [self.resident(pid) for pid in sorted(self.processes())]

    @staticmethod
    def resident(pid):
        with open(f'/proc/{pid}/smaps_rollup') as file:
            return sum(int(line.split()[1]) for line in file if line.startswith('Pss:')) * 1024

    def stop(self):
        self.lab.stop(self.process)
        self.lab.drop(self.load, self.gateway)


class Routeros(Responder):
    label = 'RouterOS'

    def __init__(self, lab, tag, group, peers, routeros, probes=''):
        super().__init__(lab, tag)
        self.routeros = routeros
        with open(f'{self.folder}/router.conf', 'w') as file:
            file.write(self.configuration(GROUPS[group][1], peers, probes))
        self.process = lab.start(self.gateway, [
            routeros, 'run', '--platform', 'srx5600', '--config', f'{self.folder}/router.conf', '--state', f'{self.folder}/state',
            '--socket', f'{self.folder}/cli', '--wire', 'ge-1/0/0=packet:wan'], f'{tag}.log')
        wait_for('RouterOS', 180, self.is_up)

    def is_up(self):
        if self.process.poll() is not None:
            with open(f'{self.folder}.log') as file:
                raise RuntimeError(f'RouterOS ended: {file.read()[-500:]}')
        return RESPONDER in sh(f'{self.routeros} cli --socket {self.folder}/cli -c "show interfaces terse ge-1/0/0"', check=False)

    def processes(self):
        return RouterosPair.descendants(self.process.pid)

    @staticmethod
    def configuration(group, peers, probes):
        shared = peers > UNITS
        count = 1 if shared else peers
        next_hops = '\n'.join(f'next-hop-tunnel {peer(i)} ipsec-vpn v{i};' for i in range(peers)) if shared else ''
        units = '\n'.join(f'unit {i} {{ {"multipoint; " if shared else ""}family inet {{ {next_hops} }} }}' for i in range(count))
        gateways = '\n'.join(f'gateway g{i} {{ ike-policy p; address {peer(i)}; {probes} external-interface ge-1/0/0.0; }}' for i in range(peers))
        vpns = '\n'.join(f'''vpn v{i} {{ bind-interface st0.{0 if shared else i}; ike {{ gateway g{i};
proxy-identity {{ local 10.2.0.1/32; remote {peer(i)}/32; }} ipsec-policy p; }} }}''' for i in range(peers))
        bound = '\n'.join(f'st0.{i};' for i in range(count))
        return f'''system {{ host-name responder; }}
interfaces {{
ge-1/0/0 {{ unit 0 {{ family inet {{ address {RESPONDER}/24; }} }} }}
st0 {{
{units}
}}
}}
routing-options {{ static {{ route 10.64.0.0/12 next-hop 192.0.2.1; }} }}
security {{
ike {{
proposal p {{ authentication-method pre-shared-keys; dh-group {group}; authentication-algorithm sha1; encryption-algorithm aes-128-cbc; }}
policy p {{ mode main; proposals p; pre-shared-key ascii-text "{KEY}"; }}
{gateways}
}}
ipsec {{
proposal p {{ protocol esp; authentication-algorithm hmac-sha1-96; encryption-algorithm aes-128-cbc; }}
policy p {{ proposals p; }}
{vpns}
}}
zones {{
security-zone untrust {{ host-inbound-traffic {{ system-services {{ ike; ping; }} }} interfaces {{ ge-1/0/0.0; }} }}
security-zone vpn {{ interfaces {{
{bound}
}} }}
}}
}}
'''

    def phase1(self):
        out = sh(f'{self.routeros} cli --socket {self.folder}/cli -c "show security ike security-associations"', check=False)
        return sum(' UP ' in line for line in out.splitlines())

    def pairs(self):
        out = sh(f'{self.routeros} cli --socket {self.folder}/cli -c "show security ipsec security-associations"', check=False)
        return next((int(line.split(':')[1]) // 2 for line in out.splitlines() if 'total configured sa' in line), 0)

    def dead(self):
        """Peers that dead peer detection has given up so far."""
        with open(f'{self.folder}.log') as file:
            return sum('IKE phase-1 SA' in line and 'the peer is dead' in line for line in file)


class Strongswan(Responder):
    label = 'strongSwan'

    def __init__(self, lab, tag, group, peers, _):
        super().__init__(lab, tag)
        base = f'{self.folder}/charon'
        self.vici = f'{base}.vici'
        sh(f'ip -n {self.gateway} addr add {RESPONDER}/24 dev wan; ip -n {self.gateway} addr add 10.2.0.1/32 dev lo; '
           f'ip -n {self.gateway} route add 10.64.0.0/12 via 192.0.2.1')
        with open(f'{base}.conf', 'w') as file:
            file.write(f'''charon-systemd {{
  load = {StrongswanPair.plugins}
  install_routes = no
  threads = 64
  dos_protection = no
  ikesa_table_size = 4096
  ikesa_table_segments = 16
  plugins {{
    vici {{
      socket = unix://{self.vici}
    }}
    kernel-libipsec {{
      allow_peer_ts = yes
    }}
  }}
  filelog {{
    log {{
      path = {base}.log
      default = 0
    }}
  }}
  journal {{
    default = -1
  }}
}}
''')
        with open(f'{base}.swanctl', 'w') as file:
            file.write(f'''connections {{
  load {{
    version = 1
    local_addrs = {RESPONDER}
    remote_addrs = %any
    proposals = aes128-sha1-{group}
    unique = never
    local {{
      auth = psk
    }}
    remote {{
      auth = psk
    }}
    children {{
      net {{
        local_ts = 10.2.0.1/32
        remote_ts = 10.64.0.0/12
        esp_proposals = aes128-sha1
      }}
    }}
  }}
}}
secrets {{
  ike-load {{
    secret = "{KEY}"
  }}
}}
''')
        self.process = lab.start(self.gateway, ['env', f'STRONGSWAN_CONF={base}.conf', '/usr/sbin/charon-systemd'], f'{tag}.log')
        wait_for('charon-systemd', 10, lambda: os.path.exists(self.vici))
        sh(f'STRONGSWAN_CONF={base}.conf swanctl --load-all --file {base}.swanctl --uri unix://{self.vici}')

    def processes(self):
        return [self.process.pid]

    def pairs(self):
        out = sh(f'swanctl --list-sas --uri unix://{self.vici}', check=False)
        return out.count('INSTALLED')


def measure(responder, program, group, first, count, parallel=32):
    """(set-ups, seconds, CPU seconds, repeated messages, median ms)"""
    before = responder.cpu()
    out = sh(f'ip netns exec {responder.load} dotnet {program} ike-load {RESPONDER} {KEY} {GROUPS[group][0]} {first} {count} {parallel}', check=False)
    done, seconds, repeated, p50, _ = out.split()
    # What a set-up leaves to be done later belongs to it.
    time.sleep(1)
    return int(done), float(seconds), responder.cpu() - before, int(repeated), float(p50)


class Load:
    """Peers that stay. Each has a socket of its own, so processes share them where one may not open so many."""

    # What a process opens besides.
    others = 1024

    def __init__(self, lab, gateway, program, count, parallel):
        limit = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
        number = -(-count // max(1, limit - self.others))
        share = -(-count // number)
        self.parts = []
        for part, first in enumerate(range(0, count, share)):
            peers = min(share, count - first)
            process = lab.start(gateway.load, [
                'prlimit', f'--nofile={peers + self.others}', 'dotnet', program, 'ike-stay', RESPONDER, KEY, '2', str(first), str(peers), str(parallel // number)],
                f'load{part}.log', stdin=subprocess.PIPE)
            self.parts.append((process, f'{lab.work}/load{part}.log'))

    def rekey(self):
        for process, _ in self.parts:
            process.stdin.write(b'\n')
            process.stdin.flush()

    def result(self, step):
        """(peers, seconds, repeated, median ms, 99th percentile) of a step, those of the slowest process, or None while it lasts."""
        rows = []
        for process, log in self.parts:
            with open(log) as file:
                text = file.read()
            if process.poll() is not None:
                raise RuntimeError(f'the load ended: {text[-500:]}')
            lines = [line.split() for line in text.splitlines() if line.count(' ') == 4]
            if len(lines) <= step:
                return None
            rows.append([float(x) for x in lines[step]])
        done, seconds, repeated, p50, p99 = zip(*rows)
        return int(sum(done)), max(seconds), int(sum(repeated)), max(p50), max(p99)


def storm(lab, options):
    """All peers rekey at once: how long, what it takes, and whether any peer is taken for dead."""
    count = options.storm
    gateway = Routeros(lab, 'storm', 'modp1024', count, options.routeros, PROBES)
    # What reading the configuration has left is given back when it is quiet.
    time.sleep(45)
    before = gateway.memories()
    load = Load(lab, gateway, options.load, count, 64)
    rows = []
    for step, name in enumerate(('set up', 'rekeyed at once')):
        if step:
            load.rekey()
        cpu = gateway.cpu()
        wait_for(name, 900, lambda: load.result(step))
        done, seconds, repeated, p50, p99 = load.result(step)
        used = gateway.cpu() - cpu
        # Three intervals of dead peer detection and the threshold after them.
        time.sleep(70)
        each = [(now - then) / count / 1024 for now, then in zip(gateway.memories(), before)]
        rows.append((name, done, seconds, f'{used:.1f}', repeated, p50, p99, gateway.phase1(), gateway.pairs(), gateway.dead(),
                     f'{sum(each):.1f} ({", ".join(f"{part:.1f}" for part in each)})'))
    for process, _ in load.parts:
        lab.stop(process)
    gateway.stop()
    print(f'### {count} peers: set up, then all of them rekey phase 2 at once; dead peer detection every 10 s, dead after 3\n')
    print('| | peers | seconds | CPU seconds | repeated messages | median ms | p99 ms | IKE SAs up 70 s later | pairs up | taken for dead | KB each, IKE SA and pair |')
    print('|---|---|---|---|---|---|---|---|---|---|---|')
    for row in rows:
        print('| ' + ' | '.join(str(cell) for cell in row) + ' |')
    print()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('routeros')
    parser.add_argument('load')
    parser.add_argument('--peers', type=int, default=1000)
    parser.add_argument('--runs', type=int, default=3)
    parser.add_argument('--groups', default='modp1024,modp2048')
    parser.add_argument('--only')
    parser.add_argument('--storm', type=int)
    options = parser.parse_args()
    if options.storm:
        with Lab('ike', ('ip', 'dotnet', 'prlimit')) as lab:
            storm(lab, options)
        return 0
    rows, ratios = [], []
    with Lab('ike', ('ip', 'dotnet', 'swanctl')) as lab:
        for group in options.groups.split(','):
            rates = {}
            total = WARM + options.peers * options.runs
            responders = [kind(lab, f'{kind.label[0].lower()}{group[4:]}', group, total, options.routeros)
                          for kind in (Routeros, Strongswan) if not options.only or kind.label == options.only]
            for responder in responders:
                measure(responder, options.load, group, 0, WARM)
            memory = {r.label: r.memory() for r in responders}
            results = {r.label: [] for r in responders}
            # Interleaved: what else the machine does meets both.
            for run in range(options.runs):
                for responder in responders:
                    results[responder.label].append(measure(responder, options.load, group, WARM + run * options.peers, options.peers))
            for responder in responders:
                runs = results[responder.label]
                done = sum(r[0] for r in runs)
                rates[responder.label] = median([r[0] / max(r[2], 0.01) for r in runs])
                rows.append((group, responder.label, f'{done}/{options.peers * options.runs}', f'{responder.pairs() - WARM}',
                             f'{rates[responder.label]:.0f}', f'{median([r[2] / max(r[0], 1) * 1e3 for r in runs]):.2f}',
                             f'{median([r[0] / r[1] for r in runs]):.0f}', f'{sum(r[3] for r in runs)}', f'{median([r[4] for r in runs]):.1f}',
                             f'{(responder.memory() - memory[responder.label]) / max(done, 1) / 1024:.1f}'))
            if len(rates) == 2:
                ratios.append((f'ike/{group}/set-ups', rates['RouterOS'] / rates['strongSwan']))
            for responder in responders:
                responder.stop()
    print('### IKEv1 set-ups as responder: main mode with preshared key and quick mode, aes128-sha1\n')
    print('| group | gateway | set-ups | pairs up | per CPU second | CPU ms each | per second | repeated messages | median ms | KB each |')
    print('|---|---|---|---|---|---|---|---|---|---|')
    for row in rows:
        print('| ' + ' | '.join(row) + ' |')
    print()
    for name, value in ratios:
        print(f'ratio\t{name}\t{value:.3f}')
    print()
    return 0


if __name__ == '__main__':
    try:
        sys.exit(main())
    except Missing as missing:
        print(missing, file=sys.stderr)
        sys.exit(3)
