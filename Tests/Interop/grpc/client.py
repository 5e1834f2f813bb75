"""What Python's client must see of the project's server: client.py ADDRESS; prints "pass NAME" or "fail NAME: why"."""
import concurrent.futures
import sys
import threading
import time

import grpc
from google.protobuf import descriptor_pb2

from contracts import Answer, Ask, ECHO, Nothing, message

MIB = 1024 * 1024
HARD_TEXT = "100 % sure: Grüße, 漢字\t\"end\""
ALL_BYTES = bytes(range(256))
address = sys.argv[1].removeprefix("tcp:")
channel = grpc.insecure_channel(address)
coding = dict(request_serializer=Ask.SerializeToString, response_deserializer=Answer.FromString)
unary = channel.unary_unary(f"/{ECHO}/Unary", **coding)
upload = channel.stream_unary(f"/{ECHO}/Upload", **coding)
download = channel.unary_stream(f"/{ECHO}/Download", **coding)
chat = channel.stream_stream(f"/{ECHO}/Chat", **coding)
cancelled = channel.unary_unary(
    f"/{ECHO}/Cancelled", request_serializer=Nothing.SerializeToString, response_deserializer=Answer.FromString)


def equal(expected, actual):
    if expected != actual:
        raise AssertionError(f"expected {expected!r}, got {actual!r}")


def fails(code, call):
    try:
        call()
    except grpc.RpcError as e:
        equal(code, e.code())
        return e
    raise AssertionError(f"expected {code}, got success")


def sees_cancelled(count):
    end = time.monotonic() + 5
    while cancelled(Nothing()).number < count and time.monotonic() < end:
        time.sleep(0.02)
    equal(count, cancelled(Nothing()).number)


def case_unary():
    equal(HARD_TEXT, unary(Ask(text=HARD_TEXT)).text)


def case_upload():
    answer = upload(Ask(text="x") for _ in range(100))
    equal((100, "x" * 100), (answer.number, answer.text))


def case_download():
    answers = list(download(Ask(count=1000, payload_bytes=1000)))
    equal(list(range(1000)), [a.number for a in answers])
    equal({1000}, {len(a.payload) for a in answers})


def case_chat():
    answered = threading.Semaphore(1)

    def asks():
        for i in range(100):
            answered.acquire()
            yield Ask(text=str(i))

    for i, answer in enumerate(chat(asks())):
        equal((str(i), i), (answer.text, answer.number))
        answered.release()
    equal(99, i)


def case_empty_messages():
    equal(Answer(), unary(Ask()))
    equal(0, upload(iter(())).number)


def case_error_with_details():
    details = bytes([0, 1, 2, 253, 254, 255])
    e = fails(grpc.StatusCode.FAILED_PRECONDITION, lambda: unary(Ask(fail_code=9, fail_message=HARD_TEXT, fail_details=details)))
    equal(HARD_TEXT, e.details())
    equal(details, dict(e.trailing_metadata())["grpc-status-details-bin"])


def case_error_of_the_handler():
    e = fails(grpc.StatusCode.UNKNOWN, lambda: unary(Ask(fail_code=-1, fail_message="secret")))
    equal(False, "secret" in e.details())


def case_error_after_responses():
    call = download(Ask(count=2, fail_code=15, fail_message="lost"))
    equal([0, 1], [next(call).number, next(call).number])
    equal("lost", fails(grpc.StatusCode.DATA_LOSS, lambda: next(call)).details())


def case_metadata():
    _, call = unary.with_call(Ask(), metadata=[("echo-text", "one"), ("echo-text", "two"), ("echo-data-bin", ALL_BYTES), ("echo-data-bin", b"")])
    equal(["one", "two"], [v for k, v in call.initial_metadata() if k == "echo-text"])
    equal([ALL_BYTES, b""], [v for k, v in call.trailing_metadata() if k == "echo-data-bin"])


def case_deadline():
    before = cancelled(Nothing()).number
    fails(grpc.StatusCode.DEADLINE_EXCEEDED, lambda: unary(Ask(hang=True), timeout=0.4))
    sees_cancelled(before + 1)


def case_cancellation():
    before = cancelled(Nothing()).number
    call = unary.future(Ask(hang=True))
    time.sleep(0.4)
    call.cancel()
    sees_cancelled(before + 1)


