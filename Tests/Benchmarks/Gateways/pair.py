"""Two gateways between a client and a server, in the same four namespaces whatever the gateway is:

    client 10.10.1.2 -- 10.10.1.1 gateway A 203.0.113.1 -- 203.0.113.2 gateway B 10.10.2.1 -- 10.10.2.2 server

with `nat`, a fifth between A and B masquerades A (203.0.113.0/24 on its side, 198.51.100.0/24 on B's)."""
import os
import re
import time

from lab import ROOT, children, sh, wait_for

CLIENT, SERVER = '10.10.1.2', '10.10.2.2'
LANS = {'a': '10.10.1', 'b': '10.10.2'}
# Inner packets of both kinds of gateway have the same size: no path MTU discovery, no fragments, no device MTU decides the comparison.
INNER_MTU = 1400

SUITES = {
    # name: Junos authentication and encryption, strongSwan's word
    'aes128-sha1': ('hmac-sha1-96', 'aes-128-cbc', 'aes128-sha1'),
    'aes256-sha256': ('hmac-sha-256-128', 'aes-256-cbc', 'aes256-sha256'),
    '3des-sha1': ('hmac-sha1-96', '3des-cbc', '3des-sha1'),
    'des-md5': ('hmac-md5-96', 'des-cbc', 'des-md5'),
}


class Pair:
    """The namespaces and wires; subclasses put gateways into them."""

    def __init__(self, lab, tag, nat=False):
        self.lab, self.tag, self.nat = lab, tag, nat
        self.client, self.a, self.b, self.server = (lab.namespace(f'{tag}{n}') for n in ('c', 'a', 'b', 's'))
        self.addresses = {'a': '203.0.113.1', 'b': '198.51.100.2' if nat else '203.0.113.2'}
        self.next_hops = {'a': '203.0.113.2', 'b': '198.51.100.1'} if nat else {}
        lab.wire(self.client, 'lan', self.a, 'lan')
        lab.wire(self.server, 'lan', self.b, 'lan')
        if nat:
            self.middle = lab.namespace(f'{tag}n')
            lab.wire(self.a, 'wan', self.middle, 'left')
            lab.wire(self.b, 'wan', self.middle, 'right')
            sh(f'ip -n {self.middle} addr add 203.0.113.2/24 dev left; ip -n {self.middle} addr add 198.51.100.1/24 dev right')
            sh(f'ip netns exec {self.middle} sysctl -qw net.ipv4.ip_forward=1')
            sh(f'ip netns exec {self.middle} nft -f -', input='table ip nat { chain out { type nat hook postrouting priority 100;\n'
               'oifname "right" ip saddr 203.0.113.0/24 masquerade\n}\n}\n')
        else:
            lab.wire(self.a, 'wan', self.b, 'wan')
        for namespace, me, gateway, other in ((self.client, CLIENT, '10.10.1.1', '10.10.2.0/24'), (self.server, SERVER, '10.10.2.1', '10.10.1.0/24')):
            sh(f'ip -n {namespace} addr add {me}/24 dev lan; ip -n {namespace} route add {other} via {gateway} mtu {INNER_MTU}')

    def ping(self):
        return ' 0% packet loss' in sh(f'ip netns exec {self.client} ping -q -c 1 -W 1 {SERVER}', check=False)

    def up(self):
        """Waits until packets pass."""
        wait_for(f'{self.tag}: no packet passes the tunnel', 40, self.ping)

    def drop(self):
        self.lab.drop(self.client, self.a, self.b, self.server, *([self.middle] if self.nat else []))


class RouterosPair(Pair):
    """Two RouterOS chassis, each split into routing engine and data process, on packet: ports."""

    label = 'RouterOS'

    def __init__(self, lab, tag, suite, routeros, nat=False, lifetime=3600):
        super().__init__(lab, tag, nat)
        self.routeros = routeros
        self.gateways = {}
        for name, other, namespace in (('a', 'b', self.a), ('b', 'a', self.b)):
            folder = f'{lab.work}/{tag}{name}'
            os.makedirs(folder)
            with open(f'{folder}/router.conf', 'w') as file:
                file.write(self.configuration(name, other, suite, lifetime))
            process = lab.start(namespace, [
                routeros, 'run', '--platform', 'srx240', '--config', f'{folder}/router.conf', '--state', f'{folder}/state',
                '--socket', f'{folder}/cli', '--wire', 'ge-0/0/0=packet:lan', '--wire', 'ge-0/0/1=packet:wan'], f'{tag}{name}.log')
            self.gateways[name] = (process, folder)

    def configuration(self, name, other, suite, lifetime):
        """The example of the site with another suite, address of the peer and lifetime."""
        with open(f'{ROOT}/Platforms/Srx/Examples/site-{name}.conf') as file:
            text = file.read()
        mac, cipher, _ = SUITES[suite]
        old = re.search(r'(proposal esp-aes \{.*?\n        \})', text, re.S).group(1)
        new = re.sub(r'authentication-algorithm .*;', f'authentication-algorithm {mac};', old)
        new = re.sub(r'encryption-algorithm .*;', f'encryption-algorithm {cipher};', new)
        new = re.sub(r'lifetime-seconds .*;', f'lifetime-seconds {lifetime};', new)
        text = text.replace(old, new)
        if self.nat:
            text = self.behind_nat(text, name, other)
        return text

    def behind_nat(self, text, name, other):
        """B answers whoever has the right identity; A, which the NAT hides, initiates."""
        text = text.replace(f'203.0.113.{1 if name == "a" else 2}/24', f'{self.addresses[name]}/24')
        if name == 'a':
            text = text.replace('address 203.0.113.2;', f'address {self.addresses["b"]};')
        else:
            text = text.replace('address 203.0.113.1;', 'address 198.51.100.1;').replace('establish-tunnels immediately;', 'establish-tunnels on-traffic;')
        text = re.sub(r'(gateway site-. \{)', rf'\1\n            local-identity hostname site-{name}.example;\n'
                      rf'            remote-identity hostname site-{other}.example;', text, count=1)
        network = '198.51.100.0/24' if name == 'a' else '203.0.113.0/24'
        return text.replace('static {', f'static {{\n        route {network} next-hop {self.next_hops[name]};', 1)

    def processes(self):
        """Names and process ids, the data processes by their gateway's letter."""
        found = {}
        for name, (process, _) in self.gateways.items():
            for pid in self.descendants(process.pid):
                with open(f'/proc/{pid}/cmdline') as file:
                    line = file.read().replace('\0', ' ')
                if ' data-process' in line:
                    found[f'{name} data'] = pid
                elif ' routing-engine' in line:
                    found[f'{name} control'] = pid
        return found

    @staticmethod
    def descendants(pid):
        found = [pid]
        for child in children(pid):
            found += RouterosPair.descendants(child)
        return found

    def cli(self, name, *commands):
        arguments = ' '.join(f"-c '{c}'" for c in commands)
        return sh(f'{self.routeros} cli --socket {self.gateways[name][1]}/cli {arguments}', check=False)

    def stop(self):
        for process, _ in self.gateways.values():
            self.lab.stop(process)
        self.drop()


