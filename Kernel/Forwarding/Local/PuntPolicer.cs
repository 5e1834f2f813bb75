using RouterOS.Forwarding.Workers;
using RouterOS.Packets;

namespace RouterOS.Forwarding.Local;

/// <summary>Lets a bounded rate of packets per channel and per source, or per protection that it came by, through to the control plane, as copies.</summary>
/// <remarks>Constant memory: sources share a fixed set of buckets per channel, so spoofed addresses cannot fill anything.</remarks>
internal sealed class PuntPolicer(PuntLimits limits, ControlPeers peers, Action<PuntedPacket> deliver)
{
    private const int SourceBuckets = 256;
    private const int FlowBuckets = 4096;

    // No node's flow has it.
    private const ulong Protected = 1ul << 63;

    private readonly Dictionary<string, Channel> _channels = new(StringComparer.Ordinal);

    public DropCounters Drops { get; } = DropCounters.Of<PuntDrop>();

    /// <summary>Copies the packet up if it may pass. The caller keeps the buffer.</summary>
    /// <param name="now">Nanoseconds.</param>
    /// <param name="channel">Who listens.</param>
    /// <param name="packet">The packet.</param>
    /// <param name="flow">A flow that a node knows, which has its own share in place of its source's: many of them may come from one address; 0: none.</param>
    public void Offer(long now, string channel, ref PacketBuffer packet, ulong flow = 0)
    {
        if (!TryRead(packet.Data, out IpFields header, out ReadOnlySpan<byte> payload))
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
        bool isKnown = flow != 0 || peers.Has(now, header.Source);
        if (!TakeShare(now, state, flow, packet.Protection, header.Source, isKnown))
        {
            Drops.Add((int)PuntDrop.SourceRate, 1);
            return;
        }

        // Strangers are asked next, so that a flood with spoofed sources does not use up the share of those that are known.
        if (!isKnown && !state.Strangers.Take(now, limits.StrangerPacketsPerSecond, limits.StrangerBurst))
        {
            Drops.Add((int)PuntDrop.StrangerRate, 1);
            return;
        }

        if (!state.All.Take(now, limits.ChannelPacketsPerSecond, limits.ChannelBurst))
        {
            Drops.Add((int)PuntDrop.ChannelRate, 1);
            return;
        }

        ushort sourcePort = 0;
        ushort destinationPort = 0;
        if (header.Protocol == (byte)IpProtocol.Udp)
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
            Source = header.IsVersion6 ? 0 : (uint)header.Source,
            Destination = header.IsVersion6 ? 0 : (uint)header.Destination,
            Source6 = header.IsVersion6 ? header.Source : 0,
            Destination6 = header.IsVersion6 ? header.Destination : 0,
            Protocol = header.Protocol,
            SourcePort = sourcePort,
            DestinationPort = destinationPort,
            Payload = payload.ToArray(),
            Protection = packet.Protection,
            Ttl = header.Ttl,
        });
    }

    // The keys of a protection say who sent it, whatever others behind the same NAT send. In the clear the address of a known peer may be that of
    // thousands behind a NAT.
    private bool TakeShare(long now, Channel channel, ulong flow, uint protection, UInt128 source, bool isKnown)
    {
        ulong own = flow != 0 ? flow : protection != 0 ? Protected | ((ulong)protection << 32) | (uint)source.GetHashCode() : 0;
        return own != 0 ? channel.Flow(own).Take(now, limits.SourcePacketsPerSecond, limits.SourceBurst)
            : isKnown ? channel.Source(source).Take(now, limits.PeerPacketsPerSecond, limits.PeerBurst)
            : channel.Source(source).Take(now, limits.SourcePacketsPerSecond, limits.SourceBurst);
    }

    private static bool TryRead(ReadOnlySpan<byte> packet, out IpFields fields, out ReadOnlySpan<byte> payload)
    {
        if (Ipv4Header.TryParse(packet, out Ipv4Header version4, out WireError error))
        {
            fields = new IpFields(false, version4.Source, version4.Destination, (byte)version4.Protocol, version4.Ttl);
            payload = version4.Payload;
            return true;
        }

        fields = default;
        payload = default;
        if (error != WireError.BadVersion || !Ipv6Header.TryParse(packet, out Ipv6Header version6, out _)
            || !Ipv6Extensions.TryWalk(packet, out Ipv6Extensions walked) || walked.IsFragment)
        {
            return false;
        }

        fields = new IpFields(true, version6.Source, version6.Destination, walked.Protocol, version6.HopLimit);
        payload = packet[walked.Offset..version6.TotalLength];
        return true;
    }

    private readonly record struct IpFields(bool IsVersion6, UInt128 Source, UInt128 Destination, byte Protocol, byte Ttl);

    private sealed class Channel
    {
        private readonly Bucket[] _sources = new Bucket[SourceBuckets];

        public TokenBucket All;
        public TokenBucket Strangers;

        private Bucket[]? _flows;

        public ref TokenBucket Source(UInt128 source)
        {
            ref Bucket bucket = ref _sources[(uint)source.GetHashCode() * 0x9E3779B1 >> 24];
            if (bucket.Source != source)
            {
                bucket = new Bucket { Source = source };
            }

            return ref bucket.Tokens;
        }

        public ref TokenBucket Flow(ulong flow)
        {
            _flows ??= new Bucket[FlowBuckets];
            ref Bucket bucket = ref _flows[(flow * 0x9E37_79B9_7F4A_7C15) >> 52];
            if (bucket.Source != flow)
            {
                bucket = new Bucket { Source = flow };
            }

            return ref bucket.Tokens;
        }
    }

    private struct Bucket
    {
        public UInt128 Source;
        public TokenBucket Tokens;
    }
}
