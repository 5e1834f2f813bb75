// One-way latency of paced UDP packets from one network namespace to another: both ends are this process, so there is one clock.
//   latency SOURCE-NS SOURCE-ADDRESS SINK-NS SINK-ADDRESS BYTES RATE SECONDS   ->   "received lost p50 p99 p99.9 largest" in microseconds
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

enum { SOURCE_PORT = 5996, SINK_PORT = 5997, LARGEST = 4000000 };

struct probe { uint64_t run, sent_at; };

static char **arguments;
static uint64_t run;
static uint32_t *times;
static volatile uint32_t received;
static volatile int ready, stop;

static uint64_t now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1000000000ull + t.tv_nsec;
}

static void fail(const char *what)
{
    perror(what);
    exit(1);
}

static int open_socket(const char *namespace, const char *text, int port)
{
    char path[128];
    snprintf(path, sizeof path, "/var/run/netns/%s", namespace);
    int file = open(path, O_RDONLY), s, bytes = 16 << 20;
    if (file < 0 || setns(file, CLONE_NEWNET))
        fail(path);
    close(file);
    struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons(port)};
    if (inet_pton(AF_INET, text, &a.sin_addr) != 1 || (s = socket(AF_INET, SOCK_DGRAM, 0)) < 0 || bind(s, (void *)&a, sizeof a))
        fail(text);
    setsockopt(s, SOL_SOCKET, SO_RCVBUFFORCE, &bytes, sizeof bytes);
    return s;
}

static void *sink(void *unused)
{
    (void)unused;
    int s = open_socket(arguments[3], arguments[4], SINK_PORT);
    struct timeval patience = {0, 50000};
    setsockopt(s, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    ready = 1;
    char bytes[2048];
    while (!stop) {
        ssize_t n = recv(s, bytes, sizeof bytes, 0);
        struct probe p;
        memcpy(&p, bytes, sizeof p);
        if (n >= (ssize_t)sizeof p && p.run == run && received < LARGEST) {
            times[received] = (uint32_t)((now() - p.sent_at) / 100);
            received++;
        }
    }
    return 0;
}

static int order(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return x < y ? -1 : x > y;
}

int main(int count, char **values)
{
    if (count != 8)
        return fprintf(stderr, "usage: latency SOURCE-NS SOURCE-ADDRESS SINK-NS SINK-ADDRESS BYTES RATE SECONDS\n"), 2;
    arguments = values;
    run = now();
    times = malloc(LARGEST * sizeof *times);
    pthread_t thread;
    pthread_create(&thread, 0, sink, 0);
    while (!ready)
        usleep(1000);
    int s = open_socket(values[1], values[2], SOURCE_PORT), bytes = atoi(values[5]);
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(SINK_PORT)};
    inet_pton(AF_INET, values[4], &to.sin_addr);
    uint64_t gap = 1e9 / atof(values[6]), start = now(), end = start + atof(values[7]) * 1e9, sent = 0;
    static char packet[2048];
    for (uint64_t due = start; due < end; due += gap) {
        uint64_t t = now();
        if (t < due) {
            struct timespec at = {due / 1000000000, due % 1000000000};
            clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &at, 0);
        }
        // The time of the call itself, so that a late source does not count as latency of the path.
        struct probe p = {run, now()};
        memcpy(packet, &p, sizeof p);
        sent += sendto(s, packet, bytes, 0, (void *)&to, sizeof to) == bytes;
    }
    usleep(500000);
    stop = 1;
    pthread_join(thread, 0);
    uint32_t n = received;
    qsort(times, n, sizeof *times, order);
    if (!n)
        return fprintf(stderr, "latency: nothing arrived\n"), 1;
    printf("%u %lu %.1f %.1f %.1f %.1f\n", n, (unsigned long)(sent - n), times[n / 2] / 10.0, times[(uint64_t)n * 99 / 100] / 10.0,
           times[(uint64_t)n * 999 / 1000] / 10.0, times[n - 1] / 10.0);
    return 0;
}
