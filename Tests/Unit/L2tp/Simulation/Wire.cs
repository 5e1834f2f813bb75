using RouterOS.L2tp.Control;

namespace RouterOS.Unit.L2tp.Simulation;

/// <summary>What joins the ends: datagrams by the receiver's address and port, under a protection or none.</summary>
internal sealed class Wire(VirtualTime time)
{
    private readonly Dictionary<(uint Address, uint Protection), Node> _nodes = [];

    public double Loss { get; set; }

    public double Duplication { get; set; }

    /// <summary>Share of datagrams that are late by up to 300 ms.</summary>
    public double Delay { get; set; }

    public bool IsCut { get; set; }

    /// <summary>Datagrams put on the wire.</summary>
    public List<(TunnelEnds Ends, byte[] Payload)> Sent { get; } = [];

    public bool KeepsSent { get; set; } = true;

    /// <summary>Takes datagrams out of this simulation into another; null to deliver them here.</summary>
    public Action<TunnelEnds, byte[]>? Outside { get; set; }

    public void Add(uint address, uint protection, Node node) => _nodes[(address, protection)] = node;

    public void Carry(TunnelEnds ends, byte[] payload)
    {
        if (KeepsSent)
        {
            Sent.Add((ends, payload));
        }

        if (Outside is not null)
        {
            Outside(ends, payload);
            return;
        }

        if (IsCut || time.Fraction() < Loss)
        {
            return;
        }

        Deliver(ends, payload);
        if (time.Fraction() < Duplication)
        {
            Deliver(ends, payload);
        }
    }

    private void Deliver(TunnelEnds ends, byte[] payload)
    {
        double milliseconds = 5 + (time.Fraction() < Delay ? time.Fraction() * 300 : 0);
        _ = time.After(TimeSpan.FromMilliseconds(milliseconds), () =>
        {
            // An end under a protection is the router's peer; the router itself hears everything.
            Node? node = _nodes.GetValueOrDefault((ends.RemoteAddress, ends.Protection)) ?? _nodes.GetValueOrDefault((ends.RemoteAddress, 0u));
            node?.Tunnels.Receive(
                new TunnelEnds(ends.RemoteAddress, ends.RemotePort, ends.LocalAddress, ends.LocalPort, ends.Protection, ends.Instance), payload);
        });
    }
}
