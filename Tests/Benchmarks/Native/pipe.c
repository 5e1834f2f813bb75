// The forwarding pipeline of the graph benchmark in C: an in-memory port, Ethernet and IPv4 checks, DIR-24-8 look-up of the same routes,
// flow sessions, TTL, link header, counters, an in-memory port. It does what the graph's nodes do to a packet that passes, a vector at a
// time, with its tables laid out as one would lay them out in C: what may go wrong with a packet is looked at, and what would then happen is
// left out. It has no arcs, no tunnels, no second direction of a session, no neighbours that come and go, one worker and two ports.
#include <immintrin.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>

enum { VECTOR = 256, FRAME = 64, META = 128, HEADROOM = 256, BUFFER = 2048, ETHERNET = 14, TTL = 8, GROUP = 0x8000 };

typedef struct { uint32_t length; uint16_t offset, port; uint32_t ingress, egress, hop; } meta_t;
typedef struct { uint64_t packets, bytes, drops, permitted; uint8_t mac[6]; uint16_t mtu, zone; uint8_t up; } port_t;
typedef struct { uint8_t mac[6]; uint16_t port; } hop_t;
typedef struct {
    uint64_t addresses, rest, packets, bytes;
    uint32_t expires, generation, policy, state;
    uint16_t from, to, timeout;
    uint8_t pad[10];
} session_t;

typedef struct {
    uint16_t *t24, *t8;
    uint32_t groups;
    hop_t hops[256];
    port_t ports[2];
    uint8_t **free;
    uint32_t free_count;
    uint8_t *memory;
    session_t *sessions;
    uint32_t mask;
    uint64_t policy_hits[64], seed;
    uint32_t generation;
    uint8_t *staged[VECTOR];
} twin_t;

static uint64_t cpu(void)
{
    struct timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return t.tv_sec * 1000000000ull + t.tv_nsec;
}

// Zeros in pages of 2 MB, as the product's tables are.
static void *pages(size_t bytes)
{
    size_t size = (bytes + (2 << 20) - 1) & ~(size_t)((2 << 20) - 1);
    void *p = aligned_alloc(2 << 20, size);
    madvise(p, size, MADV_HUGEPAGE);
    memset(p, 0, size);
    return p;
}

twin_t *twin_create(uint32_t buffers, uint32_t session_slots, const uint8_t *own_mac)
{
    twin_t *t = calloc(1, sizeof *t);
    t->t24 = pages((size_t)2 << 24);
    t->t8 = pages((size_t)GROUP << 9);
    t->memory = pages((size_t)buffers * BUFFER);
    t->free = malloc(buffers * sizeof *t->free);
    for (uint32_t i = 0; i < buffers; i++)
        t->free[t->free_count++] = t->memory + (size_t)i * BUFFER;
    if (session_slots) {
        t->sessions = pages((size_t)session_slots * sizeof(session_t));
        t->mask = session_slots - 1;
    }
    for (int i = 0; i < 2; i++) {
        memcpy(t->ports[i].mac, own_mac, 6);
        t->ports[i].mtu = 1500;
        t->ports[i].up = 1;
        t->ports[i].zone = i + 1;
    }
    return t;
}

void twin_destroy(twin_t *t)
{
    free(t->t24); free(t->t8); free(t->memory); free(t->free); free(t->sessions); free(t);
}

void twin_hop(twin_t *t, int hop, const uint8_t *mac, int port)
{
    memcpy(t->hops[hop].mac, mac, 6);
    t->hops[hop].port = port;
}

// Routes come in order of their length.
void twin_route(twin_t *t, uint32_t prefix, int length, uint16_t hop)
{
    if (length <= 24) {
        for (uint32_t i = prefix >> 8, n = 1u << (24 - length); n--; i++)
            t->t24[i] = hop;
        return;
    }
    uint16_t *slot = &t->t24[prefix >> 8];
    if (!(*slot & GROUP)) {
        uint16_t fill = *slot, group = t->groups++;
        for (int i = 0; i < 256; i++)
            t->t8[(uint32_t)group << 8 | i] = fill;
        *slot = GROUP | group;
    }
    for (uint32_t i = prefix & 255, n = 1u << (32 - length); n--; i++)
        t->t8[(uint32_t)(*slot & ~GROUP) << 8 | i] = hop;
}

