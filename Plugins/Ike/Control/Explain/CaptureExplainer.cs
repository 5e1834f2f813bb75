using System.Buffers.Binary;
using RouterOS.Ike.Control.Policy;
using RouterOS.Ike.Wire;
using RouterOS.Sdk.Plugins;

namespace RouterOS.Ike.Control.Explain;

/// <summary>Tells what the IKE and ESP packets of a capture say: who offered what, what was chosen or refused, where it stopped and why.</summary>
internal static class CaptureExplainer
{
    /// <summary>Exchanges and ESP SAs that are told apart; a capture of a flood has more, which are counted.</summary>
    public const int Maximum = 1000;

    private const int MaximumFaults = 20;

    /// <summary>Explains packets in the order of the capture.</summary>
    public static IReadOnlyList<string> Explain(IReadOnlyList<CapturedPacket> packets, IReadOnlyList<GatewayPolicy> gateways, string? key)
    {
        Dictionary<ulong, CapturedExchange> exchanges = [];
        Dictionary<(PeerAddress, PeerAddress, uint), CapturedEsp> esp = [];
        List<string> faults = [];
        (int leftOut, int fragments, int keepalives, int faulty) = (0, 0, 0, 0);
        foreach (CapturedPacket packet in packets)
        {
            CapturedDatagram datagram = CapturedDatagram.Read(packet);
            string? fault = null;
            switch (datagram.Kind)
            {
                case CapturedKind.Ike:
                    fault = TakeIke(exchanges, datagram, ref leftOut);
                    break;
                case CapturedKind.Esp:
                    TakeEsp(esp, datagram, ref leftOut);
                    break;
                case CapturedKind.Fragment:
                    fragments++;
                    break;
                case CapturedKind.Keepalive:
                    keepalives++;
                    break;
                case CapturedKind.Malformed:
                    fault = "no whole IP packet";
                    break;
                default:
                    break;
            }

            if (fault is not null && faulty++ < MaximumFaults)
            {
                faults.Add($"Frame {datagram.Number}: {fault}");
            }
        }

        List<string> lines = [];
        int number = 0;
        foreach (CapturedExchange exchange in exchanges.Values)
        {
            lines.AddRange(exchange.Describe(++number, gateways, key));
        }

        lines.AddRange(esp.Values.Select(e => e.Describe()));
        lines.AddRange(faults);
        Add(lines, faulty - faults.Count, "more malformed frames");
        Add(lines, fragments, "fragments of UDP or ESP, which are not put together");
        Add(lines, keepalives, "NAT keepalives");
        Add(lines, leftOut, $"packets of more than {Maximum} exchanges or SAs left out");
        return lines.Count > 0 ? lines : ["No packet of IKE or ESP."];
    }

    private static void Add(List<string> lines, int count, string what)
    {
        if (count > 0)
        {
            lines.Add($"{count} {what}");
        }
    }

    private static string? TakeIke(Dictionary<ulong, CapturedExchange> exchanges, CapturedDatagram datagram, ref int leftOut)
    {
        ReadOnlySpan<byte> bytes = datagram.Payload.Span;
        if (!IsakmpHeader.TryParse(bytes, out IsakmpHeader header, out IsakmpError error))
        {
            return error == IsakmpError.BadVersion
                ? $"{Ipv4.Text(datagram.Ends.Local)} speaks IKE version {bytes[17] >> 4}, which is not explained here"
                : $"malformed message of IKE from {Ipv4.Text(datagram.Ends.Local)}: {error}";
        }

        if (!exchanges.TryGetValue(header.InitiatorCookie, out CapturedExchange? exchange))
        {
            if (exchanges.Count >= Maximum)
            {
                leftOut++;
                return null;
            }

            // Without a responder's cookie it is message 1; of anything else the first that is seen may be either side's.
            exchanges[header.InitiatorCookie] = exchange = new CapturedExchange(header, datagram, fromInitiator: true);
        }

        exchange.Take(header, datagram);
        return null;
    }

    private static void TakeEsp(Dictionary<(PeerAddress, PeerAddress, uint), CapturedEsp> all, CapturedDatagram datagram, ref int leftOut)
    {
        uint spi = BinaryPrimitives.ReadUInt32BigEndian(datagram.Payload.Span);
        (PeerAddress, PeerAddress, uint) key = (datagram.Ends.Local, datagram.Ends.Remote, spi);
        if (!all.TryGetValue(key, out CapturedEsp? esp))
        {
            if (all.Count >= Maximum)
            {
                leftOut++;
                return;
            }

            all[key] = esp = new CapturedEsp(datagram.Ends, spi, datagram.IsInsideUdp);
        }

        esp.Take(BinaryPrimitives.ReadUInt32BigEndian(datagram.Payload.Span[4..]));
    }
}
