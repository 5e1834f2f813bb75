using System.Buffers.Binary;
using System.Globalization;
using RouterOS.Proto.Config.V1;
using RouterOS.Proto.Dvmrp.V1;
using RouterOS.Proto.Multicast.V1;
using RouterOS.Sdk.Intents;
using RouterOS.Sdk.Network;
using RouterOS.Sdk.Tables;

namespace RouterOS.Multicast.Control;

/// <summary>Validates the intent, and converges interfaces and their rows toward it.</summary>
internal sealed class MulticastCommit(ITableWriter tables, IInterfaceView interfaces, IIgmpEnvironment environment)
{
    private const uint DvmrpRouters = 0xe0000004;

    private readonly Dictionary<string, IgmpInterface> _interfaces = new(StringComparer.Ordinal);
    private readonly Dictionary<string, InterfaceRow> _written = new(StringComparer.Ordinal);
    private MulticastIntent? _intent;
    private HashSet<string> _dvmrp = [];
    private bool _isSynchronised;

    /// <summary>Interfaces of the configuration, by name.</summary>
    public IReadOnlyDictionary<string, IgmpInterface> Interfaces => _interfaces;

    /// <summary>The committed intent.</summary>
    public MulticastIntent Intent => _intent ?? new MulticastIntent();

    /// <summary>Checks a candidate: pure.</summary>
    public static IReadOnlyList<Finding> Validate(IntentSet candidate)
    {
        MulticastIntent intent = candidate.Get<MulticastIntent>();
        List<Finding> findings = [];
        foreach (MulticastInterface each in intent.Interfaces)
        {
            if (each.Igmp is { } igmp && igmp.Version > 3)
            {
                findings.Add(Error(each.Source, $"{each.Name}: there is no IGMP version {igmp.Version}"));
            }

            foreach (StaticGroup group in each.Igmp?.StaticGroups ?? [])
            {
                if (group.Group >> 28 != 0xe)
                {
                    findings.Add(Error(group.Source ?? each.Source, $"{each.Name}: {Ipv4Number.Text(group.Group)} is no multicast group"));
                }
            }

            if (each.Igmp is { } timed && IgmpTimes.Of(timed) is { } times && times.QueryResponse >= times.QueryInterval)
            {
                // RFC 3376 section 8.3.
                findings.Add(Error(each.Source, $"{each.Name}: the IGMP response time must be less than the query interval"));
            }
        }

        return findings;
    }

    /// <summary>The interface of an index; null for one that is not configured.</summary>
    public IgmpInterface? Find(uint index) => _interfaces.Values.FirstOrDefault(i => i.Index == index);

    /// <summary>Takes a committed intent.</summary>
    public void Apply(MulticastIntent intent, DvmrpIntent dvmrp)
    {
        _intent = intent;
        _dvmrp = [.. dvmrp.Processes.Where(p => p.Enabled).SelectMany(p => p.Interfaces).Where(i => !i.Disabled).Select(i => i.Name)];
        Converge();
        if (!_isSynchronised)
        {
            _isSynchronised = true;
            tables.EndOfSync();
        }
    }

    /// <summary>Follows the intent and the interfaces as they are.</summary>
    public void Converge()
    {
        if (_intent is null)
        {
            return;
        }

        foreach (string name in _interfaces.Keys.Except(_intent.Interfaces.Select(i => i.Name)).ToArray())
        {
            _interfaces[name].Stop();
            _ = _interfaces.Remove(name);
        }

        Dictionary<string, InterfaceRow> wanted = new(StringComparer.Ordinal);
        foreach (MulticastInterface each in _intent.Interfaces)
        {
            Sdk.Network.InterfaceState? state = interfaces.Find(each.Name);
            if (!_interfaces.TryGetValue(each.Name, out IgmpInterface? igmp))
            {
                igmp = new IgmpInterface(environment, each.Name);
                _interfaces.Add(each.Name, igmp);
            }

            InterfaceAddressState? address = state?.Addresses is [{ } first, ..] ? first : null;
            igmp.Configure(
                each,
                _dvmrp.Contains(each.Name) ? new HashSet<uint> { IgmpInterface.AllRouters, DvmrpRouters } : [],
                state?.Index ?? 0,
                address is null ? 0 : BinaryPrimitives.ReadUInt32BigEndian(address.Address.GetAddressBytes()),
                address?.PrefixLength ?? 0,
                state is { Enabled: true, LinkUp: true });
            if (_intent.Routing && each.Forwards && state is { Index: not 0 })
            {
                wanted[state.Index.ToString(CultureInfo.InvariantCulture)] = new InterfaceRow
                {
                    Interface = state.Index, TtlThreshold = each.TtlThreshold, RateLimit = each.RateLimit,
                };
            }
        }

        foreach (string key in _written.Keys.Except(wanted.Keys).ToArray())
        {
            _ = tables.Remove("multicast-interface", key);
            _ = _written.Remove(key);
        }

        foreach ((string key, InterfaceRow row) in wanted)
        {
            if (!row.Equals(_written.GetValueOrDefault(key)))
            {
                _ = tables.Set("multicast-interface", key, row);
                _written[key] = row;
            }
        }
    }

    private static Finding Error(Source? source, string message) =>
        new() { Severity = Finding.Types.Severity.Error, Source = source ?? new Source(), Message = message };
}
