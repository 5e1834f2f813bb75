using RouterOS.Forwarding;
using RouterOS.Forwarding.Tables;
using RouterOS.Proto.Flow.V1;

namespace RouterOS.Flow.Nodes;

/// <summary>What the flow nodes of one worker share: zones, policies, sessions, counters.</summary>
/// <remarks>The worker's thread only: rows are applied between batches.</remarks>
internal sealed class FlowState
{
    public const int DefaultMaximumSessions = 65536;

    private const long NanosecondsPerSecond = 1_000_000_000;
    private const ulong NanosecondsPerMicrosecond = 1000;

    // A session is judged against a list of policies: so many at a time take well under a millisecond.
    private const int JudgedPerSweep = 256;

    // Sessions whose routes are looked up: four looks of these cost about as much as one of those.
    private const int RoutedPerSweep = 1024;

    private readonly WorkerServices _worker;
    private readonly ForwardingTables _tables;
    private ZoneInterface?[] _zones = new ZoneInterface?[64];
    private FlowInterfaceCounters[] _counters = new FlowInterfaceCounters[64];
    private ulong[][] _screenCounts = new ulong[64][];
    private ulong _refusedBefore;
    private int _sweep;

    // The table is fuller than its watermark.
    private bool _isFull;

    public FlowState(WorkerServices worker, ForwardingTables tables, int maximumSessions, ulong seed)
    {
        _worker = worker;
        _tables = tables;
        Sessions = new SessionTable(maximumSessions, seed);
        Policies = new PolicyTable(tables.FindProtection);
        Log = new SessionLogRing(worker.Number);
    }

    public SessionTable Sessions { get; }

    /// <summary>Number of this worker's first row among the rows of all workers.</summary>
    public int FirstRow => _worker.Number * Sessions.Maximum;

    public PolicyTable Policies { get; }

    /// <summary>What policies want logged.</summary>
    public SessionLogRing Log { get; }

    public DropCounters Drops { get; } = DropCounters.Of<FlowDrop>();

    /// <summary>IPv6 is judged by sessions; otherwise all of it is dropped but neighbour discovery.</summary>
    public bool PassesIpv6 { get; set; }

    /// <summary>How sessions begin and end, and the limits of TCP segments.</summary>
    public FlowSettings Settings { get; set; } = FlowSettings.None;

    /// <summary>Nothing is judged and no session is kept: every packet goes on.</summary>
    public bool IsOff { get; set; }

    /// <summary>Sessions that were not opened because the table was full.</summary>
    public ulong Refused { get; private set; }

    /// <summary>The worker's clock in whole seconds.</summary>
    public uint NowSeconds => (uint)(_worker.NowNanoseconds / NanosecondsPerSecond);

    /// <summary>The worker's clock in microseconds.</summary>
    public ulong NowMicroseconds => (ulong)_worker.NowNanoseconds / NanosecondsPerMicrosecond;

    /// <summary>What an interface is to the zones; null when it is in none.</summary>
    public ZoneInterface? ZoneAt(uint index) => index < (uint)_zones.Length ? _zones[index] : null;

    /// <summary>Number of an interface's zone, 0 for none.</summary>
    public uint ZoneOf(uint index) => ZoneAt(index)?.Zone ?? 0;

    /// <summary>Counters of an interface; those of index 0, which no interface has, for one that was never in a zone and is far out.</summary>
    public ref FlowInterfaceCounters CountersAt(uint index) => ref _counters[index < (uint)_counters.Length ? index : 0];

    /// <summary>Makes room for the counters of an interface.</summary>
    public void KnowInterface(uint index)
    {
        if (index >= (uint)_zones.Length)
        {
            int length = (int)Math.Max(index + 1, (uint)_zones.Length * 2);
            Array.Resize(ref _zones, length);
            Array.Resize(ref _counters, length);
            Array.Resize(ref _screenCounts, length);
        }
    }

    /// <summary>What screens have found of an interface's packets, by the numbers of the checks; empty for one that never had a screen.</summary>
    public ulong[] ScreenCountsAt(uint index) => index < (uint)_screenCounts.Length && _screenCounts[index] is { } counts ? counts : [];

    /// <summary>Puts an interface into a zone, or takes it out.</summary>
    public void SetZone(uint index, ZoneInterface? zone)
    {
        KnowInterface(index);
        _zones[index] = zone;
        if (zone?.Screen is not null)
        {
            _screenCounts[index] ??= new ulong[Enum.GetValues<ScreenCheck>().Length];
        }

        Sessions.CountAddresses(Array.Exists(_zones, known => known?.Screen is { LimitsSessions: true }));
        Policies.Changed();
    }

