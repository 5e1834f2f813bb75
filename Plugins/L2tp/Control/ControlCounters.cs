namespace RouterOS.L2tp.Control;

/// <summary>What a control channel has counted.</summary>
internal sealed class ControlCounters
{
    public ulong ReceivedPackets { get; set; }

    public ulong ReceivedOctets { get; set; }

    public ulong SentPackets { get; set; }

    public ulong SentOctets { get; set; }

    /// <summary>Repetitions and what came after the end.</summary>
    public ulong ReceivedDiscarded { get; set; }

    /// <summary>Messages that could not be understood.</summary>
    public ulong ReceivedErrors { get; set; }

    public ulong ReceivedAcknowledgements { get; set; }

    public ulong SentAcknowledgements { get; set; }

    public ulong ReceivedOutOfSequence { get; set; }

    public ulong ReceivedOutOfWindow { get; set; }

    public ulong Retransmitted { get; set; }
}
