using System.Buffers.Binary;
using RouterOS.Ike.Control.Policy;
using RouterOS.Proto.Module.V1;

namespace RouterOS.Ike.Control;

/// <summary>Tells peers that they send on SPIs that we do not have, so that they make new SAs: under phase 1 only, and so often at most.</summary>
internal sealed class BadSpiAnswers(IkeRuntime runtime, IkeSessions sessions)
{
    /// <summary>Channel of such packets.</summary>
    public const string Channel = "esp-unknown-spi";

    private const byte Udp = 17;
    private const byte Ah = 51;
    private const int SpiBytes = 4;

    // Packets of a second that are looked at, of all peers: finding the peer takes time.
    private const int PerSecond = 50;

    // A peer needs some time to make use of an answer.
    private static readonly TimeSpan s_pause = TimeSpan.FromSeconds(1);

    private long _second;
    private int _inSecond;
    private uint _most;

    /// <summary>Takes a committed configuration: answers for each phase 1 SA, 0 for none.</summary>
    public void Apply(uint most)
    {
        _most = most;
        sessions.Tables.ReportUnknownSpi(most > 0);
    }

    /// <summary>The phase 1 SA with the sender of a packet, if it is to be answered.</summary>
    public IkeSa? Find(PuntPacket packet)
    {
        if (_most == 0 || SpiOf(packet) is not { } spi || sessions.HasInbound(spi))
        {
            return null;
        }

        runtime.Counters.Count(IkeDrop.UnknownSpi);
        long second = runtime.Now.ToUnixTimeSeconds();
        (_second, _inSecond) = (second, second == _second ? _inSecond + 1 : 1);
        PeerAddress remote = PeerAddress.Of(packet.Source, packet.Source6);
        IkeSa? sa = _inSecond > PerSecond ? null : sessions.Sessions.Select(session => session.Current).FirstOrDefault(current => current is not null && IsWith(current, remote, packet));
        if (sa is null || sa.BadSpiAnswers >= _most || runtime.Now < sa.BadSpiAnswered + s_pause)
        {
            runtime.Counters.Count(IkeDrop.UnknownSpiNotAnswered);
            return null;
        }

        return sa;
    }

    /// <summary>Answers a packet.</summary>
    public void Answer(IkeSa sa, PuntPacket packet)
    {
        uint spi = SpiOf(packet)!.Value;
        sa.BadSpiAnswers++;
        sa.BadSpiAnswered = runtime.Now;
        IkeLog.BadSpi(runtime.Context.Log, Ipv4.Text(sa.State.Endpoints().Remote), sa.Session.Policy.Name, spi, sa.BadSpiAnswers, _most);
        sessions.Informational.RefuseSpi(sa, spi, packet.Protocol == Ah);
    }

    private static bool IsWith(IkeSa sa, PeerAddress remote, PuntPacket packet)
    {
        PeerEndpoints ends = sa.State.Endpoints();
        return ends.Remote == remote && ends.Instance == packet.Instance && (packet.Protocol != Udp || ends.RemotePort == packet.SourcePort);
    }

    // ESP begins with it, inside UDP too; AH has it behind four other bytes.
    private static uint? SpiOf(PuntPacket packet)
    {
        int offset = packet.Protocol == Ah ? SpiBytes : 0;
        return packet.Payload.Length >= offset + SpiBytes ? BinaryPrimitives.ReadUInt32BigEndian(packet.Payload.Span[offset..]) : null;
    }
}