    /// <summary>Counts what a screen has found of a packet; true when it goes no further.</summary>
    public bool Found(ScreenCheck check, ScreenSettings screen, uint ingress, uint packets)
    {
        ScreenCountsAt(ingress)[(int)check] += packets;
        if (!screen.AlarmOnly)
        {
            Drops.Add((int)FlowDrop.Screened, (int)packets);
            ref FlowInterfaceCounters counters = ref CountersAt(ingress);
            counters.AddressSpoofing += check == ScreenCheck.Spoofing ? packets : 0;
            counters.SynAttack += check == ScreenCheck.SynFlood ? packets : 0;
        }

        return !screen.AlarmOnly;
    }

    /// <summary>The session that a packet from one zone to another belongs to, if it is alive and still permitted.</summary>
    public int Match(in FlowKey key, uint fromZone, uint toZone, out bool reverse)
    {
        int row = Sessions.Find(key, out reverse);
        if (row == SessionTable.NotFound)
        {
            return row;
        }

        ref FlowSession session = ref Sessions[row];
        if (session.Expires <= NowSeconds)
        {
            End(row, SessionLife.ReasonOf(session));
            return SessionTable.NotFound;
        }

        if (session.Generation != Policies.Generation && !IsStillPermitted(ref session))
        {
            End(row, SessionEvent.Types.Reason.Policy);
            return SessionTable.NotFound;
        }

        // A packet with the addresses of a session but by way of other zones is none of its packets, nor a reason to end it.
        bool own = reverse
            ? session.FromZone == toZone && session.ToZone == fromZone
            : session.FromZone == fromZone && session.ToZone == toZone;
        return own ? row : SessionTable.NotFound;
    }

    /// <summary>Judges the first packet of a flow: nothing passes through an interface for management, whatever the policies.</summary>
    public PolicyVerdict Judge(uint ingress, uint egress, in FlowKey key, UInt128 source6, UInt128 destination6, byte icmpCode) =>
        ZoneAt(ingress) is not { IsManagement: false } from || ZoneAt(egress) is not { IsManagement: false } to
            ? new PolicyVerdict(PolicyTable.DefaultPolicy, Policy.Types.Action.Deny, 0)
            : Policies.Judge(from.Zone, to.Zone, key, source6, destination6, icmpCode);

    /// <summary>Makes a session; ends one in other zones that has the same key. Its row, or NotFound when the table is full.</summary>
    public int Open(in FlowPacket packet)
    {
        FlowKey key = packet.Key;
        int row = Sessions.Find(key, out _);
        if (row != SessionTable.NotFound)
        {
            End(row, SessionEvent.Types.Reason.Replaced);
        }

        row = key.IsVersion6 ? Sessions.Add(key, packet.Source6, packet.Destination6) : Sessions.Add(key);
        if (row == SessionTable.NotFound)
        {
            Refused++;
            return row;
        }

        Sessions.Begun(row) = NowSeconds;
        return row;
    }

    /// <summary>A session is complete: it is logged if its policy says so.</summary>
    public void Began(int row)
    {
        if (Policies.Hits[(int)Sessions[row].Policy].LogsBegin)
        {
            Note(row, SessionEvent.Types.Kind.Begun, SessionEvent.Types.Reason.Unspecified);
        }
    }

    /// <summary>Ends a session.</summary>
    public void End(int row, SessionEvent.Types.Reason reason)
    {
        if (Policies.Hits[(int)Sessions[row].Policy].LogsEnd)
        {
            Note(row, SessionEvent.Types.Kind.Ended, reason);
        }

        Sessions.Remove(row);
    }

    /// <summary>A policy has refused a packet: it is logged if the policy says so.</summary>
    public void LogRefused(uint policy, in FlowPacket flow, uint ingress, uint egress)
    {
        if (!Policies.Hits[(int)policy].LogsBegin)
        {
            return;
        }

        ref SessionLogEntry entry = ref Log.Next(NowSeconds, out bool isFull);
        if (!isFull)
        {
            entry = default;
            entry.Kind = SessionEvent.Types.Kind.Refused;
            (entry.Session.Forward, entry.Session.Policy) = (flow.Key, policy);
            (entry.Session.Ingress, entry.Session.Egress) = (ingress, egress);
            (entry.Session.FromZone, entry.Session.ToZone) = (ZoneOf(ingress), ZoneOf(egress));
            (entry.Source6, entry.Destination6) = (flow.Source6, flow.Destination6);
        }
    }