static inline uint64_t mix(uint64_t v)
{
    v = (v ^ v >> 32) * 0xd6e8feb86659fd93;
    v = (v ^ v >> 32) * 0xd6e8feb86659fd93;
    return v ^ v >> 32;
}

// Keyed and not linear, as a table that strangers fill needs it: they can make CRCs collide without knowing the seed.
static inline uint32_t hash(uint64_t seed, uint64_t a, uint64_t b) { return (uint32_t)(mix((mix(seed ^ a) ^ b) ^ seed) >> 32); }
static inline uint8_t *data(uint8_t *b) { return b + META + ((meta_t *)b)->offset; }
static inline uint16_t swap16(const uint8_t *p) { uint16_t v; memcpy(&v, p, 2); return __builtin_bswap16(v); }
static inline void keys(const uint8_t *ip, uint64_t *a, uint64_t *b)
{
    uint32_t ports;
    memcpy(a, ip + 12, 8);
    memcpy(&ports, ip + 20, 4);
    *b = ports | (uint64_t)ip[9] << 32 | 1ull << 63;
}

static session_t *session_of(twin_t *t, uint32_t h, uint64_t a, uint64_t b, uint32_t now)
{
    for (uint32_t i = h & t->mask;; i = (i + 1) & t->mask) {
        session_t *s = &t->sessions[i];
        if (s->addresses == a && s->rest == b)
            return s;
        if (!s->rest) {
            s->addresses = a;
            s->rest = b;
            s->expires = now + 1;
            s->generation = t->generation;
            s->policy = 1;
            s->from = t->ports[0].zone;
            s->to = t->ports[1].zone;
            return s;
        }
    }
}

