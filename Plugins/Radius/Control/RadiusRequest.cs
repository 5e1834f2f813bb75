using RouterOS.Radius.Control.Machines;

namespace RouterOS.Radius.Control;

/// <summary>One request on its way through the servers.</summary>
internal sealed class RadiusRequest(ServerSet set, IRadiusQuestion question, string nasIdentifier, DateTimeOffset since, Action<RadiusAnswer?> done)
{
    public RequestState State { get; set; }

    public ServerSet Set { get; } = set;

    public IRadiusQuestion Question { get; } = question;

    public string NasIdentifier { get; } = nasIdentifier;

    public DateTimeOffset Since { get; } = since;

    public Action<RadiusAnswer?> Done { get; } = done;

    /// <summary>Servers that can be asked; those before <see cref="Next"/> were.</summary>
    public IReadOnlyList<RadiusServer> Candidates { get; set; } = [];

    public int Next { get; set; }

    /// <summary>Who was asked last.</summary>
    public RadiusServer? Server { get; set; }

    /// <summary>How often it was sent to this server.</summary>
    public int Sent { get; set; }

    /// <summary>What an answer may refer to.</summary>
    public List<RequestSlot> Slots { get; } = [];

    public IDisposable? Timer { get; set; }
}

/// <summary>Which answer belongs to what: where the server is, from which port it was asked, and the identifier.</summary>
internal readonly record struct SlotKey(uint Instance, uint Server, ushort ServerPort, ushort OwnPort, byte Identifier);

/// <summary>One packet that was sent.</summary>
internal sealed record RequestSlot(SlotKey Key, RadiusRequest Request, byte[] Packet, uint Source, DateTimeOffset At);

/// <summary>An answer that is proved to be the server's.</summary>
internal sealed record RadiusAnswer(RadiusServer Server, byte[] Packet);
