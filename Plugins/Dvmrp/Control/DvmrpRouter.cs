using RouterOS.Dvmrp.Wire;
using RouterOS.Proto.Multicast.V1;

namespace RouterOS.Dvmrp.Control;

/// <summary>DVMRP of one router: every message and every second enters here.</summary>
internal sealed class DvmrpRouter
{
    private long _nextProbe;

    public DvmrpRouter(IDvmrpEnvironment environment, DvmrpMembers? members = null)
    {
        State = new DvmrpState(environment, members);
        Forwarder = new DvmrpForwarder(State);
        Reporter = new DvmrpReporter(State, Forwarder.RouteChanged);
    }

    /// <summary>What its parts share.</summary>
    public DvmrpState State { get; }

    /// <summary>Routes.</summary>
    public DvmrpReporter Reporter { get; }

    /// <summary>Entries.</summary>
    public DvmrpForwarder Forwarder { get; }

    /// <summary>A message came in.</summary>
    public void Receive(uint index, uint source, ReadOnlySpan<byte> bytes)
    {
        if (!State.Interfaces.TryGetValue(index, out DvmrpInterface? link) || !link.IsUp)
        {
            State.Drop(DvmrpDrop.NoInterface);
            return;
        }

        link.Received++;
        if (source == link.Address || !link.IsOnLink(source))
        {
            State.Drop(DvmrpDrop.Spoofed);
            State.Environment.Tell(DvmrpNotice.Spoofed, link.Name, source, 0);
            return;
        }

        DvmrpNeighbor? known = link.Neighbors.GetValueOrDefault(source);
        if (!DvmrpMessage.TryParse(bytes, out DvmrpMessage message, out DvmrpError error))
        {
            link.BadPackets++;
            if (known is not null)
            {
                known.BadPackets++;
            }

            State.Drop(error == DvmrpError.OldVersion ? DvmrpDrop.OldVersion : DvmrpDrop.Malformed);
            State.Environment.Tell(DvmrpNotice.Malformed, link.Name, source, (int)error);
            return;
        }

        if (message.Code == DvmrpCode.Probe)
        {
            HearProbe(link, source, message);
            return;
        }

        if (known is not { IsTwoWay: true })
        {
            State.Drop(DvmrpDrop.NoNeighbor);
            return;
        }

        switch (message.Code)
        {
            case DvmrpCode.Report:
                // RFC 1075 section 5: any message that says it is there keeps a neighbour.
                known.ExpiresAt = State.Now + DvmrpTimes.NeighborTimeout;
                Reporter.Receive(link, known, message.Body);
                break;
            case DvmrpCode.Prune:
                Forwarder.Prune(link, known, message);
                break;
            case DvmrpCode.Graft:
                Forwarder.Graft(link, known, message);
                break;
            case DvmrpCode.GraftAck:
                Forwarder.Acknowledged(known, message.Source, message.Group);
                break;
            default:
                // Questions of old tools are not answered.
                break;
        }
    }

    /// <summary>Members have changed.</summary>
    public void MembersChanged(MembersChange change)
    {
        if (change.EndOfStart)
        {
            Forwarder.SettleAll();
        }
        else
        {
            Forwarder.MembersChanged(change.Group);
        }
    }

    /// <summary>Does what is due; once a second.</summary>
    public void Run()
    {
        long now = State.Now;
        foreach (DvmrpInterface link in State.Interfaces.Values)
        {
            foreach (DvmrpNeighbor neighbor in link.Neighbors.Values.Where(n => n.ExpiresAt <= now).ToArray())
            {
                Lose(link, neighbor);
            }
        }

        if (now >= _nextProbe)
        {
            _nextProbe = now + DvmrpTimes.Probe;
            foreach (DvmrpInterface link in State.Interfaces.Values.Where(i => i.IsUp))
            {
                Probe(link);
            }
        }

        Reporter.Run();
        Forwarder.Run();
    }

