using RouterOS.Forwarding.Workers;
using RouterOS.Packets;

namespace RouterOS.Forwarding.Local;

/// <summary>Lets a bounded rate of packets per channel and per source through to the control plane, as copies.</summary>
/// <remarks>Constant memory: sources share a fixed set of buckets per channel, so spoofed addresses cannot fill anything.</remarks>
internal sealed class PuntPolicer(PuntLimits limits, ControlPeers peers, Action<PuntedPacket> deliver)
{
    private const int SourceBuckets = 256;

    private readonly Dictionary<string, Channel> _channels = new(StringComparer.Ordinal);

    public DropCounters Drops { get; } = DropCounters.Of<PuntDrop>();

    /// <summary>Copies the packet up if it may pass. The caller keeps the buffer.</summary>
    public void Offer(long now, string channel, ref PacketBuffer packet)
    {
        if (!Ipv4Header.TryParse(packet.Data, out Ipv4Header header, out _))
        {
            Drops.Add((int)PuntDrop.Malformed, 1);
            return;
        }

        if (!_channels.TryGetValue(channel, out Channel? state))
        {
            state = new Channel();
            _channels.Add(channel, state);
        }

        // The source is asked first, so that what one source sends too much of does not use up the channel.
        if (!state.Source(header.Source).Take(now, limits.SourcePacketsPerSecond, limits.SourceBurst))
        {
            Drops.Add((int)PuntDrop.SourceRate, 1);
            return;
        }

        // Strangers are asked next, so that a flood with spoofed sources does not use up the share of those that are known.
        if (!peers.Has(now, header.Source) && !state.Strangers.Take(now, limits.StrangerPacketsPerSecond, limits.StrangerBurst))
        {
            Drops.Add((int)PuntDrop.StrangerRate, 1);
            return;
        }

        if (!state.All.Take(now, limits.ChannelPacketsPerSecond, limits.ChannelBurst))
        {
            Drops.Add((int)PuntDrop.ChannelRate, 1);
            return;
        }

        ReadOnlySpan<byte> payload = header.Payload;
        ushort sourcePort = 0;
        ushort destinationPort = 0;
        if (header.Protocol == IpProtocol.Udp)
        {
            if (!UdpHeader.TryParse(payload, out UdpHeader udp, out _))
            {
                Drops.Add((int)PuntDrop.Malformed, 1);
                return;
            }

            sourcePort = udp.SourcePort;
            destinationPort = udp.DestinationPort;
            payload = udp.Payload;
        }

        deliver(new PuntedPacket
        {
            Channel = channel,
            Instance = packet.Instance,
            Interface = packet.IngressInterface,
            Source = header.Source,
            Destination = header.Destination,
            Protocol = (byte)header.Protocol,
            SourcePort = sourcePort,
            DestinationPort = destinationPort,
            Payload = payload.ToArray(),
            Protection = packet.Protection,
            Ttl = header.Ttl,
        });
    }

    private sealed class Channel
    {
        private readonly Bucket[] _sources = new Bucket[SourceBuckets];

        public TokenBucket All;
        public TokenBucket Strangers;

        public ref TokenBucket Source(uint source)
        {
            ref Bucket bucket = ref _sources[(source * 0x9E3779B1) >> 24];
            if (bucket.Source != source)
            {
                bucket = new Bucket { Source = source };
            }

            return ref bucket.Tokens;
        }
    }

    private struct Bucket
    {
        public uint Source;
        public TokenBucket Tokens;
    }
}
