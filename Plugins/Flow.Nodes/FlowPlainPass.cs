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

    private readonly int _workers = worker.Workers;

    // What the last packet's interfaces are to the zones, and what is to be added to their counters and the policy's: mostly the next
    // packet's are the same.
    private uint _ingress;
    private uint _egress;
    private uint _fromZone;
    private uint _toZone;
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
        SessionTable sessions = state.Sessions;
        foreach (ref PlainPacket packet in packets)
        {
            byte* ip = packet.Header;
            byte protocol = ip[9];
            if (protocol == (byte)IpProtocol.Udp ? packet.Length >= Ipv4Header.MinimumLength + UdpHeader.Length
                : protocol == (byte)IpProtocol.Tcp && packet.Length >= Ipv4Header.MinimumLength + TcpHeader && (ip[TcpFlags] & TcpSyn) == 0)
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

        Begin();
        foreach (ref PlainPacket packet in packets)
        {
            packet.Leaves = packet.Leaves || !Touch(packet, sessions);
        }

        FlushBytes();
        FlushHits();
    }

    private bool Touch(in PlainPacket packet, SessionTable sessions)
    {
        byte* ip = packet.Header;
        PackedKey key = PackedKey.Of(ip, packet.Instance);
        if (packet.IngressInterface != _ingress || packet.EgressInterface != _egress)
        {
            Enter(packet.IngressInterface, packet.EgressInterface);
        }

        if (_fromZone == 0 || _toZone == 0 || (_workers > 1 && FlowOwner.Of(tables, worker, _ingress, _egress, key.Unpacked) != worker.Number))
        {
            return false;
        }

        FlowSession* session = sessions.Find(packet.Scratch, key, out bool reverse);
        if (session == null || session->Expires <= _now || session->Generation != _generation
            || session->FromZone != (reverse ? _toZone : _fromZone) || session->ToZone != (reverse ? _fromZone : _toZone)
            || session->IsCarried || (!_fromTunnel && PacketBuffer.At(packet.Handle).Protection != 0))
        {
            return false;
        }

        bool isTcp = ip[9] == (byte)IpProtocol.Tcp;
        if (isTcp && (session->State != FlowSessionState.Established || (ip[TcpFlags] & TcpEnds) != 0))
        {
            SessionLife.Touch(ref *session, new FlowSegment(isTcp, ip[TcpFlags]), reverse, 1, packet.Length, _now);
        }
        else
        {
            SessionLife.Keep(ref *session, isTcp, reverse, packet.Length, _now);
        }

        if (session->Policy != _policy)
        {
            FlushHits();
            _policy = session->Policy;
        }

        _hits++;
        _bytes += packet.Length;
        return true;
    }

    private void Begin()
    {
        _now = state.NowSeconds;
        _generation = state.Policies.Generation;
        _ingress = 0;
        _egress = 0;
        _fromZone = 0;
        _toZone = 0;
    }

    private void Enter(uint ingress, uint egress)
    {
        FlushBytes();
        _ingress = ingress;
        _egress = egress;
        _fromZone = state.ZoneOf(ingress);
        _toZone = state.ZoneOf(egress);
        _fromTunnel = tables.ProtectionOf(ingress) != 0;
    }

    private void FlushBytes()
    {
        state.CountersAt(_ingress).BytesPermittedIn += _bytes;
        state.CountersAt(_egress).BytesPermittedOut += _bytes;
        _bytes = 0;
    }

    private void FlushHits()
    {
        if (_hits > 0)
        {
            state.Policies.Hit(_policy, _hits);
            _hits = 0;
        }
    }
}
