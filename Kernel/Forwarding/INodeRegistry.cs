using RouterOS.Abstractions.Crypto;

namespace RouterOS.Forwarding;

/// <summary>What a node package may use and add to while a module boots.</summary>
public interface INodeRegistry
{
    /// <summary>Interfaces, routes, adjacencies and neighbours of this module.</summary>
    ForwardingTables Tables { get; }

    /// <summary>Run-time rows that survive the data process.</summary>
    RuntimeArena Arena { get; }

    /// <summary>
    /// Buffers, events and injection of the worker that will run the nodes. A package registers once per worker, with nodes and tables
    /// of its own each time; <see cref="WorkerServices.Number"/> tells them apart.
    /// </summary>
    WorkerServices Worker { get; }

    /// <summary>Chooses the engine for a suite and a direction; throws <see cref="NotSupportedException"/> when no engine does it.</summary>
    ICryptoEngine CryptoFor(CryptoSuite suite, CryptoDirection direction);

    /// <summary>The module's clock.</summary>
    TimeProvider Time { get; }

    /// <summary>Adds a node to the graph.</summary>
    void AddNode(GraphNode node);

    /// <summary>Attaches a node to an arc for every interface and IPv4, after and before the named features.</summary>
    void AddFeature(string arc, string node, IReadOnlyList<string>? after = null, IReadOnlyList<string>? before = null);

    /// <summary>Sends local packets of an IP protocol to a node (reassembled, checked, IPv4 header in front).</summary>
    void AddLocalProtocol(byte protocol, string node);

    /// <summary>Sends local UDP datagrams to a port to a node, in place of a punt channel (IPv4 header in front, checksum checked).</summary>
    void AddLocalUdpPort(ushort port, string node) =>
        throw new NotSupportedException("This registry takes no UDP ports.");

    /// <summary>Punts local UDP datagrams to a port on the channel <c>udp:PORT</c>. 500 and 4500 are there already.</summary>
    void AddPuntUdpPort(ushort port) =>
        throw new NotSupportedException("This registry takes no UDP ports.");

    /// <summary>Punts local packets of an IP protocol on the channel <c>ip:PROTOCOL</c>.</summary>
    void AddPuntProtocol(byte protocol) =>
        throw new NotSupportedException("This registry takes no punted protocols.");

    /// <summary>
    /// Sends packets to groups beyond the link (224.0.1.0 and above) to a node, where they would be dropped otherwise. Unicast packets
    /// pay nothing for it.
    /// </summary>
    void AddMulticast(string node) =>
        throw new NotSupportedException("This registry takes no multicast packets.");

    /// <summary>
    /// Shows a node the ICMP errors to this router that quote a packet of an IP protocol (fragmentation-needed about ESP): whole
    /// packet, IPv4 header in front. What is not about one of its own the node sends on to <see cref="KernelNodes.IcmpPunt"/>.
    /// </summary>
    void AddIcmpErrors(byte protocol, string node) =>
        throw new NotSupportedException("This registry takes no ICMP listeners.");

    /// <summary>
    /// Makes <paramref name="node"/> the way out of interfaces whose row has this link type. Super-packets are cut before it unless
    /// <paramref name="takesSuperPackets"/>.
    /// </summary>
    void AddLinkType(string linkType, string node, bool takesSuperPackets = false);

    /// <summary>
    /// Makes <paramref name="node"/> the way out of packets with <c>RequiredProtection</c> whose route does not lead to an interface of that
    /// protection: it wraps them all the same (super-packets too, not cut to any MTU), or drops them.
    /// </summary>
    void AddProtector(string node) =>
        throw new NotSupportedException("This registry takes no protector.");

    /// <summary>Sends local IPv6 packets of a protocol to a node (reassembled, checked, IPv6 header in front).</summary>
    /// <remarks>A registry without a path of IPv6 leaves this and the next three out.</remarks>
    void AddLocalProtocol6(byte protocol, string node)
    {
    }

    /// <summary>
    /// Sends local UDP datagrams over IPv6 to a port to a node, in place of a punt channel (IPv6 header in front, checksum checked where there
    /// is one: what tunnels put into UDP may go without, RFC 6935).
    /// </summary>
    void AddLocalUdpPort6(ushort port, string node)
    {
    }

    /// <summary>As <see cref="AddIcmpErrors"/> for ICMPv6: packet-too-big about ESP. IPv6 header in front.</summary>
    void AddIcmpErrors6(byte protocol, string node)
    {
    }

    /// <summary>The node of a link type takes IPv6 packets, too, and so it does as the protector where it is that. Called after both.</summary>
    void AddIpv6Link(string linkType)
    {
    }

    /// <summary>Receives rows of a table from the control plane.</summary>
    void AddTable(string table, IRowSink sink);

    /// <summary>Answers snapshots of a table's run-time state.</summary>
    void AddSnapshot(string table, ISnapshotSource source);

    /// <summary>Publishes a set of drop counters under a group name.</summary>
    void AddDropCounters(string group, DropCounters counters);
}