    /// <summary>An interface has come up.</summary>
    public void Up(DvmrpInterface link)
    {
        Probe(link);
        Forwarder.SettleAll();
    }

    /// <summary>An interface has gone down or away.</summary>
    public void Down(DvmrpInterface link)
    {
        foreach (DvmrpNeighbor neighbor in link.Neighbors.Values.ToArray())
        {
            Lose(link, neighbor);
        }

        foreach (DvmrpRoute route in State.Routes.All.Where(r => r.Interface == link.Index && r.Upstream == 0 && !r.IsHeldDown).ToArray())
        {
            Reporter.Lose(route);
        }

        Forwarder.SettleAll();
    }

    private void Probe(DvmrpInterface link)
    {
        DvmrpCapabilities capabilities = DvmrpCapabilities.Prune | DvmrpCapabilities.Generation | DvmrpCapabilities.Netmask;
        if (State.Interfaces.Values.Count(i => i.Neighbors.Count > 0) <= 1)
        {
            capabilities |= DvmrpCapabilities.Leaf;
        }

        State.Send(link, DvmrpState.AllRouters, DvmrpWriter.Probe(capabilities, State.Generation, link.Neighbors.Keys));
    }

    private void HearProbe(DvmrpInterface link, uint source, DvmrpMessage probe)
    {
        long now = State.Now;
        bool isNew = !link.Neighbors.TryGetValue(source, out DvmrpNeighbor? neighbor);
        if (neighbor is null)
        {
            if (link.Neighbors.Count >= DvmrpTimes.MaximumNeighbors)
            {
                State.Drop(DvmrpDrop.NeighborLimit);
                State.Environment.Tell(DvmrpNotice.NeighborLimit, link.Name, source, DvmrpTimes.MaximumNeighbors);
                return;
            }

            neighbor = new DvmrpNeighbor(source, now) { Generation = probe.Generation };
            link.Neighbors.Add(source, neighbor);
        }

        neighbor.ExpiresAt = now + DvmrpTimes.NeighborTimeout;
        neighbor.Capabilities = probe.Capabilities;
        neighbor.Version = (probe.Major, probe.Minor);
        bool restarted = neighbor.Generation != probe.Generation;
        neighbor.Generation = probe.Generation;
        bool hearsUs = false;
        for (int i = 0; i < probe.NeighborCount && !hearsUs; i++)
        {
            hearsUs = probe.Neighbor(i) == link.Address;
        }

        if (restarted && neighbor.IsTwoWay)
        {
            State.Environment.Tell(DvmrpNotice.NeighborRestarted, link.Name, source, 0);
            Reporter.ForgetDependence(link, neighbor);
            Forwarder.Forget(link, neighbor);
            Reporter.TellAll(link);
        }

        if (!hearsUs && neighbor.IsTwoWay)
        {
            neighbor.IsTwoWay = false;
            neighbor.Since = now;
            Gone(link, neighbor);
        }
        else if (hearsUs && !neighbor.IsTwoWay)
        {
            neighbor.IsTwoWay = true;
            neighbor.Since = now;
            State.Environment.Tell(DvmrpNotice.NeighborUp, link.Name, source, 0);
            // Until it knows that it is heard, too, it takes no report.
            Probe(link);
            Reporter.TellAll(link);
            Forwarder.SettleAll();
        }
        else if (isNew)
        {
            // So that it need not wait to learn that it is heard.
            Probe(link);
        }
    }

    private void Lose(DvmrpInterface link, DvmrpNeighbor neighbor)
    {
        _ = link.Neighbors.Remove(neighbor.Address);
        if (neighbor.IsTwoWay)
        {
            Gone(link, neighbor);
        }
    }

    private void Gone(DvmrpInterface link, DvmrpNeighbor neighbor)
    {
        State.Environment.Tell(DvmrpNotice.NeighborDown, link.Name, neighbor.Address, 0);
        Reporter.Forget(link, neighbor);
        Forwarder.Forget(link, neighbor);
    }
}
