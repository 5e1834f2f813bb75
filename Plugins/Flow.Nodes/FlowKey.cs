using System.Runtime.InteropServices;
using RouterOS.Packets;

namespace RouterOS.Flow.Nodes;

/// <summary>What packets of one direction of a flow have in common. Blittable.</summary>
/// <param name="Source">Source address, host byte order.</param>
/// <param name="Destination">Destination address, host byte order.</param>
/// <param name="Instance">Routing instance.</param>
/// <param name="SourcePort">TCP or UDP port; the query's type for an ICMP reply; else 0.</param>
/// <param name="DestinationPort">TCP or UDP port; the type of an ICMP message that is no reply; else 0.</param>
/// <param name="Kind">IP protocol in the low byte, identifier of an ICMP query in the high half: see <see cref="KindOf"/>.</param>
/// <remarks>Of an ICMP query only one port is set, so that a query never passes as the reply to another.</remarks>
[StructLayout(LayoutKind.Sequential)]
internal readonly record struct FlowKey(
    uint Source, uint Destination, uint Instance, ushort SourcePort, ushort DestinationPort, uint Kind)
{
    private const int IdentifierShift = 16;

    private const uint Version6Bit = 0x100;

    /// <summary>IP protocol.</summary>
    public byte Protocol => (byte)Kind;

    /// <summary>The addresses are numbers that a worker gives IPv6 addresses (<see cref="AddressNumbers"/>).</summary>
    public bool IsVersion6 => (Kind & Version6Bit) != 0;

    /// <summary>Identifier of an ICMP query, which both directions share.</summary>
    public ushort Identifier => (ushort)(Kind >> IdentifierShift);

    /// <summary>The key of the answers.</summary>
    public FlowKey Reversed => new(Destination, Source, Instance, DestinationPort, SourcePort, Kind);

    /// <summary>Source port as people are told it: the identifier for an ICMP query.</summary>
    public ushort ShownSourcePort => Protocol is (byte)IpProtocol.Icmp or (byte)IpProtocol.Icmp6 ? Identifier : SourcePort;

    /// <summary>Puts a protocol and an identifier into one number.</summary>
    public static uint KindOf(byte protocol, ushort identifier = 0) => protocol | ((uint)identifier << IdentifierShift);

    /// <summary>The same for IPv6.</summary>
    public static uint KindOf6(byte protocol, ushort identifier = 0) => KindOf(protocol, identifier) | Version6Bit;

    /// <summary>Where the key belongs in a table.</summary>
    public uint Hash(in FlowHash hash) => hash.Of(
        Source | ((ulong)Destination << 32), Instance | ((ulong)SourcePort << 32) | ((ulong)DestinationPort << 48), Kind);

    /// <summary>A hash that both directions share, and every run: it chooses the worker of a flow.</summary>
    public uint SymmetricHash()
    {
        ulong h = ((ulong)(Source ^ Destination) << 32) | (uint)(SourcePort ^ DestinationPort) << 16 ^ Kind;
        return (uint)(FlowHash.Mix(h + Instance) >> 32);
    }

    // What the compiler would write prints every property, and so Reversed without end.
    /// <inheritdoc/>
    public override string ToString() => IsVersion6
        ? $"IPv6 address {Source}/{SourcePort} > {Destination}/{DestinationPort}, protocol {Protocol}, identifier {Identifier}, instance {Instance}"
        : $"{Ipv4Address.Format(Source)}/{SourcePort} > {Ipv4Address.Format(Destination)}/{DestinationPort}, protocol {Protocol}, identifier {Identifier}, instance {Instance}";
}