def case_cancelled_stream():
    before = cancelled(Nothing()).number
    call = chat(iter([Ask(text="first"), Ask(hang=True)]))
    equal("first", next(call).text)
    time.sleep(0.4)
    call.cancel()
    fails(grpc.StatusCode.CANCELLED, lambda: next(call))
    sees_cancelled(before + 1)


def case_big_messages():
    payload = ALL_BYTES * (3 * MIB // 256)
    equal(True, unary(Ask(payload=payload)).payload == payload)


def case_request_over_the_limit():
    fails(grpc.StatusCode.RESOURCE_EXHAUSTED, lambda: unary(Ask(payload=bytes(5 * MIB))))


def case_response_over_the_limit():
    fails(grpc.StatusCode.RESOURCE_EXHAUSTED, lambda: unary(Ask(payload_bytes=5 * MIB)))


def case_unknown_method():
    for path in (f"/{ECHO}/NoSuchMethod", "/no.such.Service/Method"):
        fails(grpc.StatusCode.UNIMPLEMENTED, lambda: channel.unary_unary(path)(b""))


def case_gzip_is_refused():
    with grpc.insecure_channel(address, compression=grpc.Compression.Gzip) as compressing:
        call = compressing.unary_unary(f"/{ECHO}/Unary", **coding)
        e = fails(grpc.StatusCode.UNIMPLEMENTED, lambda: call(Ask(text="x" * 1000)))
        equal("gzip" in e.details(), True)


def case_concurrent_calls():
    with concurrent.futures.ThreadPoolExecutor(50) as pool:
        equal([str(i) for i in range(200)], [a.text for a in pool.map(lambda i: unary(Ask(text=str(i))), range(200))])


def case_health():
    request, response = message("grpc.health.v1.HealthCheckRequest"), message("grpc.health.v1.HealthCheckResponse")
    health = dict(request_serializer=request.SerializeToString, response_deserializer=response.FromString)
    check = channel.unary_unary("/grpc.health.v1.Health/Check", **health)
    equal([1, 1], [check(request(service=name)).status for name in ("", ECHO)])
    fails(grpc.StatusCode.NOT_FOUND, lambda: check(request(service="no.such.Service")))
    watch = channel.unary_stream("/grpc.health.v1.Health/Watch", **health)
    for name, status in ((ECHO, 1), ("no.such.Service", 3)):
        call = watch(request(service=name))
        equal(status, next(call).status)
        call.cancel()


def case_reflection():
    for version in ("v1", "v1alpha"):
        package = f"grpc.reflection.{version}"
        request, response = message(f"{package}.ServerReflectionRequest"), message(f"{package}.ServerReflectionResponse")
        ask = channel.stream_stream(
            f"/{package}.ServerReflection/ServerReflectionInfo",
            request_serializer=request.SerializeToString, response_deserializer=response.FromString)
        services, by_symbol, by_name, unknown, extension = ask(iter([
            request(list_services="*"),
            request(file_containing_symbol=f"{ECHO}.Unary"),
            request(file_by_filename="interop.proto"),
            request(file_containing_symbol="no.such.Symbol"),
            request(all_extension_numbers_of_type="routeros.interop.v1.Ask"),
        ]))
        names = {s.name for s in services.list_services_response.service}
        equal(set(), {ECHO, "grpc.health.v1.Health", "grpc.reflection.v1.ServerReflection", "grpc.reflection.v1alpha.ServerReflection"} - names)
        for answer in (by_symbol, by_name):
            files = [descriptor_pb2.FileDescriptorProto.FromString(f) for f in answer.file_descriptor_response.file_descriptor_proto]
            equal((["interop.proto"], "Echo"), ([f.name for f in files], files[0].service[0].name))
        equal((5, 12), (unknown.error_response.error_code, extension.error_response.error_code))


failed = 0
for name, case in list(globals().items()):
    if not name.startswith("case_"):
        continue
    title = name.removeprefix("case_").replace("_", " ")
    try:
        case()
        print("pass", title, flush=True)
    except Exception as e:  # a case may fail in any way; the next one still runs
        failed += 1
        print(f"fail {title}: {type(e).__name__}: {' '.join(str(e).split())}", flush=True)
sys.exit(1 if failed else 0)
