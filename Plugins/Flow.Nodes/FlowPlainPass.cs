using System.Runtime.CompilerServices;
using RouterOS.Forwarding;
using RouterOS.Forwarding.Plain;
using RouterOS.Packets;

namespace RouterOS.Flow.Nodes;

/// <summary>
/// What <see cref="FlowPolicyNode"/> does to packets of sessions that are there, for plain packets, a batch at a time: everything else
/// (a first packet, ICMP, a TCP handshake, another worker's flow, a policy's tunnel, a session that is over or to be judged again) it leaves
/// to the node.
/// </summary>
internal sealed unsafe class FlowPlainPass(FlowState state, ForwardingTables tables, WorkerServices worker)
{
    private const int TcpHeader = 20;
    private const int TcpFlags = Ipv4Header.MinimumLength + 13;
    private const byte TcpSyn = 2;

    // FIN or RST.
    private const byte TcpEnds = 5;

    private readonly bool _isAlone = worker.Workers == 1;

    // What the last packet's interfaces are to the zones, and what is to be added to their counters and the policy's: mostly the next
    // packet's are the same.
    private uint _ingress;
    private uint _egress;
    private ulong _zones;
    private ulong _zonesReversed;
    private bool _fromTunnel;
    private ulong _bytes;
    private uint _policy;
    private uint _hits;
    private uint _now;
    private uint _generation;

    /// <summary>Judges a batch: packets that it does not let pass are marked and left as they are.</summary>
    public void Pass(Span<PlainPacket> packets)
    {
        if (state.IsOff)
        {
            return;
        }

        // A large session table lies in main memory: its two reads are asked for a batch at a time.
        // While sequence numbers are followed, every segment takes the node.
        int leaving = state.Settings.ChecksResets ? byte.MaxValue : TcpSyn;
        SessionTable sessions = state.Sessions;
        foreach (ref PlainPacket packet in packets)
        {
            byte* ip = packet.Header;
            byte protocol = ip[9];
            if (protocol == (byte)IpProtocol.Udp ? packet.Length >= Ipv4Header.MinimumLength + UdpHeader.Length
                : protocol == (byte)IpProtocol.Tcp && packet.Length >= Ipv4Header.MinimumLength + TcpHeader && (ip[TcpFlags] & leaving) == 0)
            {
                packet.Scratch = sessions.PrefetchIndex(PackedKey.Of(ip, packet.Instance));
            }
            else
            {
                packet.Leaves = true;
                packet.Scratch = 0;
            }
        }

        foreach (ref PlainPacket packet in packets)
        {
            sessions.PrefetchSession(packet.Scratch);
        }

        _now = state.NowSeconds;
        _generation = state.Policies.Generation;
        Enter(0, 0);
        Touch(packets, sessions);
        CountBytes();
        CountHits();
    }

    // What is rare is called: what is common stays in registers.
    private void Touch(Span<PlainPacket> packets, SessionTable sessions)
    {
        foreach (ref PlainPacket packet in packets)
        {
            if (packet.Leaves)
            {
                continue;
            }

            if (packet.IngressInterface != _ingress || packet.EgressInterface != _egress)
            {
                Enter(packet.IngressInterface, packet.EgressInterface);
            }

            byte* ip = packet.Header;
            PackedKey key = PackedKey.Of(ip, packet.Instance);
            FlowSession* session = sessions.Find(packet.Scratch, key, out bool reverse);
            if (session == null || session->Zones != (reverse ? _zonesReversed : _zones) || session->Generation != _generation
                || (!_fromTunnel && PacketBuffer.At(packet.Handle).Protection != 0)
                || !(_isAlone || IsOwn(key)))
            {
                packet.Leaves = true;
                continue;
            }

            if (session->OnlyCounts(_now) && (ip[9] != (byte)IpProtocol.Tcp || (ip[TcpFlags] & TcpEnds) == 0))
            {
                session->Count(reverse, 1, packet.Length);
            }
            else if (!Advance(session, packet, reverse))
            {
                packet.Leaves = true;
                continue;
            }

            if (session->Policy != _policy)
            {
                Enter(session->Policy);
            }

            _hits++;
            _bytes += packet.Length;
        }
    }
    // A packet that does more to its session than to be counted; false when there is none for it.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool Advance(FlowSession* session, in PlainPacket packet, bool reverse)
    {
        if (session->Expires <= _now || session->IsCarried || (session->State == FlowSessionState.Opening && state.Settings.IsStrict))
        {
            return false;
        }

        var segment = new FlowSegment(packet.Header[9] == (byte)IpProtocol.Tcp, packet.Header[TcpFlags]);
        SessionLife.Touch(ref *session, segment, reverse, 1, packet.Length, _now, state.Settings);
        return true;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool IsOwn(in PackedKey key) => FlowOwner.Of(tables, worker, _ingress, _egress, key.Unpacked) == worker.Number;

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Enter(uint ingress, uint egress)
    {
        CountBytes();
        _ingress = ingress;
        _egress = egress;
        ulong from = state.ZoneOf(ingress);
        ulong to = state.ZoneOf(egress);
        bool both = from != 0 && to != 0;
        // No session is of such zones.
        _zones = both ? from | (to << 32) : ulong.MaxValue;
        _zonesReversed = both ? to | (from << 32) : ulong.MaxValue;
        _fromTunnel = tables.ProtectionOf(ingress) != 0;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Enter(uint policy)
    {
        CountHits();
        _policy = policy;
    }

    private void CountBytes()
    {
        state.CountersAt(_ingress).BytesPermittedIn += _bytes;
        state.CountersAt(_egress).BytesPermittedOut += _bytes;
        _bytes = 0;
    }

    private void CountHits()
    {
        if (_hits > 0)
        {
            state.Policies.Hit(_policy, _hits);
            _hits = 0;
        }
    }
}
