#!/usr/bin/env python3
"""Sends IP packets of a protocol that a reflector sends back: echoes.py HOST PROTOCOL COUNT SIZE. Prints how many came back as they were."""
import socket
import sys

host, protocol, count, size = sys.argv[1], *map(int, sys.argv[2:])
s = socket.socket(socket.AF_INET, socket.SOCK_RAW, protocol)
s.settimeout(1)
back = set()
try:
    for i in range(count):
        data = (i + 256).to_bytes(4, "big") + bytes([i & 255]) * (size - 4)
        s.sendto(data, (host, 0))
        if i % 16 == 15 or i == count - 1:
            while len(back) <= i:
                reply = s.recv(65536)[20:]
                number = int.from_bytes(reply[:4], "big") - 256
                if reply[4:] == bytes([number & 255]) * (size - 4):
                    back.add(number)
except TimeoutError:
    pass
print(len(back))