class StrongswanPair(Pair):
    """Two strongSwan daemons with kernel-libipsec: ESP in user space, in UDP, over a TUN device; the kernel forwards."""

    label = 'strongSwan'
    plugins = 'random nonce openssl aes sha1 sha2 md5 des hmac gcm kdf pem pkcs1 x509 socket-default kernel-libipsec kernel-netlink vici'

    def __init__(self, lab, tag, suite, nat=False):
        super().__init__(lab, tag, nat)
        self.daemons = {}
        for name, other, namespace in (('a', 'b', self.a), ('b', 'a', self.b)):
            device, peer = self.addresses[name], self.addresses[other]
            sh(f'ip -n {namespace} addr add {device}/24 dev wan; ip -n {namespace} addr add {LANS[name]}.1/24 dev lan')
            if nat:
                sh(f'ip -n {namespace} route add default via {self.next_hops[name]}')
            sh(f'ip netns exec {namespace} sysctl -qw net.ipv4.ip_forward=1 net.ipv4.conf.all.rp_filter=0')
            self.daemons[name] = self.launch(name, namespace, device, '%any' if nat and name == 'b' else peer, LANS[name], LANS[other], suite)
        for _ in range(3):
            out = self.swanctl('a', '--initiate --child net --timeout 10')
            if 'completed successfully' in out:
                return
        raise RuntimeError(f'strongSwan with {suite} does not come up: {out[-400:]}')

    def swanctl(self, name, command):
        base = f'{self.lab.work}/{self.tag}{name}'
        return sh(f'STRONGSWAN_CONF={base}.conf swanctl {command} --uri unix://{base}.vici', check=False)

    def launch(self, name, namespace, me, peer, lan, other, suite):
        base = f'{self.lab.work}/{self.tag}{name}'
        with open(f'{base}.conf', 'w') as file:
            file.write(f'''charon-systemd {{
  load = {self.plugins}
  install_virtual_ip = no
  threads = 16
  plugins {{
    vici {{
      socket = unix://{base}.vici
    }}
    kernel-libipsec {{
      allow_peer_ts = yes
    }}
  }}
  filelog {{
    log {{
      path = {base}.charon
      default = 1
    }}
  }}
  journal {{
    default = -1
  }}
}}
swanctl {{
  load = pem pkcs1 x509 openssl
}}
''')
        with open(f'{base}.swanctl', 'w') as file:
            file.write(f'''connections {{
  site {{
    version = 1
    local_addrs = {me}
    remote_addrs = {peer}
    proposals = aes128-sha1-modp2048
    encap = yes
    local {{
      auth = psk
      id = {name}.example
    }}
    remote {{
      auth = psk
      id = {"b" if name == "a" else "a"}.example
    }}
    children {{
      net {{
        local_ts = {lan}.0/24
        remote_ts = {other}.0/24
        esp_proposals = {SUITES[suite][2]}
        mode = tunnel
      }}
    }}
  }}
}}
secrets {{
  ike-site {{
    secret = "benchmark-secret"
  }}
}}
''')
        process = self.lab.start(namespace, ['env', f'STRONGSWAN_CONF={base}.conf', '/usr/sbin/charon-systemd'], f'{self.tag}{name}.log')
        wait_for('charon-systemd', 10, lambda: os.path.exists(f'{base}.vici'))
        self.swanctl(name, f'--load-all --file {base}.swanctl')
        return process

    def processes(self):
        return {f'{name} charon': process.pid for name, process in self.daemons.items()}

    def stop(self):
        for process in self.daemons.values():
            self.lab.stop(process)
        time.sleep(0.2)
        self.drop()