// One vector from the port's frames to the other port. Returns the packets sent.
static int vector(twin_t *t, const uint8_t *frames, int n, uint32_t now)
{
    uint8_t *v[VECTOR];
    uint32_t to[VECTOR], h[VECTOR];
    uint64_t a[VECTOR], b[VECTOR];
    int m = 0;

    for (int i = 0; i < n && t->free_count; i++) {  // the port: a buffer, its metadata, the frame
        uint8_t *p = t->free[--t->free_count];
        meta_t *meta = (meta_t *)p;
        memset(meta, 0, META);
        meta->offset = HEADROOM;
        meta->length = FRAME;
        memcpy(p + META + HEADROOM, frames + (size_t)i * FRAME, FRAME);
        v[m++] = p;
    }

    n = m;
    m = 0;
    for (int i = 0; i < n; i++) {  // link and IPv4 input
        meta_t *meta = (meta_t *)v[i];
        uint8_t *f = data(v[i]), *ip = f + ETHERNET;
        port_t *in = &t->ports[meta->port];
        uint32_t sum = 0;
        for (int k = 0; k < 20; k += 4) {
            uint32_t w;
            memcpy(&w, ip + k, 4);
            sum += (w & 0xffff) + (w >> 16);
        }
        sum = (sum & 0xffff) + (sum >> 16);
        sum = (sum & 0xffff) + (sum >> 16);
        uint16_t total = swap16(ip + 2);
        if (!in->up || meta->length < ETHERNET + 20 || memcmp(f, in->mac, 6) || swap16(f + 12) != 0x0800 || ip[0] != 0x45 || total < 20
            || total > meta->length - ETHERNET || sum != 0xffff || ip[12] == 127 || ip[12] >= 224 || ip[16] == 0 || ip[16] == 127 || ip[16] >= 224 || ip[TTL] <= 1
            || (ip[6] & 0x3f) | ip[7]) {
            in->drops++;
            t->free[t->free_count++] = v[i];
            continue;
        }
        meta->offset += ETHERNET;
        meta->length = total;
        in->packets++;
        in->bytes += total;
        memcpy(&to[m], ip + 16, 4);
        to[m] = __builtin_bswap32(to[m]);
        _mm_prefetch((char *)&t->t24[to[m] >> 8], _MM_HINT_T0);
        if (t->mask) {
            if (!(ip[9] == 17 ? total >= 28 : ip[9] == 6 && total >= 40 && !(ip[33] & 2)))
                abort();  // the slow path again
            keys(ip, &a[m], &b[m]);
        }
        v[m++] = v[i];
    }

    n = m;
    m = 0;
    for (int i = 0; i < n; i++) {  // look-up
        meta_t *meta = (meta_t *)v[i];
        uint16_t hop = t->t24[to[i] >> 8];
        if (hop & GROUP)
            hop = t->t8[(uint32_t)(hop & ~GROUP) << 8 | (to[i] & 255)];
        if (!hop || !t->ports[t->hops[hop].port].up || meta->length > t->ports[t->hops[hop].port].mtu || meta->offset < ETHERNET) {
            t->ports[meta->port].drops++;
            t->free[t->free_count++] = v[i];
            continue;
        }
        meta->hop = hop;
        meta->egress = t->hops[hop].port;
        if (t->mask) {
            h[m] = hash(t->seed, a[i], b[i]);
            a[m] = a[i];
            b[m] = b[i];
            _mm_prefetch((char *)&t->sessions[h[m] & t->mask], _MM_HINT_T0);
        }
        v[m++] = v[i];
    }

    n = m;
    if (t->mask)
        for (int i = 0; i < n; i++) {  // sessions
            meta_t *meta = (meta_t *)v[i];
            port_t *in = &t->ports[meta->port], *out = &t->ports[meta->egress];
            session_t *s = session_of(t, h[i], a[i], b[i], now);
            if (s->expires <= now || s->generation != t->generation || s->from != in->zone || s->to != out->zone)
                abort();  // the slow path, which no packet of the benchmark takes
            s->packets++;
            s->bytes += meta->length;
            s->timeout = 60;
            s->expires = now + 60;
            t->policy_hits[s->policy]++;
            in->permitted += meta->length;
            out->permitted += meta->length;
        }

    for (int i = 0; i < n; i++) {  // rewrite and link header
        meta_t *meta = (meta_t *)v[i];
        uint8_t *ip = data(v[i]);
        port_t *out = &t->ports[meta->egress];
        uint16_t sum;
        ip[TTL]--;
        memcpy(&sum, ip + 10, 2);
        uint32_t s = sum + 1u;
        sum = s + (s >> 16);
        memcpy(ip + 10, &sum, 2);
        out->packets++;
        out->bytes += meta->length;
        meta->offset -= ETHERNET;
        meta->length += ETHERNET;
        memcpy(ip - 14, t->hops[meta->hop].mac, 6);
        memcpy(ip - 8, out->mac, 6);
        ip[-2] = 8;
        ip[-1] = 0;
        t->staged[i] = v[i];
    }

    for (int i = 0; i < n; i++)  // the port: nothing to do but to give buffers back
        t->free[t->free_count++] = t->staged[i];
    return n;
}

// Forwards `rounds` vectors of `size` frames, taking the frames in turn; nanoseconds of CPU time, and the packets sent.
uint64_t twin_run(twin_t *t, const uint8_t *frames, uint32_t count, uint32_t *next, int rounds, int size, uint64_t *sent)
{
    uint64_t start = cpu();
    *sent = 0;
    for (int r = 0; r < rounds; r++) {
        *sent += vector(t, frames + (size_t)*next * FRAME, size, (uint32_t)(start >> 30));
        *next = *next + 2 * size > count ? 0 : *next + size;
    }
    return cpu() - start;
}
