"""Message classes and method paths from the descriptor set that the runner made: the generated Python code of a new protoc
does not load in the runtime that Debian has."""
import os

from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

_pool = descriptor_pool.DescriptorPool()
_files = descriptor_pb2.FileDescriptorSet()
with open(os.environ["INTEROP_DESCRIPTORS"], "rb") as f:
    _files.ParseFromString(f.read())
for _file in _files.file:
    _pool.Add(_file)
_factory = message_factory.MessageFactory(_pool)

ECHO = "routeros.interop.v1.Echo"


def message(name):
    return _factory.GetPrototype(_pool.FindMessageTypeByName(name))


Ask = message("routeros.interop.v1.Ask")
Answer = message("routeros.interop.v1.Answer")
Nothing = message("routeros.interop.v1.Nothing")
