#!/usr/bin/env python3
"""Sends frames with virtio headers that do not fit them: offloads.py DEVICE STATION. Prints how many the kernel accepted."""
import random
import socket
import struct
import sys

SOL_PACKET, PACKET_VNET_HDR = 263, 15
device, station = sys.argv[1], bytes.fromhex(sys.argv[2].replace(":", ""))
s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
s.setsockopt(SOL_PACKET, PACKET_VNET_HDR, 1)
s.bind((device, 0))
rng = random.Random(7)


def frame(protocol, payload, total=None, flags=0x4000, ihl=5):
    transport = bytes(12) + bytes([rng.choice([0x00, 0x50, 0x80, 0xf0]), 0x10]) + bytes(6) if protocol == 6 else struct.pack(
        "!HHHH", 9, 9, 8 + payload & 0xffff, 0)
    body = transport + bytes(payload)
    ip = struct.pack("!BBHHHBBH4s4s", 0x40 | ihl, 0, (20 + len(body) if total is None else total) & 0xffff, 1, flags, 64, protocol, 0,
                     socket.inet_aton("192.0.2.1"), socket.inet_aton("192.0.2.2"))
    return station + s.getsockname()[4] + b"\x08\x00" + ip + body


accepted = refused = 0
for i in range(400):
    protocol = rng.choice([6, 17, 1, 50])
    payload = rng.choice([0, 1, 100, 1400, 3000, 20000, 60000])
    total = rng.choice([None, None, 20, 0, 65535, 40])
    kind = rng.choice([0, 1, 3, 4, 5, 0x81, 0x7f])
    header = struct.pack("<BBHHHH", rng.choice([0, 1, 2, 0xff]), kind, rng.choice([0, 54, 42, 65535]), rng.choice([0, 1, 7, 536, 1448, 65535]),
                         rng.choice([0, 14, 34, 65535]), rng.choice([0, 6, 16, 65535]))
    try:
        s.send(header + frame(protocol, payload, total, rng.choice([0, 0x4000, 0x2000, 0x1fff]), rng.choice([5, 5, 4, 15])))
        accepted += 1
    except OSError:
        refused += 1
print(f"{accepted} accepted, {refused} refused")
