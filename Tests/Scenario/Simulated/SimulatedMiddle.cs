using System.Buffers.Binary;
using RouterOS.Simulation;

namespace RouterOS.Scenario.Simulated;

/// <summary>A station in the middle of a link that drops or repeats what it is told to, as a careless firewall does.</summary>
internal sealed class SimulatedMiddle(MemoryPort left, MemoryPort right)
{
    private const int EthernetBytes = 14;
    // Of a message of IKE behind headers without options.
    private const int ExchangeAt = EthernetBytes + 20 + 8 + 18;
    private const byte Transaction = 6;
    private const byte Udp = 17;
    private const byte Esp = 50;
    private const byte Ah = 51;

    private readonly List<Func<byte[], bool>> _drops = [];

    /// <summary>Every ESP packet is carried this many times.</summary>
    public int EspCopies { get; set; } = 1;

    /// <summary>Drops UDP to or from a port.</summary>
    public void DropUdp(int port) => _drops.Add(frame => ProtocolOf(frame) == Udp && (PortOf(frame, 0) == port || PortOf(frame, 2) == port));

    /// <summary>Drops ESP.</summary>
    public void DropEsp() => _drops.Add(frame => ProtocolOf(frame) == Esp);

    /// <summary>Drops AH.</summary>
    public void DropAh() => _drops.Add(frame => ProtocolOf(frame) == Ah);

    /// <summary>Drops the transaction exchanges of IKE on port 500, as if nobody sat at the peer.</summary>
    public void DropXauth() => _drops.Add(frame => ProtocolOf(frame) == Udp && PortOf(frame, 2) == 500 && frame.Length > ExchangeAt && frame[ExchangeAt] == Transaction);

    /// <summary>Drops IPv4 packets longer than this without a word: an MTU black hole.</summary>
    public void DropLongerThan(int bytes) => _drops.Add(frame => ProtocolOf(frame) != 0 && BinaryPrimitives.ReadUInt16BigEndian(frame.AsSpan(16)) > bytes);

    /// <summary>Drops everything.</summary>
    public void Cut() => _drops.Add(_ => true);

    /// <summary>Carries what has arrived; true when something had.</summary>
    public bool RunOnce() => Carry(left, right) | Carry(right, left);

    private bool Carry(MemoryPort from, MemoryPort to)
    {
        bool busy = false;
        while (from.Take() is { } frame)
        {
            busy = true;
            if (_drops.Exists(drops => drops(frame)))
            {
                continue;
            }

            for (int i = 0; i < (ProtocolOf(frame) == Esp ? EspCopies : 1); i++)
            {
                _ = to.Send((ReadOnlySpan<byte>)frame);
            }
        }

        return busy;
    }

    private static byte ProtocolOf(byte[] frame) =>
        frame.Length >= EthernetBytes + 20 && BinaryPrimitives.ReadUInt16BigEndian(frame.AsSpan(12)) == 0x0800 ? frame[EthernetBytes + 9] : (byte)0;

    // Fragments behind the first have no ports, but a firewall that drops the first one breaks the packet.
    private static int PortOf(byte[] frame, int at)
    {
        int header = (frame[EthernetBytes] & 0x0f) * 4;
        bool first = (BinaryPrimitives.ReadUInt16BigEndian(frame.AsSpan(EthernetBytes + 6)) & 0x1fff) == 0;
        return first && frame.Length >= EthernetBytes + header + 8 ? BinaryPrimitives.ReadUInt16BigEndian(frame.AsSpan(EthernetBytes + header + at)) : 0;
    }
}
