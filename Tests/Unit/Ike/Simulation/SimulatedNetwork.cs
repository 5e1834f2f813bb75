using System.Diagnostics;
using RouterOS.Proto.Esp.V1;

namespace RouterOS.Unit.Ike.Simulation;

/// <summary>Virtual time, one thread, and the wire between routers: what happens is decided by the seed alone.</summary>
internal sealed class SimulatedNetwork(ulong seed)
{
    private readonly PriorityQueue<Action, (long Ticks, long Order)> _queue = new();
    private readonly Dictionary<uint, SimulatedRouter> _routers = [];
    private readonly SimulatedRandom _random = new(seed);
    private long _order;

    public SimulatedClock Clock { get; } = new();

    public DateTimeOffset Now => Clock.GetUtcNow();

    /// <summary>Share of datagrams that the wire loses, doubles and delays.</summary>
    public double Loss { get; set; }

    public double Duplication { get; set; }

    public double Delay { get; set; }

    /// <summary>True while the wire is cut.</summary>
    public bool IsCut { get; set; }

    /// <summary>Sees and may change or swallow (null) each IKE datagram.</summary>
    public Func<Datagram, Datagram?> Tap { get; set; } = d => d;

    /// <summary>A NAT in front of some routers.</summary>
    public SimulatedNat? Nat { get; set; }

    /// <summary>IKE datagrams put on the wire.</summary>
    public List<Datagram> Sent { get; } = [];

    public SimulatedRouter Add(uint address, string name)
    {
        SimulatedRouter router = new(this, address, name, _random.Next());
        _routers[address] = router;
        return router;
    }

    public SimulatedRouter? Find(uint address) => _routers.GetValueOrDefault(address);

    public void Schedule(TimeSpan delay, Action work) => _queue.Enqueue(work, ((Now + delay).Ticks, _order++));

    public double Fraction() => (_random.Next() >> 11) / (double)(1ul << 53);

    /// <summary>Carries a datagram to whoever has its destination.</summary>
    public void Carry(Datagram datagram)
    {
        Sent.Add(datagram);
        Datagram? seen = Tap(datagram);
        if (seen is null || IsCut || Fraction() < Loss)
        {
            return;
        }

        Deliver(seen);
        if (Fraction() < Duplication)
        {
            Deliver(seen);
        }
    }

    /// <summary>Puts a datagram in front of its destination, whatever the wire does.</summary>
    public void Deliver(Datagram datagram)
    {
        TimeSpan delay = TimeSpan.FromMilliseconds(10 + (Fraction() < Delay ? Fraction() * 3000 : Fraction()));
        (uint source, uint destination, ushort sourcePort, ushort destinationPort) =
            (datagram.Source, datagram.Destination, datagram.SourcePort, datagram.DestinationPort);
        if (Nat?.Translate(ref source, ref sourcePort, ref destination, ref destinationPort) != false)
        {
            Datagram seen = datagram with { Source = source, Destination = destination, SourcePort = sourcePort, DestinationPort = destinationPort };
            Schedule(delay, () => Find(destination)?.Receive(seen));
        }
    }

    /// <summary>Carries a packet of ESP, inside AH where there is a bundle, from where its protection sends it.</summary>
    public void Carry(ProtectionRow row, SaRow sa, SaRow? around)
    {
        (uint source, uint destination, ushort sourcePort, ushort destinationPort) =
            (row.LocalAddress, row.RemoteAddress, (ushort)row.LocalPort, (ushort)row.RemotePort);
        if (!IsCut && Nat?.Translate(ref source, ref sourcePort, ref destination, ref destinationPort) != false)
        {
            Schedule(TimeSpan.FromMilliseconds(10), () => Find(destination)?.Module.Receive(sa, around, source, sourcePort));
        }
    }

    /// <summary>Lets time pass.</summary>
    public void Run(TimeSpan time)
    {
        DateTimeOffset end = Now + time;
        int steps = 0;
        while (_queue.TryPeek(out _, out (long Ticks, long Order) next) && next.Ticks <= end.Ticks)
        {
            Action work = _queue.Dequeue();
            Clock.Set(Math.Max(next.Ticks, Now.Ticks));
            work();
            Trace.Assert(++steps < 5_000_000, "the simulation does not come to rest");
        }

        Clock.Set(end.Ticks);
    }

    /// <summary>Lets time pass until something is true; false when it did not come true.</summary>
    public bool RunUntil(Func<bool> condition, double seconds)
    {
        for (DateTimeOffset end = Now + TimeSpan.FromSeconds(seconds); Now < end && !condition();)
        {
            Run(TimeSpan.FromMilliseconds(50));
        }

        return condition();
    }

    public void RunSeconds(double seconds) => Run(TimeSpan.FromSeconds(seconds));
}
