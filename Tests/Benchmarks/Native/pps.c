// A paced UDP source in one network namespace and a counting sink in another.
//   pps SOURCE-NS SOURCE-ADDRESS SINK-NS SINK-ADDRESS BYTES RATE SECONDS   ->   "sent received" in packets a second
// What arrives later than 50 ms after the last packet was sent does not count: it sat in a queue without bound.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { SOURCE_PORT = 5998, SINK_PORT = 5999, BURST = 32, BATCH = 64 };

static char **arguments;
static uint64_t run;                        // marks the packets of this run
static volatile uint64_t counted, arrived;  // of this run; of any
static volatile int ready, stop;

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec + t.tv_nsec * 1e-9;
}

static void fail(const char *what)
{
    perror(what);
    exit(1);
}

static void enter(const char *name)
{
    char path[128];
    snprintf(path, sizeof path, "/var/run/netns/%s", name);
    int file = open(path, O_RDONLY);
    if (file < 0 || setns(file, CLONE_NEWNET))
        fail(path);
    close(file);
}

static struct sockaddr_in address(const char *text, int port)
{
    struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons(port)};
    if (inet_pton(AF_INET, text, &a.sin_addr) != 1)
        fail(text);
    return a;
}

static int open_socket(const char *text, int port)
{
    int s = socket(AF_INET, SOCK_DGRAM, 0), bytes = 64 << 20;
    struct sockaddr_in a = address(text, port);
    if (s < 0 || bind(s, (void *)&a, sizeof a))
        fail(text);
    setsockopt(s, SOL_SOCKET, SO_RCVBUFFORCE, &bytes, sizeof bytes);
    setsockopt(s, SOL_SOCKET, SO_SNDBUFFORCE, &bytes, sizeof bytes);
    return s;
}

static void *sink(void *unused)
{
    (void)unused;
    enter(arguments[3]);
    int s = open_socket(arguments[4], SINK_PORT);
    struct timeval patience = {0, 50000};
    setsockopt(s, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    static char bytes[BATCH][2048];
    struct mmsghdr messages[BATCH];
    struct iovec slices[BATCH];
    memset(messages, 0, sizeof messages);
    for (int i = 0; i < BATCH; i++) {
        slices[i] = (struct iovec){bytes[i], sizeof bytes[i]};
        messages[i].msg_hdr.msg_iov = &slices[i];
        messages[i].msg_hdr.msg_iovlen = 1;
    }
    ready = 1;
    while (!stop) {
        int n = recvmmsg(s, messages, BATCH, MSG_WAITFORONE, 0);
        for (int i = 0; i < n; i++)
            counted += !memcmp(bytes[i], &run, sizeof run);
        arrived += n > 0 ? n : 0;
    }
    return 0;
}

int main(int count, char **values)
{
    if (count != 8)
        return fprintf(stderr, "usage: pps SOURCE-NS SOURCE-ADDRESS SINK-NS SINK-ADDRESS BYTES RATE SECONDS\n"), 2;
    arguments = values;
    run = (uint64_t)(now() * 1e9);
    int bytes = atoi(values[5]);
    double rate = atof(values[6]), seconds = atof(values[7]);
    static char packet[2048];
    if (bytes < (int)sizeof run || bytes > (int)sizeof packet)
        return fprintf(stderr, "pps: %d bytes\n", bytes), 2;
    memcpy(packet, &run, sizeof run);

    pthread_t thread;
    pthread_create(&thread, 0, sink, 0);
    while (!ready)
        usleep(1000);
    enter(values[1]);
    int s = open_socket(values[2], SOURCE_PORT);
    struct sockaddr_in to = address(values[4], SINK_PORT);
    if (connect(s, (void *)&to, sizeof to))
        fail("connect");
    struct iovec slice = {packet, bytes};
    struct mmsghdr messages[BURST];
    memset(messages, 0, sizeof messages);
    for (int i = 0; i < BURST; i++) {
        messages[i].msg_hdr.msg_iov = &slice;
        messages[i].msg_hdr.msg_iovlen = 1;
    }

    double start = now(), elapsed;
    uint64_t sent = 0;
    while ((elapsed = now() - start) < seconds) {
        int64_t due = (int64_t)(elapsed * rate) - (int64_t)sent;
        if (due <= 0) {
            nanosleep(&(struct timespec){0, 50000}, 0);
            continue;
        }
        int n = sendmmsg(s, messages, due > BURST ? BURST : due, 0);
        sent += n > 0 ? n : 0;
    }
    elapsed = now() - start;
    usleep(50000);
    uint64_t got = counted;

    // What still waits on the way must not leak into the next run.
    for (int i = 0; i < 100; i++) {
        uint64_t before = arrived;
        usleep(200000);
        if (before == arrived)
            break;
    }
    stop = 1;
    pthread_join(thread, 0);
    printf("%.0f %.0f\n", sent / elapsed, got / elapsed);
    return 0;
}