    private void Note(int row, SessionEvent.Types.Kind kind, SessionEvent.Types.Reason reason)
    {
        ref SessionLogEntry entry = ref Log.Next(NowSeconds, out bool isFull);
        if (!isFull)
        {
            entry.Session = Sessions[row];
            (entry.Kind, entry.Reason, entry.Id) = (kind, reason, FlowSnapshots.IdOf(entry.Session, FirstRow + row));
            entry.ElapsedSeconds = Math.Min(NowSeconds, entry.Session.Expires) - Sessions.Begun(row);
            (entry.Source6, entry.Destination6) = Sessions.AddressesOf(entry.Session.Forward);
        }
    }

    /// <summary>Ends sessions whose time is over or that changed policies forbid: a slice of the table at each call, so that no call takes long.</summary>
    public void Sweep(int rows)
    {
        if (Refused != _refusedBefore)
        {
            _refusedBefore = Refused;
            _worker.RaiseEvent("flow", "sessions", "full");
        }

        if (!Log.IsEmpty)
        {
            _worker.RaiseEvent("flow-log", "sessions", "waiting");
        }

        uint now = NowSeconds;
        SetFullness();
        int routed = 0;
        for (int judged = 0; rows > 0 && judged < JudgedPerSweep && routed < RoutedPerSweep; rows--)
        {
            _sweep = _sweep + 1 < Sessions.Maximum ? _sweep + 1 : 0;
            ref FlowSession session = ref Sessions[_sweep];
            if (session.State == FlowSessionState.Free)
            {
                continue;
            }

            bool stale = session.Generation != Policies.Generation;
            judged += stale ? 1 : 0;
            if (session.Expires <= now)
            {
                End(_sweep, SessionLife.ReasonOf(session));
            }
            else if (stale && !IsStillPermitted(ref session))
            {
                End(_sweep, SessionEvent.Types.Reason.Policy);
            }
            else if (_isFull && IsIdle(session, now))
            {
                End(_sweep, SessionEvent.Types.Reason.Idle);
            }
            else if (Settings.RouteChange != 0 && session.Expires > now + Settings.RouteChange)
            {
                routed++;
                if (!HasRoutes(session))
                {
                    session.Timeout = Settings.RouteChange;
                    session.Expires = now + session.Timeout;
                }
            }
        }
    }

    // Between the two watermarks it stays as it was.
    private void SetFullness()
    {
        if (Settings.EarlyAgeout == 0)
        {
            _isFull = false;
            return;
        }

        ulong used = (ulong)Sessions.Count * 100;
        ulong all = (ulong)Sessions.Maximum;
        _isFull = used >= all * Settings.HighWatermark || (_isFull && used >= all * Settings.LowWatermark);
    }

    private bool IsIdle(in FlowSession session, uint now) => now + session.Timeout >= session.Expires + Settings.EarlyAgeout;

    // The router's own packets have no way back but to itself.
    private bool HasRoutes(in FlowSession session)
    {
        FlowKey key = session.Forward;
        return HasRoute(key, key.Destination) && (session.Ingress == 0 || HasRoute(key, key.Source));
    }

    private bool HasRoute(in FlowKey key, uint address) => key.IsVersion6
        ? _tables.FibLookup6(key.Instance, Sessions.Addresses6[address]).Kind != RouteKind.None
        : _tables.FibLookup(key.Instance, address).Kind != RouteKind.None;

    private bool IsStillPermitted(ref FlowSession session)
    {
        session.Generation = Policies.Generation;
        session.ToZone = ZoneOf(session.Egress);
        if (session.Ingress == 0)
        {
            return true;
        }

        session.FromZone = ZoneOf(session.Ingress);
        if (session.FromZone == 0 || session.ToZone == 0)
        {
            return false;
        }

        FlowKey key = session.Forward;
        (UInt128 source6, UInt128 destination6) = Sessions.AddressesOf(key);
        PolicyVerdict verdict = Judge(session.Ingress, session.Egress, key, source6, destination6, session.IcmpCode);
        if (verdict.Action != Policy.Types.Action.Permit)
        {
            return false;
        }

        session.Policy = verdict.Policy;
        session.ApplicationTimeout = verdict.TimeoutSeconds;
        (session.Protection, session.Inbound) = (verdict.Protection, verdict.Inbound);
        return true;
    }
}
