using System.Globalization;
using Google.Protobuf;
using RouterOS.Forwarding;
using RouterOS.Forwarding.Tables;
using RouterOS.Proto.Flow.V1;

namespace RouterOS.Flow.Nodes;

/// <summary>Answers snapshots of sessions, policy hits and interface counters.</summary>
internal sealed class FlowSnapshots : ISnapshotSource
{
    // More than any table has rows.
    private const int RowBits = 20;

    private readonly Action<string, Action<string, byte[]>> _read;

    private FlowSnapshots(Action<string, Action<string, byte[]>> read) => _read = read;

    /// <summary>Adds all of them to a registry.</summary>
    public static void Register(INodeRegistry registry, FlowState state)
    {
        registry.AddSnapshot("flow-session", new FlowSnapshots((key, write) => Sessions(state, key, write)));
        registry.AddSnapshot("flow-summary", new FlowSnapshots((_, write) => Summary(state, write)));
        registry.AddSnapshot("flow-policy", new FlowSnapshots((key, write) => Policies(state, key, write)));
        registry.AddSnapshot("flow-interface", new FlowSnapshots((key, write) => Interfaces(registry, state, key, write)));
    }

    /// <inheritdoc/>
    public void Read(string key, Action<string, byte[]> write) => _read(key, write);

    /// <summary>Number of a session, unlike that of any other the row had before.</summary>
    internal static ulong IdOf(in FlowSession session, int row) => ((ulong)session.Use << RowBits) | (uint)row;

    // All rows, "FIRST-LAST", or the row of one session.
    private static void Sessions(FlowState state, string key, Action<string, byte[]> write)
    {
        int dash = key.IndexOf('-', StringComparison.Ordinal);
        int first = 0;
        int last = state.Sessions.Maximum - 1;
        ulong id = 0;
        if (dash >= 0)
        {
            if (!TryRow(key.AsSpan(0, dash), out first) || !TryRow(key.AsSpan(dash + 1), out int end))
            {
                return;
            }

            last = Math.Min(last, end);
        }
        else if (key.Length > 0)
        {
            if (!ulong.TryParse(key, NumberStyles.None, CultureInfo.InvariantCulture, out id))
            {
                return;
            }

            first = (int)(id & ((1UL << RowBits) - 1));
            last = Math.Min(last, first);
        }

        uint now = state.NowSeconds;
        for (int row = first; row <= last; row++)
        {
            ref FlowSession session = ref state.Sessions[row];
            if (session.State != FlowSessionState.Free && session.Expires > now && (id == 0 || id == IdOf(session, row)))
            {
                write(Text(IdOf(session, row)), Describe(session, row, now).ToByteArray());
            }
        }
    }

    private static bool TryRow(ReadOnlySpan<char> text, out int row) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out row);

    private static SessionState Describe(in FlowSession session, int row, uint now)
    {
        FlowKey key = session.Forward;
        return new SessionState
        {
            Id = IdOf(session, row),
            Policy = session.Policy,
            Protocol = key.Protocol,
            Source = key.Source,
            Destination = key.Destination,
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
        };
    }

    private static void Summary(FlowState state, Action<string, byte[]> write) => write("sessions", new SessionSummary
    {
        Sessions = (uint)state.Sessions.Count,
        Maximum = (uint)state.Sessions.Maximum,
        Refused = state.Refused,
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
            }.ToByteArray());
        }
    }

    private static string Text(ulong number) => number.ToString(CultureInfo.InvariantCulture);
}
