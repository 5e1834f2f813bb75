using System.Globalization;
using Google.Protobuf;
using RouterOS.Forwarding;
using RouterOS.Proto.Flow.V1;

namespace RouterOS.Flow.Nodes;

/// <summary>Answers snapshots of sessions, policy hits and interface counters.</summary>
internal sealed class FlowSnapshots : ISnapshotSource
{
    private readonly Action<string, Action<string, byte[]>> _read;

    private FlowSnapshots(Action<string, Action<string, byte[]>> read) => _read = read;

    /// <summary>Adds all of them to a registry.</summary>
    public static void Register(INodeRegistry registry, FlowState state)
    {
        registry.AddSnapshot("flow-session", new FlowSnapshots((_, write) => Sessions(state, write)));
        registry.AddSnapshot("flow-policy", new FlowSnapshots((key, write) => Policies(state, key, write)));
        registry.AddSnapshot("flow-interface", new FlowSnapshots((key, write) => Interfaces(registry, state, key, write)));
    }

    /// <inheritdoc/>
    public void Read(string key, Action<string, byte[]> write) => _read(key, write);

    private static void Sessions(FlowState state, Action<string, byte[]> write)
    {
        uint now = state.NowSeconds;
        for (int row = 0; row < state.Sessions.Maximum; row++)
        {
            ref FlowSession session = ref state.Sessions[row];
            if (session.State == FlowSessionState.Free || session.Expires <= now)
            {
                continue;
            }

            FlowKey key = session.Forward;
            ulong id = ((ulong)session.Use << 20) | (uint)row;
            write(Text(id), new SessionState
            {
                Id = id,
                Policy = session.Policy,
                Protocol = key.Protocol,
                Source = key.Source,
                Destination = key.Destination,
                SourcePort = key.SourcePort,
                DestinationPort = key.DestinationPort,
                IngressInterface = session.Ingress,
                EgressInterface = session.Egress,
                TimeoutSeconds = session.Timeout,
                RemainingSeconds = session.Expires - now,
                ForwardPackets = session.ForwardPackets,
                ForwardBytes = session.ForwardBytes,
                ReversePackets = session.ReversePackets,
                ReverseBytes = session.ReverseBytes,
            }.ToByteArray());
        }
    }

    private static void Policies(FlowState state, string key, Action<string, byte[]> write)
    {
        foreach ((uint id, PolicyHitCount count) in state.Policies.Hits)
        {
            if (key.Length == 0 || key == Text(id))
            {
                write(Text(id), new PolicyHits { Packets = count.Packets, Sessions = count.Sessions }.ToByteArray());
            }
        }
    }

    private static void Interfaces(INodeRegistry registry, FlowState state, string key, Action<string, byte[]> write)
    {
        foreach (uint index in registry.Tables.Interfaces.Select(i => i.Index))
        {
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
                BytesPermittedIn = counters.BytesPermittedIn,
                ConnectionsEstablished = counters.ConnectionsEstablished,
                BytesPermittedOut = counters.BytesPermittedOut,
                NoSelfInterest = counters.NoSelfInterest,
                NoMoreSessions = counters.NoMoreSessions,
                NoZone = counters.NoZone,
                PolicyDenied = counters.PolicyDenied,
            }.ToByteArray());
        }
    }

    private static string Text(ulong number) => number.ToString(CultureInfo.InvariantCulture);
}
