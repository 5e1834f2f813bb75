using System.Globalization;
using Google.Protobuf;
using RouterOS.Forwarding;
using RouterOS.Forwarding.Tables;
using RouterOS.Packets;
using RouterOS.Proto.Flow.V1;

namespace RouterOS.Flow.Nodes;

/// <summary>Answers snapshots of sessions, policy hits and interface counters.</summary>
internal sealed class FlowSnapshots : ISnapshotSource
{
    // More than any table has rows.
    private const int RowBits = 20;

    // Fields 1 to 4 of SessionSummary, 1 and 2 of PolicyHits, all of InterfaceFlowCounters.
    private const ulong SummaryFields = 0b11110;
    private const ulong PolicyFields = 0b110;
    private const ulong InterfaceFields = ulong.MaxValue;

    private readonly Action<string, Action<string, byte[]>> _read;

    private FlowSnapshots(Action<string, Action<string, byte[]>> read, ulong summedFields)
    {
        _read = read;
        SummedFields = summedFields;
    }

    /// <inheritdoc/>
    public ulong SummedFields { get; }

    /// <summary>Adds all of them to a registry.</summary>
    public static void Register(INodeRegistry registry, FlowState state)
    {
        registry.AddSnapshot("flow-session", new FlowSnapshots((key, write) => Sessions(state, key, write), 0));
        registry.AddSnapshot("flow-summary", new FlowSnapshots((_, write) => Summary(state, write), SummaryFields));
        registry.AddSnapshot("flow-log", state.Log);
        registry.AddSnapshot("flow-policy", new FlowSnapshots((key, write) => Policies(state, key, write), PolicyFields));
        registry.AddSnapshot("flow-screen", new FlowSnapshots((key, write) => Screens(registry, state, key, write), InterfaceFields));
        registry.AddSnapshot("flow-interface", new FlowSnapshots((key, write) => Interfaces(registry, state, key, write), InterfaceFields));
    }

    /// <inheritdoc/>
    public void Read(string key, Action<string, byte[]> write) => _read(key, write);

    /// <summary>Number of a session, unlike that of any other the row had before.</summary>
    /// <param name="session">The session.</param>
    /// <param name="row">Its row, numbered over all workers.</param>
    internal static ulong IdOf(in FlowSession session, int row) => ((ulong)session.Use << RowBits) | (uint)row;

    // All rows, "FIRST-LAST", or the row of one session, numbered over all workers.
    private static void Sessions(FlowState state, string key, Action<string, byte[]> write)
    {
        int dash = key.IndexOf('-', StringComparison.Ordinal);
        int first = 0;
        int last = int.MaxValue;
        ulong id = 0;
        if (dash >= 0)
        {
            if (!TryRow(key.AsSpan(0, dash), out first) || !TryRow(key.AsSpan(dash + 1), out int end))
            {
                return;
            }

            last = end;
        }
        else if (key.Length > 0)
        {
            if (!ulong.TryParse(key, NumberStyles.None, CultureInfo.InvariantCulture, out id))
            {
                return;
            }

            first = (int)(id & ((1UL << RowBits) - 1));
            last = first;
        }

        uint now = state.NowSeconds;
        last = Math.Min(last - state.FirstRow, state.Sessions.Maximum - 1);
        for (int row = Math.Max(0, first - state.FirstRow); row <= last; row++)
        {
            ref FlowSession session = ref state.Sessions[row];
            if (session.State != FlowSessionState.Free && session.Expires > now && (id == 0 || id == IdOf(session, state.FirstRow + row)))
            {
                ulong own = IdOf(session, state.FirstRow + row);
                (UInt128 source6, UInt128 destination6) = state.Sessions.AddressesOf(session.Forward);
                write(Text(own), Describe(session, own, source6, destination6, now).ToByteArray());
            }
        }
    }

