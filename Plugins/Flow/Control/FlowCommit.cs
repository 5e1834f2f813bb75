using System.Globalization;
using Google.Protobuf;
using Microsoft.Extensions.Logging;
using RouterOS.Proto.Flow.V1;
using RouterOS.Sdk.Network;
using RouterOS.Sdk.Plugins;
using RouterOS.Sdk.Tables;

namespace RouterOS.Flow.Control;

/// <summary>Converges the modules' flow tables toward the committed intent and the interfaces there are.</summary>
/// <remarks>On the plugin's strand.</remarks>
internal sealed class FlowCommit
{
    /// <summary>Largest number of zones and of policies that are remembered.</summary>
    public const int MaximumNumber = 65535;

    private readonly ITableWriter _tables;
    private readonly IInterfaceView _interfaces;
    private readonly ILogger _log;
    private readonly Schedules _schedules;
    private readonly FlowNumbers _zoneNumbers;
    private readonly FlowNumbers _policyNumbers;
    private readonly Dictionary<(string Table, string Key), IMessage> _written = [];
    private bool _applied;
    private bool _synchronised;

    /// <summary>Writes to the tables of a host.</summary>
    public FlowCommit(IControlContext context)
    {
        (_tables, _interfaces, _log) = (context.Tables, context.Interfaces, context.Log);
        _zoneNumbers = new(context.Store, "zone-numbers", MaximumNumber);
        _policyNumbers = new(context.Store, "policy-numbers", MaximumNumber);
        _schedules = new(context.Time, () => context.Strand, Converge);
    }

    /// <summary>The committed intent.</summary>
    public FlowIntent Intent { get; private set; } = new();

    /// <summary>Number of a zone; 0 for one that is not there.</summary>
    public uint ZoneNumber(string name) => _zoneNumbers[name];

    /// <summary>Number of a policy.</summary>
    public uint PolicyNumber(Policy policy) => _policyNumbers[NameOf(policy)];

    /// <summary>True for a policy that acts now: its scheduler, if it has one, is active.</summary>
    public bool IsActive(Policy policy) => _schedules.IsActive(policy);

    /// <summary>The zone of an interface, or null.</summary>
    public Zone? ZoneOf(string interfaceName) => Intent.Zones.FirstOrDefault(zone => zone.Interfaces.Any(i => i.Name == interfaceName));

    /// <summary>Takes a committed intent.</summary>
    public void Apply(FlowIntent intent)
    {
        Intent = intent;
        _applied = true;
        _zoneNumbers.Give([.. intent.Zones.Select(zone => zone.Name)]);
        _policyNumbers.Give([.. intent.Policies.Select(NameOf)]);
        _schedules.Apply(intent);
        Converge();
        if (!_synchronised)
        {
            _synchronised = true;
            _tables.EndOfSync();
        }

        FlowLog.Applied(_log, intent.Zones.Count, intent.Policies.Count);
    }

    /// <summary>Writes what is missing or different and removes what is too much. Nothing before the first intent: an earlier life's rows stay.</summary>
    public void Converge()
    {
        if (!_applied)
        {
            return;
        }

        Dictionary<(string Table, string Key), IMessage> wanted = Compile();

        // Removals first: between two rows of one change less is permitted, not more.
        foreach ((string table, string key) in _written.Keys.Except(wanted.Keys).ToArray())
        {
            _tables.Remove(table, key);
            _written.Remove((table, key));
        }

        foreach (((string table, string key) place, IMessage row) in wanted)
        {
            if (!_written.TryGetValue(place, out IMessage? present) || !present.Equals(row))
            {
                _tables.Set(place.table, place.key, row);
                _written[place] = row;
            }
        }
    }

    // Zone and policy names hold no line end, as no statement's word does.
    private static string NameOf(Policy policy) => $"{policy.FromZone}\n{policy.ToZone}\n{policy.Name}";

    private Dictionary<(string Table, string Key), IMessage> Compile()
    {
        Dictionary<(string Table, string Key), IMessage> wanted = [];
        foreach (Zone zone in Intent.Zones)
        {
            foreach (ZoneInterface member in zone.Interfaces)
            {
                // An interface without an index is not there yet; Converge runs again when it is.
                if (_interfaces.Find(member.Name) is { } found)
                {
                    wanted[("zone-interface", found.Index.ToString(CultureInfo.InvariantCulture))] = Compile(zone, member, found.Index);
                }
            }
        }

        foreach (IGrouping<(string From, string To), Policy> set in Intent.Policies.Where(_schedules.IsActive).GroupBy(policy => (policy.FromZone, policy.ToZone)))
        {
            // The empty name, of policies of all zones, has number 0.
            PolicySetRow row = new() { FromZone = ZoneNumber(set.Key.From), ToZone = ZoneNumber(set.Key.To) };
            row.Rules.Add(set.Select(Compile));
            wanted[("policy", $"{row.FromZone}/{row.ToZone}")] = row;
        }

        wanted[("flow", "default")] = new FlowDefaultRow
        {
            Permit = Intent.DefaultPermit,
            TcpMss = Intent.TcpMss,
            TcpMssTunnel = Intent.TcpMssTunnel, Off = Intent.Off,
            Inet6FlowBased = Intent.Inet6FlowBased,
            Sessions = Intent.Sessions,
        };
        return wanted;
    }

    private ZoneInterfaceRow Compile(Zone zone, ZoneInterface member, uint index)
    {
        HostInbound host = member.HostInbound ?? zone.HostInbound ?? new HostInbound();
        HostInboundRow row = new() { AllServices = host.AllServices, AllProtocols = host.AllProtocols };
        row.Protocols.Add(host.Protocols);
        row.Services.Add(host.Services);
        return new ZoneInterfaceRow
        {
            Interface = index, Zone = ZoneNumber(zone.Name), HostInbound = row, TcpReset = zone.TcpReset, Screen = zone.Screen, Gre = member.Gre,
            ReversePath = member.ReversePath, ReversePath6 = member.ReversePath6,
            Management = zone.Management,
        };
    }

    private PolicyRuleRow Compile(Policy policy)
    {
        PolicyRuleRow row = new()
        {
            Id = PolicyNumber(policy), Name = policy.Name, Action = policy.Action, Protection = policy.Protection, Inbound = policy.Inbound,
            SourceExcluded = policy.SourceExcluded, DestinationExcluded = policy.DestinationExcluded,
            LogBegin = policy.LogBegin, LogEnd = policy.LogEnd,
        };
        row.FromZones.Add(policy.FromZones.Select(ZoneNumber));
        row.ToZones.Add(policy.ToZones.Select(ZoneNumber));
        row.Sources.Add(policy.SourcePrefixes.Select(Prefix));
        row.Destinations.Add(policy.DestinationPrefixes.Select(Prefix));
        row.Applications.Add(policy.Applications);
        return row;
    }

    // Validation has refused what is no prefix; to leave one out here could make the list empty, which means any.
    private static PrefixRow Prefix(string text) =>
        FlowPrefix.Parse(text) ?? throw new InvalidOperationException($"'{text}' was committed but is not a prefix.");
}
