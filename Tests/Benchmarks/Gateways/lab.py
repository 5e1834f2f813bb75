"""Network namespaces, processes, CPU times and traffic for the benchmarks that need root. Everything made here is undone by Lab's exit."""
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(os.path.dirname(HERE)))
TICKS = os.sysconf('SC_CLK_TCK')


class Missing(Exception):
    """Something that must be installed first."""


def sh(command, check=True, **options):
    done = subprocess.run(command, shell=True, capture_output=True, text=True, **options)
    if check and done.returncode:
        raise RuntimeError(f'{command}\n{done.stdout}{done.stderr}')
    return done.stdout


def median(values):
    values = sorted(values)
    return values[len(values) // 2] if values else float('nan')


def wait_for(what, seconds, condition):
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            raise RuntimeError(f'{what}: nothing after {seconds} s')
        time.sleep(0.1)


def cpu_of(pid):
    """CPU seconds of a process with all its threads."""
    with open(f'/proc/{pid}/stat') as file:
        fields = file.read().rsplit(')', 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def children(pid):
    with open(f'/proc/{pid}/task/{pid}/children') as file:
        return [int(p) for p in file.read().split()]


class Cpu:
    """Cores used by named processes while the block runs; 'all' is the whole machine without idle time."""

    def __init__(self, pids):
        self.pids = pids

    @staticmethod
    def machine():
        with open('/proc/stat') as file:
            fields = [int(x) for x in file.readline().split()[1:9]]
        return (sum(fields) - fields[3] - fields[4] - fields[7]) / TICKS

    def __enter__(self):
        self.start = time.monotonic()
        self.before = {name: cpu_of(pid) for name, pid in self.pids.items()}
        self.all = self.machine()
        return self

    def __exit__(self, *_):
        self.seconds = time.monotonic() - self.start
        self.cores = {name: (cpu_of(pid) - self.before[name]) / self.seconds for name, pid in self.pids.items() if os.path.exists(f'/proc/{pid}')}
        self.cores['all'] = (self.machine() - self.all) / self.seconds


class Lab:
    """Owns a work folder, namespaces and processes, and removes them at the end however the end comes."""

    def __init__(self, name, needs=('ip', 'iperf3', 'gcc')):
        if os.geteuid() != 0:
            raise Missing(f'{name}: root is needed for network namespaces')
        for tool in needs:
            if not shutil.which(tool):
                raise Missing(f'{name}: {tool} is missing; run Tests/Benchmarks/install')
        self.prefix = f'rb{os.getpid()}'
        self.work = tempfile.mkdtemp(prefix='routeros-bench-')
        self.namespaces = []
        self.processes = []

    def __enter__(self):
        for number in (signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, lambda *_: sys.exit(1))
        return self

    def __exit__(self, *_):
        for process in reversed(self.processes):
            self.stop(process)
        for namespace in self.namespaces:
            sh(f'ip netns del {namespace}', check=False)
        shutil.rmtree(self.work, ignore_errors=True)

    def namespace(self, name):
        """Makes a namespace and gives its real name."""
        full = f'{self.prefix}-{name}'
        sh(f'ip netns add {full}')
        self.namespaces.append(full)
        sh(f'ip -n {full} link set lo up')
        return full

    def drop(self, *namespaces):
        for namespace in namespaces:
            sh(f'ip netns del {namespace}', check=False)
            self.namespaces.remove(namespace)

    @staticmethod
    def wire(a, device_a, b, device_b, mtu=1500):
        sh(f'ip link add {device_a} netns {a} type veth peer name {device_b} netns {b}')
        for namespace, device in ((a, device_a), (b, device_b)):
            sh(f'ip -n {namespace} link set {device} mtu {mtu} up')

    def start(self, namespace, command, log, **options):
        """A process in a namespace; `log` is the name of its output's file in the work folder."""
        with open(f'{self.work}/{log}', 'w') as output:
            process = subprocess.Popen(
                ['ip', 'netns', 'exec', namespace, *command], stdout=output, stderr=subprocess.STDOUT, **{'stdin': subprocess.DEVNULL, **options})
        self.processes.append(process)
        return process

    def stop(self, process):
        if process in self.processes:
            self.processes.remove(process)
        if process.poll() is None:
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    def compile(self, source, *flags):
        """Builds a C program of Tests/Benchmarks/Native into the work folder."""
        target = f'{self.work}/{os.path.splitext(source)[0]}'
        if not os.path.exists(target):
            sh(f'gcc -O2 -Wall -pthread -o {target} {HERE}/../Native/{source} {" ".join(flags)}')
        return target


class Traffic:
    """iperf3 and the paced UDP source between a client and a server namespace."""

    def __init__(self, lab, client, client_address, server, server_address):
        self.lab, self.client, self.client_address, self.server, self.server_address = lab, client, client_address, server, server_address
        self.pps = lab.compile('pps.c')
        self.listener = lab.start(server, ['iperf3', '-s', '-B', server_address], f'iperf3-{server}.log')
        time.sleep(0.3)

    def stop(self):
        self.lab.stop(self.listener)

    def tcp(self, seconds=4, options=''):
        """(received Gbit/s, retransmissions, CPU share of client and of server in cores); nan when it failed."""
        out = sh(f'ip netns exec {self.client} timeout {seconds + 20} iperf3 -c {self.server_address} -B {self.client_address} '
                 f'-t {seconds} -O 1 -J {options}', check=False)
        try:
            end = json.loads(out)['end']
            cpu = end['cpu_utilization_percent']
            return end['sum_received']['bits_per_second'] / 1e9, end['sum_sent'].get('retransmits', 0), cpu['host_total'] / 100, cpu['remote_total'] / 100
        except (ValueError, KeyError):
            return float('nan'), 0, float('nan'), float('nan')

    def udp(self, size, rate, seconds=0.8):
        """(sent, received) packets a second."""
        out = sh(f'{self.pps} {self.client} {self.client_address} {self.server} {self.server_address} {size} {rate:.0f} {seconds}')
        sent, received = (float(x) for x in out.split()[:2])
        return sent, received

    def largest_rate(self, size, start=20000, limit=4_000_000, loss=0.1, seconds=0.8):
        """(largest rate with at most `loss` percent missing, largest received rate): doubling, then bisection."""
        best = peak = 0.0
        bad = None
        rate = start
        for _ in range(14):
            good = False
            # A hiccup of the scheduler on shared cores must not end the search.
            for _ in range(3):
                sent, received = self.udp(size, rate, seconds)
                peak = max(peak, received)
                good = sent > 0 and sent - received <= sent * loss / 100
                if good:
                    break
            if good:
                best = max(best, received)
                # The source itself gives no more.
                if sent < 0.9 * rate:
                    break
                start = rate
            else:
                bad = rate
            rate = start * 2 if bad is None else start / 2 if start >= bad else (start * bad) ** 0.5
            if start >= (bad or float('inf')):
                start = rate
            if rate > limit or (bad and start < bad and bad / start < 1.06):
                break
        return best, peak
