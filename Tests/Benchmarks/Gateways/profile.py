#!/usr/bin/env python3
"""Where the nanoseconds of an end-to-end TCP packet go: samples of both gateways and of iperf3, by stage and by node.

    profile.py ROUTEROS [--suites a,b] [--nat] [--seconds N]

The data processes are sampled (perf, 2 kHz of CPU time per core) while iperf3 runs; nanoseconds per packet are CPU time over full segments received."""
import argparse
import collections
import os
import re
import subprocess
import sys
import threading
import time

from lab import Cpu, Lab, Missing, Traffic, sh
from pair import CLIENT, SERVER, RouterosPair

MSS = 1348
HERTZ = 1999

# The first rule that matches a frame decides; frames are looked at from the leaf up.
KERNEL = [
    ('reception of the next gateway: ring (tpacket_rcv)', r'tpacket_rcv'),
    ('kernel stack beside the port (ip_rcv that finds no host)', r'ip_error|ip_route_input_slow|ip_forward'),
    ('TCP of the end host, inside the sending call', r'tcp_v4_rcv|tcp_v4_do_rcv|tcp_v4_early_demux'),
    ('timer of the ring', r'prb_retire_rx_blk_timer|hrtimer_run_queues|hrtimer_run_softirq'),
    ('rest of ip_rcv', r'\bip_rcv|ip_sublist_rcv'),
    ('send: buffers and copy', r'sock_alloc_send_pskb|skb_copy_datagram_from_iter|copy_from_iter|packet_alloc_skb|packet_snd'),
    ('send: device and softirq', r'__dev_direct_xmit|packet_xmit|net_rx_action|veth'),
    ('send: system call', r'sendmmsg|sendmsg|writev|ksys_write|io_uring'),
    ('sleep and wake', r'poll|schedule|futex|epoll|eventfd'),
]


def classify(frames):
    """(stage) of one sample: frames are (symbol, dso), leaf first."""
    symbols = [f[0] for f in frames]
    leaf, dso = frames[0]
    if 'kernel' in dso or dso.startswith('['):
        for name, pattern in KERNEL:
            if any(re.search(pattern, s) for s, d in frames if 'kernel' in d or d.startswith('[')):
                return 'kernel: ' + name
        return 'kernel: other'
    if 'IPSec_MB' in dso:
        return 'crypto: ipsec-mb'
    if 'libcrypto' in dso:
        return 'crypto: libcrypto'
    for symbol in symbols:
        found = re.search(r'RouterOS\.([A-Za-z.]+)\.([A-Za-z0-9]+)::', symbol)
        if not found:
            continue
        space, kind = found.groups()
        if space.startswith('Crypto'):
            return f'crypto: managed ({kind})' if 'Slic' in kind or 'Managed' in kind or 'Des' in kind else 'crypto: engine'
        if space.startswith('Linux') or 'Pool' in kind or kind == 'InternetChecksum':
            above = next((s for s in symbols if '::Receive' in s or '::Transmit' in s), '')
            if '::Receive' in above:
                return 'port: receive (copy, cut, checksum)'
            if '::Transmit' in above:
                return 'port: transmit'
            if kind == 'InternetChecksum' or 'Pool' in kind:
                continue
            return 'port: other'
        if kind in ('Graph', 'PacketQueue'):
            return 'graph: queues and edges'
        if kind.endswith('Node'):
            return f'node: {kind[:-4]}'
        if space.startswith('Esp'):
            return 'node: ESP (shared)'
        if space.startswith('Flow'):
            return 'node: FlowPolicy'
        if kind in ('Worker', 'WorkerSignal', 'WorkerTimers'):
            return 'worker loop'
    return 'runtime and other'


