using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;
using Google.Protobuf;
using RouterOS.Core.Network;
using RouterOS.Proto.Module.V1;
using RouterOS.Sdk.Packets;

namespace RouterOS.Core.Diagnostics;

/// <summary>Probes of one command, by number: ICMP echo requests, or UDP datagrams to ports where nobody listens. Any thread.</summary>
internal sealed class ProbeSession : IDisposable
{
    private const int EchoHeader = 8;
    private const byte EchoRequest = 8;
    private const byte EchoRequest6 = 128;
    private const uint Icmp = 1;
    private const uint Icmp6 = 58;
    private const uint Udp = 17;

    // Replies that nobody reads any more are not kept.
    private const int Kept = 64;

    private readonly IcmpProbes _probes;
    private readonly Channel<ProbeReply> _replies =
        Channel.CreateBounded<ProbeReply>(new BoundedChannelOptions(Kept) { FullMode = BoundedChannelFullMode.DropWrite });

    private readonly Dictionary<ushort, long> _sent = [];

    public ProbeSession(IcmpProbes probes, ushort identifier)
    {
        _probes = probes;
        Identifier = identifier;
    }

    /// <summary>Echo identifier, and UDP source port.</summary>
    public ushort Identifier { get; }

    /// <summary>Routing instance of the probes.</summary>
    public uint Instance { get; set; }

    public void Echo(IPAddress? source, IPAddress destination, ushort sequence, int bytes, ProbeOptions options)
    {
        byte[] message = new byte[EchoHeader + bytes];
        bool isVersion6 = destination.AddressFamily == AddressFamily.InterNetworkV6;
        message[0] = isVersion6 ? EchoRequest6 : EchoRequest;
        BinaryPrimitives.WriteUInt16BigEndian(message.AsSpan(4), Identifier);
        BinaryPrimitives.WriteUInt16BigEndian(message.AsSpan(6), sequence);
        for (int i = 0; i < bytes; i++)
        {
            message[EchoHeader + i] = (byte)i;
        }

        BinaryPrimitives.WriteUInt16BigEndian(message.AsSpan(2), isVersion6 ? (ushort)0 : InternetChecksum.Of(message));
        InjectPacket packet = Between(source, destination);
        packet.Protocol = isVersion6 ? Icmp6 : Icmp;
        packet.Payload = UnsafeByteOperations.UnsafeWrap(message);
        Send(sequence, packet, options);
    }

    public void Datagram(IPAddress? source, IPAddress destination, ushort sequence, int bytes, ProbeOptions options)
    {
        InjectPacket packet = Between(source, destination);
        packet.Protocol = Udp;
        packet.SourcePort = Identifier;
        packet.DestinationPort = (uint)(IcmpProbes.FirstTracePort + sequence);
        packet.Payload = UnsafeByteOperations.UnsafeWrap(new byte[bytes]);
        Send(sequence, packet, options);
    }

    /// <summary>The next reply, or null when none came in time.</summary>
    /// <exception cref="OperationCanceledException">The command was cancelled.</exception>
    public async Task<ProbeReply?> Next(TimeSpan wait, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        using CancellationTokenSource timeout = new(wait > TimeSpan.Zero ? wait : TimeSpan.Zero, _probes.Time);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellation);
        try
        {
            return await _replies.Reader.ReadAsync(either.Token);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return null;
        }
    }

    public void Dispose() => _probes.Close(this);

    /// <summary>Takes what came back for a probe; a second copy is ignored.</summary>
    public void Take(ushort sequence, Func<TimeSpan, ProbeReply> make)
    {
        lock (_sent)
        {
            if (_sent.Remove(sequence, out long sent))
            {
                _replies.Writer.TryWrite(make(_probes.Time.GetElapsedTime(sent)));
            }
        }
    }

    private static InjectPacket Between(IPAddress? source, IPAddress destination) =>
        destination.AddressFamily == AddressFamily.InterNetworkV6
            ? new()
            {
                Source6 = source is null ? ByteString.Empty : ByteString.CopyFrom(source.GetAddressBytes()),
                Destination6 = ByteString.CopyFrom(destination.GetAddressBytes()),
            }
            : new() { Source = source is null ? 0 : IpPrefix.ToNumber(source), Destination = IpPrefix.ToNumber(destination) };

    private void Send(ushort sequence, InjectPacket packet, ProbeOptions options)
    {
        packet.Instance = Instance;
        packet.Ttl = options.Ttl;
        packet.Tos = options.Tos;
        packet.DontFragment = options.DontFragment;
        lock (_sent)
        {
            _sent[sequence] = _probes.Time.GetTimestamp();
        }

        _probes.Inject(packet);
    }
}
