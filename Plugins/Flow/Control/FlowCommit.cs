using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Google.Protobuf;
using Microsoft.Extensions.Logging;
using RouterOS.Proto.Flow.V1;
using RouterOS.Sdk.Network;
using RouterOS.Sdk.Tables;

namespace RouterOS.Flow.Control;

/// <summary>Converges the modules' flow tables toward the committed intent and the interfaces there are.</summary>
/// <remarks>On the plugin's strand. Zones and policies keep their numbers while the process lives, so counters keep their meaning.</remarks>
internal sealed class FlowCommit(ITableWriter tables, IInterfaceView interfaces, ILogger log)
{
    private readonly Dictionary<string, uint> _zoneNumbers = new(StringComparer.Ordinal);
    private readonly Dictionary<(string From, string To, string Name), uint> _policyNumbers = [];
    private readonly Dictionary<(string Table, string Key), IMessage> _written = [];
    private bool _applied;

    /// <summary>The committed intent.</summary>
    public FlowIntent Intent { get; private set; } = new();

    /// <summary>Number of a zone; 0 for one that is not there.</summary>
    public uint ZoneNumber(string name) => _zoneNumbers.GetValueOrDefault(name);

    /// <summary>Number of a policy.</summary>
    public uint PolicyNumber(Policy policy) => _policyNumbers.GetValueOrDefault((policy.FromZone, policy.ToZone, policy.Name));

    /// <summary>The zone of an interface, or null.</summary>
    public Zone? ZoneOf(string interfaceName) => Intent.Zones.FirstOrDefault(zone => zone.Interfaces.Any(i => i.Name == interfaceName));

    /// <summary>Takes a committed intent.</summary>
    public void Apply(FlowIntent intent)
    {
        Intent = intent;
        foreach (Zone zone in intent.Zones)
        {
            _zoneNumbers.TryAdd(zone.Name, (uint)_zoneNumbers.Count + 1);
        }

        foreach (Policy policy in intent.Policies)
        {
            _policyNumbers.TryAdd((policy.FromZone, policy.ToZone, policy.Name), (uint)_policyNumbers.Count + 1);
        }

        Converge();
        if (!_applied)
        {
            _applied = true;
            tables.EndOfSync();
        }

        FlowLog.Applied(log, intent.Zones.Count, intent.Policies.Count);
    }

    /// <summary>Writes what is missing or different and removes what is too much.</summary>
    public void Converge()
    {
        Dictionary<(string Table, string Key), IMessage> wanted = [];
        foreach (Zone zone in Intent.Zones)
        {
            foreach (ZoneInterface member in zone.Interfaces)
            {
                // An interface without an index is not there yet; Converge runs again when it is.
                if (interfaces.Find(member.Name) is { } found)
                {
                    wanted[("zone-interface", found.Index.ToString(CultureInfo.InvariantCulture))] = Compile(zone, member, found.Index);
                }
            }
        }

        foreach (IGrouping<(string From, string To), Policy> set in Intent.Policies.GroupBy(policy => (policy.FromZone, policy.ToZone)))
        {
            PolicySetRow row = new() { FromZone = ZoneNumber(set.Key.From), ToZone = ZoneNumber(set.Key.To) };
            row.Rules.Add(set.Select(Compile));
            wanted[("policy", $"{row.FromZone}/{row.ToZone}")] = row;
        }

        wanted[("flow", "default")] = new FlowDefaultRow { Permit = Intent.DefaultPermit };
        foreach ((string table, string key) in _written.Keys.Except(wanted.Keys).ToArray())
        {
            tables.Remove(table, key);
            _written.Remove((table, key));
        }

        foreach (((string table, string key) place, IMessage row) in wanted)
        {
            if (!_written.TryGetValue(place, out IMessage? present) || !present.Equals(row))
            {
                tables.Set(place.table, place.key, row);
                _written[place] = row;
            }
        }
    }

    /// <summary>Reads an IPv4 prefix; null when it is none.</summary>
    internal static PrefixRow? ParsePrefix(string text)
    {
        string[] parts = text.Split('/');
        byte length = 32;
        return parts.Length <= 2
            && IPAddress.TryParse(parts[0], out IPAddress? address) && address.AddressFamily == AddressFamily.InterNetwork
            && (parts.Length == 1 || (byte.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out length) && length <= 32))
            ? new PrefixRow { Prefix = BinaryPrimitives.ReadUInt32BigEndian(address.GetAddressBytes()), PrefixLength = length }
            : null;
    }

    private ZoneInterfaceRow Compile(Zone zone, ZoneInterface member, uint index)
    {
        HostInbound host = member.HostInbound ?? zone.HostInbound ?? new HostInbound();
        HostInboundRow row = new() { AllServices = host.AllServices, AllProtocols = host.AllProtocols };
        row.Protocols.Add(host.Protocols);
        row.Services.Add(host.Services);
        return new ZoneInterfaceRow { Interface = index, Zone = ZoneNumber(zone.Name), HostInbound = row, TcpReset = zone.TcpReset };
    }

    private PolicyRuleRow Compile(Policy policy)
    {
        PolicyRuleRow row = new() { Id = PolicyNumber(policy), Name = policy.Name, Action = policy.Action };
        row.Sources.Add(policy.SourcePrefixes.Select(ParsePrefix).OfType<PrefixRow>());
        row.Destinations.Add(policy.DestinationPrefixes.Select(ParsePrefix).OfType<PrefixRow>());
        row.Applications.Add(policy.Applications);
        return row;
    }
}
