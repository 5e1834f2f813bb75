"""Python's server of interop.proto: server.py ADDRESS; prints "ready ADDRESS"."""
import concurrent.futures
import sys
import threading

import grpc

from contracts import Answer, Ask, ECHO, Nothing

CODES = {code.value[0]: code for code in grpc.StatusCode}
_lock = threading.Lock()
_cancelled = 0


def begin(context):
    headers = [(k, v) for k, v in context.invocation_metadata() if k == "echo-text"]
    trailers = [(k, v) for k, v in context.invocation_metadata() if k == "echo-data-bin"]
    if headers:
        context.send_initial_metadata(headers)
    context.set_trailing_metadata(trailers)


def act(ask, context):
    global _cancelled
    if ask.hang:
        gone = threading.Event()
        if not context.add_callback(gone.set):
            gone.set()
        gone.wait()
        with _lock:
            _cancelled += 1
        return
    if ask.fail_code:
        if ask.fail_details:
            context.set_trailing_metadata([("grpc-status-details-bin", ask.fail_details)])
        context.abort(CODES[ask.fail_code], ask.fail_message)


def reply(ask, number):
    return Answer(text=ask.text, number=number, payload=bytes(ask.payload_bytes) if ask.payload_bytes else ask.payload)


def unary(ask, context):
    begin(context)
    act(ask, context)
    return reply(ask, 0)


def upload(asks, context):
    begin(context)
    text, count = "", 0
    for ask in asks:
        text += ask.text
        count += 1
        act(ask, context)
    return Answer(text=text, number=count)


def download(ask, context):
    begin(context)
    for i in range(ask.count):
        yield reply(ask, i)
    act(ask, context)


def chat(asks, context):
    begin(context)
    for number, ask in enumerate(asks):
        act(ask, context)
        yield reply(ask, number)


def cancelled(_, context):
    return Answer(number=_cancelled)


def main(address):
    server = grpc.server(concurrent.futures.ThreadPoolExecutor(32))
    coding = dict(request_deserializer=Ask.FromString, response_serializer=Answer.SerializeToString)
    server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler(ECHO, {
        "Unary": grpc.unary_unary_rpc_method_handler(unary, **coding),
        "Upload": grpc.stream_unary_rpc_method_handler(upload, **coding),
        "Download": grpc.unary_stream_rpc_method_handler(download, **coding),
        "Chat": grpc.stream_stream_rpc_method_handler(chat, **coding),
        "Cancelled": grpc.unary_unary_rpc_method_handler(
            cancelled, request_deserializer=Nothing.FromString, response_serializer=Answer.SerializeToString),
    }),))
    if address.startswith("unix:"):
        server.add_insecure_port(address)
    else:
        host = address[len("tcp:"):].rsplit(":", 1)[0]
        address = f"tcp:{host}:{server.add_insecure_port(address[len('tcp:'):])}"
    server.start()
    print("ready", address, flush=True)
    server.wait_for_termination()


main(sys.argv[1])
