// Passes frames between two devices: a TPACKET_V3 receive ring and sendmmsg past the queueing discipline, each way. The C twin of packet:.
//   bridge LEFT RIGHT      until killed
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

enum { BLOCK = 1 << 18, BLOCKS = 16, BURST = 64, BUFFER = 2048 };

struct side {
    int receiver, sender, block;
    uint32_t left;
    uint8_t *ring, *next;
};

static uint8_t buffers[BURST][BUFFER];
static struct iovec slices[BURST];
static struct mmsghdr messages[BURST];

static void fail(const char *what)
{
    perror(what);
    exit(1);
}

static void open_side(struct side *s, const char *device)
{
    int version = TPACKET_V3, one = 1, bytes = 4 << 20;
    struct tpacket_req3 request = {.tp_block_size = BLOCK, .tp_block_nr = BLOCKS, .tp_frame_size = BUFFER,
                                   .tp_frame_nr = BLOCK / BUFFER * BLOCKS, .tp_retire_blk_tov = 1};
    struct sockaddr_ll a = {.sll_family = AF_PACKET, .sll_protocol = htons(ETH_P_ALL), .sll_ifindex = if_nametoindex(device)};
    struct packet_mreq all = {.mr_ifindex = a.sll_ifindex, .mr_type = PACKET_MR_PROMISC};
    s->receiver = socket(AF_PACKET, SOCK_RAW, 0);
    if (s->receiver < 0 || setsockopt(s->receiver, SOL_PACKET, PACKET_VERSION, &version, sizeof version)
        || setsockopt(s->receiver, SOL_PACKET, PACKET_IGNORE_OUTGOING, &one, sizeof one)
        || setsockopt(s->receiver, SOL_PACKET, PACKET_RX_RING, &request, sizeof request)
        || setsockopt(s->receiver, SOL_PACKET, PACKET_ADD_MEMBERSHIP, &all, sizeof all))
        fail(device);
    s->ring = mmap(0, (size_t)BLOCK * BLOCKS, PROT_READ | PROT_WRITE, MAP_SHARED, s->receiver, 0);
    if (s->ring == MAP_FAILED || bind(s->receiver, (void *)&a, sizeof a))
        fail(device);
    s->sender = socket(AF_PACKET, SOCK_RAW, 0);
    a.sll_protocol = 0;
    if (s->sender < 0 || setsockopt(s->sender, SOL_PACKET, PACKET_QDISC_BYPASS, &one, sizeof one) || bind(s->sender, (void *)&a, sizeof a))
        fail(device);
    setsockopt(s->sender, SOL_SOCKET, SO_SNDBUF, &bytes, sizeof bytes);
}

static int pass(struct side *from, struct side *to)
{
    int n = 0;
    while (n < BURST) {
        struct tpacket_block_desc *b = (void *)(from->ring + (size_t)from->block * BLOCK);
        if (!from->left) {
            if (!(__atomic_load_n(&b->hdr.bh1.block_status, __ATOMIC_ACQUIRE) & TP_STATUS_USER))
                break;
            from->left = b->hdr.bh1.num_pkts;
            from->next = (uint8_t *)b + b->hdr.bh1.offset_to_first_pkt;
        }
        if (from->left) {
            struct tpacket3_hdr *h = (void *)from->next;
            if (h->tp_snaplen <= BUFFER) {
                memcpy(buffers[n], from->next + h->tp_mac, h->tp_snaplen);
                slices[n++].iov_len = h->tp_snaplen;
            }
            from->next += h->tp_next_offset;
            from->left--;
        }
        if (!from->left) {
            __atomic_store_n(&b->hdr.bh1.block_status, TP_STATUS_KERNEL, __ATOMIC_RELEASE);
            from->block = (from->block + 1) % BLOCKS;
        }
    }
    for (int sent = 0, k; sent < n; sent += k)
        if ((k = sendmmsg(to->sender, messages + sent, n - sent, MSG_DONTWAIT)) <= 0)
            break;
    return n;
}

int main(int count, char **values)
{
    static struct side sides[2];
    if (count != 3)
        return fprintf(stderr, "usage: bridge LEFT RIGHT\n"), 2;
    for (int i = 0; i < BURST; i++) {
        slices[i].iov_base = buffers[i];
        messages[i].msg_hdr.msg_iov = &slices[i];
        messages[i].msg_hdr.msg_iovlen = 1;
    }
    open_side(&sides[0], values[1]);
    open_side(&sides[1], values[2]);
    puts("ready");
    fflush(stdout);
    struct pollfd wait[2] = {{sides[0].receiver, POLLIN, 0}, {sides[1].receiver, POLLIN, 0}};
    for (;;)
        if (!(pass(&sides[0], &sides[1]) + pass(&sides[1], &sides[0])))
            poll(wait, 2, 100);
}