def samples(data, pid):
    """Stages of a process's samples."""
    counts = collections.Counter()
    out = subprocess.Popen(['perf', 'script', '-i', data, '--pid', str(pid), '-F', 'comm,pid,tid,ip,sym,dso', '--max-stack', '64'],
                           stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, errors='replace')
    comm, frames = '', []
    for line in out.stdout:
        if not line.strip():
            if frames:
                counts[classify(frames) if 'worker' in comm else 'other threads'] += 1
            frames = []
        elif not line[0].isspace():
            comm = line
        elif found := re.match(r'\s+[0-9a-f]+ (.*) \(([^()]*(?:\(deleted\))?)\)$', line.rstrip()):
            frames.append(found.groups())
        else:
            found = re.match(r'\s*(\S+.*?)\s+\d+', line)
            if found and ':' not in line and not re.match(r'\s+[0-9a-f]+ ', line):
                comm = line
    return counts


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('routeros')
    parser.add_argument('--suites', default='aes128-sha1,3des-sha1')
    parser.add_argument('--nat', action='store_true')
    parser.add_argument('--seconds', type=int, default=5)
    options = parser.parse_args()
    # perf needs names of compiled methods, and the code where perf can find it.
    os.environ.update(DOTNET_PerfMapEnabled='1', DOTNET_EnableWriteXorExecute='0')
    with Lab('profile', ('ip', 'iperf3', 'gcc', 'perf')) as lab:
        for suite in options.suites.split(','):
            pair = RouterosPair(lab, f'p{suite[:2]}', suite, options.routeros, options.nat)
            try:
                pair.up()
                traffic = Traffic(lab, pair.client, CLIENT, pair.server, SERVER)
                report(lab, pair, traffic, suite, options)
                traffic.stop()
            finally:
                for pid in pair.processes().values():
                    sh(f'rm -f /tmp/perf-{pid}.map /tmp/perfinfo-{pid}.map', check=False)
                pair.stop()
    return 0


def report(lab, pair, traffic, suite, options):
    traffic.tcp(3)
    pids = pair.processes()
    result = []
    thread = threading.Thread(target=lambda: result.append(traffic.tcp(options.seconds + 3)))
    thread.start()
    time.sleep(2)
    data = f'{lab.work}/perf.data'
    with Cpu(pids) as cpu:
        sh(f'perf record -q -a -g -F {HERTZ} -o {data} -- sleep {options.seconds}')
    thread.join()
    rate, lost, client, server = result[0]
    packets = rate * 1e9 / 8 / MSS
    counters = ', '.join(f'{name} {value:.2f}' for name, value in cpu.cores.items())
    print(f'### {suite}{" through a NAT" if options.nat else ""}: {rate:.2f} Gbit/s, {packets / 1000:.0f} k segments a second, {lost} retransmissions')
    print(f'\ncores: {counters}, client {client:.2f}, server {server:.2f}\n')
    tables = {name: samples(data, pid) for name, pid in pids.items() if 'data' in name}
    totals = {name: sum(t.values()) for name, t in tables.items()}
    stages = sorted({s for t in tables.values() for s in t}, key=lambda s: -sum(t[s] for t in tables.values()))
    # Samples are shares; nanoseconds come from the CPU time of the process.
    scale = {name: cpu.cores[name] * 1e9 / packets / max(totals[name], 1) for name in tables}
    print('| stage | ' + ' | '.join(f'{name[0].upper()} ns a packet' for name in tables) + ' |\n|---|' + '---|' * len(tables))
    for stage in stages:
        values = [tables[name][stage] * scale[name] for name in tables]
        if max(values) >= 3:
            print(f'| {stage} | ' + ' | '.join(f'{v:.0f}' for v in values) + ' |')
    print('| all | ' + ' | '.join(f'{cpu.cores[name] * 1e9 / packets:.0f}' for name in tables) + ' |\n')
    for name in ('a', 'b'):
        calls = f'{lab.work}/{name}.strace'
        thread = threading.Thread(target=lambda: traffic.tcp(4))
        thread.start()
        time.sleep(2)
        sh(f'timeout -s INT 1 strace -f -e trace=sendmmsg,sendmsg,writev,write,poll,ppoll -p {pids[name + " data"]} -o {calls}', check=False)
        thread.join()
        if os.path.exists(calls):
            sizes = collections.Counter()
            sleeps = 0
            with open(calls, errors='replace') as file:
                for line in file:
                    if found := re.search(r'sendmmsg\(\d+, .*\], (\d+), \S+\) = (\d+)', line):
                        sizes[int(found.group(2))] += 1
                    sleeps += ' poll(' in line or ' ppoll(' in line
            n = sum(sizes.values())
            if n:
                print(f'{name.upper()}: {n} sendmmsg in a traced second, mean {sum(k * v for k, v in sizes.items()) / n:.1f} messages '
                      f'({100 * sizes[64] // n} % full), {sleeps} sleeps')
    print(flush=True)


if __name__ == '__main__':
    try:
        sys.exit(main())
    except Missing as problem:
        sys.exit(str(problem))