    private static bool TryRow(ReadOnlySpan<char> text, out int row) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out row);

    /// <summary>A session as a message.</summary>
    internal static SessionState Describe(in FlowSession session, ulong id, UInt128 source6, UInt128 destination6, uint now)
    {
        FlowKey key = session.Forward;
        return new SessionState
        {
            Id = id,
            Policy = session.Policy,
            Protocol = key.Protocol,
            Source = key.IsVersion6 ? 0 : key.Source,
            Destination = key.IsVersion6 ? 0 : key.Destination,
            SourcePort = key.ShownSourcePort,
            DestinationPort = key.DestinationPort,
            IngressInterface = session.Ingress,
            EgressInterface = session.Egress,
            TimeoutSeconds = session.Timeout,
            RemainingSeconds = session.Expires - now,
            ForwardPackets = session.ForwardPackets,
            ForwardBytes = session.ForwardBytes,
            ReversePackets = session.ReversePackets,
            ReverseBytes = session.ReverseBytes,
            Protection = session.Protection,
            Source6 = Bytes(key, source6),
            Destination6 = Bytes(key, destination6),
        };
    }

    private static ByteString Bytes(in FlowKey key, UInt128 address)
    {
        if (!key.IsVersion6)
        {
            return ByteString.Empty;
        }

        byte[] bytes = new byte[Ipv6Address.Length];
        Ipv6Address.Write(bytes, address);
        return UnsafeByteOperations.UnsafeWrap(bytes);
    }

    private static void Summary(FlowState state, Action<string, byte[]> write) => write("sessions", new SessionSummary
    {
        Sessions = (uint)state.Sessions.Count,
        Maximum = (uint)state.Sessions.Maximum,
        Refused = state.Refused,
        LogLeftOut = state.Log.LeftOut,
    }.ToByteArray());

    private static void Policies(FlowState state, string key, Action<string, byte[]> write)
    {
        for (int id = 0; id < state.Policies.Hits.Length; id++)
        {
            PolicyHitCount count = state.Policies.Hits[id];
            string text = Text((uint)id);
            if (count.IsKnown && (key.Length == 0 || key == text))
            {
                write(text, new PolicyHits { Packets = count.Packets, Sessions = count.Sessions }.ToByteArray());
            }
        }
    }

    private static void Interfaces(INodeRegistry registry, FlowState state, string key, Action<string, byte[]> write)
    {
        foreach (ForwardingInterface known in registry.Tables.Interfaces)
        {
            uint index = known.Index;
            if (key.Length > 0 && key != Text(index))
            {
                continue;
            }

            ref FlowInterfaceCounters counters = ref state.CountersAt(index);
            write(Text(index), new Proto.Flow.V1.InterfaceFlowCounters
            {
                SelfPackets = counters.SelfPackets,
                IcmpPackets = counters.IcmpPackets,
                VpnPackets = counters.VpnPackets,
                MulticastIn = counters.MulticastIn,
                BytesPermittedIn = counters.BytesPermittedIn,
                ConnectionsEstablished = counters.ConnectionsEstablished,
                BytesPermittedOut = counters.BytesPermittedOut,
                MulticastOut = counters.MulticastOut,
                NoSelfInterest = counters.NoSelfInterest,
                NoMoreSessions = counters.NoMoreSessions,
                NoZone = counters.NoZone,
                PolicyDenied = counters.PolicyDenied,
                NoRoute = known.NoRoutePackets,
                AddressSpoofing = counters.AddressSpoofing,
                TcpSequence = counters.OutOfWindow,
                SynAttack = counters.SynAttack,
            }.ToByteArray());
        }
    }

    private static void Screens(INodeRegistry registry, FlowState state, string key, Action<string, byte[]> write)
    {
        foreach (ForwardingInterface known in registry.Tables.Interfaces)
        {
            ulong[] counts = state.ScreenCountsAt(known.Index);
            if (counts.Length == 0 || (key.Length > 0 && key != Text(known.Index)))
            {
                continue;
            }

            ScreenCounters message = new();
            for (int check = 1; check < counts.Length; check++)
            {
                ScreenCounters.Descriptor.FindFieldByNumber(check).Accessor.SetValue(message, counts[check]);
            }

            write(Text(known.Index), message.ToByteArray());
        }
    }

    private static string Text(ulong number) => number.ToString(CultureInfo.InvariantCulture);
}
