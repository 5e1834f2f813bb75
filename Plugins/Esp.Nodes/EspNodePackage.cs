using RouterOS.Abstractions.Crypto;
using RouterOS.Esp.Wire;
using RouterOS.Forwarding;
using RouterOS.Packets;

namespace RouterOS.Esp.Nodes;

/// <summary>ESP in the forwarding graph: tables, nodes and counters of one worker.</summary>
public sealed class EspNodePackage : INodePackage
{
    private const int RefreshMilliseconds = 1000;

    /// <inheritdoc/>
    public string Name => "esp";

    /// <inheritdoc/>
    public void Register(INodeRegistry registry)
    {
        ArgumentNullException.ThrowIfNull(registry);
        EspTables tables = new(registry);
        EspEncryptNode encrypt = new(tables, registry.Worker);
        EspDecryptNode decrypt = new(tables, registry.Worker);
        tables.Settle = () =>
        {
            encrypt.Settle();
            decrypt.Settle();
        };
        registry.AddNode(encrypt);
        registry.AddNode(decrypt);
        registry.AddNode(new AhEncryptNode(tables, registry.Worker));
        registry.AddNode(new AhEncryptNode(tables, registry.Worker, isBundle: true));
        registry.AddNode(new EspTransportNode(tables, registry.Worker));
        registry.AddNode(new AhDecryptNode(tables, registry.Worker));
        registry.AddNode(new EspUdpNode(tables, registry.Worker));
        registry.AddNode(new OwnOutNode(tables.Own, OwnOutNode.NodeName));
        registry.AddNode(new OwnInNode(tables.Own, tables.Drops, OwnInNode.NodeName));
        registry.AddNode(new OwnOutNode(tables.Own, OwnOutNode.NodeName6));
        registry.AddNode(new OwnInNode(tables.Own, tables.Drops, OwnInNode.NodeName6));
        registry.AddNode(new EspIcmpNode(tables, registry.Worker));
        registry.AddNode(new EspOuter6Node(tables, registry.Worker));
        registry.AddNode(new EspInner6Node(tables));
        registry.AddNode(new EspUdp6Node(tables, registry.Worker));
        registry.AddNode(new EspIcmp6Node(tables, registry.Worker));
        registry.Worker.AtEndOfRound(decrypt.EndOfRound);
        registry.Worker.AtEndOfRound(encrypt.EndOfRound);
        registry.AddFeature(Arcs.LocalOut, OwnOutNode.NodeName);
        registry.AddFeature(Arcs.LocalIn, OwnInNode.NodeName);
        registry.AddFeature(Arcs.LocalOut6, OwnOutNode.NodeName6);
        registry.AddFeature(Arcs.LocalIn6, OwnInNode.NodeName6);
        registry.AddLinkType("esp", EspEncryptNode.NodeName, takesSuperPackets: true);
        registry.AddProtector(EspEncryptNode.NodeName);
        registry.AddIpv6Link("esp");
        registry.AddLocalProtocol(EspHeader.Protocol, EspDecryptNode.NodeName);
        registry.AddLocalProtocol(AhHeader.Protocol, AhDecryptNode.NodeName);
        registry.AddLocalProtocol6(EspHeader.Protocol, EspInner6Node.NodeName);
        registry.AddLocalProtocol6(AhHeader.Protocol, AhDecryptNode.NodeName);
        registry.AddLocalUdpPort6(EspUdpNode.Port, EspUdp6Node.NodeName);
        registry.AddIcmpErrors6((byte)IpProtocol.Udp, EspIcmp6Node.NodeName);
        registry.AddIcmpErrors6(EspHeader.Protocol, EspIcmp6Node.NodeName);
        registry.AddIcmpErrors6(AhHeader.Protocol, EspIcmp6Node.NodeName);
        registry.AddLocalUdpPort(EspUdpNode.Port, EspUdpNode.NodeName);
        registry.AddIcmpErrors(EspHeader.Protocol, EspIcmpNode.NodeName);
        registry.AddIcmpErrors(AhHeader.Protocol, EspIcmpNode.NodeName);
        registry.AddIcmpErrors((byte)IpProtocol.Udp, EspIcmpNode.NodeName);

        ProtectionRows protections = new(tables);
        SaRows inbound = new(tables, registry, CryptoDirection.Decrypt);
        SaRows outbound = new(tables, registry, CryptoDirection.Encrypt);
        registry.AddTable(EspTables.ProtectionTable, protections);
        registry.AddTable(EspTables.InboundTable, inbound);
        registry.AddTable(EspTables.OutboundTable, outbound);
        registry.AddTable("esp", new EspSettingsRows(tables));
        registry.AddSnapshot(EspTables.ProtectionTable, protections);
        registry.AddSnapshot(EspTables.InboundTable, inbound);
        registry.AddSnapshot(EspTables.OutboundTable, outbound);
        registry.AddDropCounters("esp", tables.Drops);

        registry.Tables.InterfaceChanged += _ => tables.RefreshSome();
        registry.Worker.Every(RefreshMilliseconds, tables.RefreshSome);
    }
}
