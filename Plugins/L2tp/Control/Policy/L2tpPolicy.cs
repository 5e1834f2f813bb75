using System.Net;
using RouterOS.Proto.L2tp.V1;

namespace RouterOS.L2tp.Control.Policy;

/// <summary>What the configuration asks for, with the defaults filled in.</summary>
internal sealed record L2tpPolicy
{
    private const uint DefaultReceiveWindow = 8;

    public IReadOnlyList<DestinationPolicy> Destinations { get; init; } = [];

    public string HostName { get; init; } = "router";

    public TimeSpan IdleTimeout { get; init; } = TimeSpan.FromSeconds(60);

    public TimeSpan DestructTimeout { get; init; } = TimeSpan.FromSeconds(600);

    public int RetransmissionsEstablished { get; init; } = 5;

    public int RetransmissionsNotEstablished { get; init; } = 5;

    public TimeSpan ShortDrainTimeout { get; init; } = TimeSpan.FromSeconds(2);

    public TimeSpan HelloInterval { get; init; } = TimeSpan.FromSeconds(60);

    public bool HasDataChecksums { get; init; }

    public bool IgnoresSequencing { get; init; }

    public bool SendsChallenge { get; init; } = true;

    public bool SendsDisconnectCause { get; init; }

    public uint ReceiveWindow { get; init; } = DefaultReceiveWindow;

    public AddressChange AddressChange { get; init; }

    public uint MaximumSessions { get; init; } = 16_000;

    public uint MaximumTunnels { get; init; } = 16_000;

    public bool IsDraining { get; init; }

    public bool IsShutDown { get; init; }

    /// <summary>The intent, as it was read.</summary>
    public L2tpIntent Intent { get; init; } = new();

    public static L2tpPolicy Read(L2tpIntent intent)
    {
        L2tpPolicy defaults = new();
        return new()
        {
            Intent = intent,
            Destinations = [.. intent.DestinationProfiles.Select(DestinationPolicy.Read)],
            HostName = intent.HostName.Length > 0 ? intent.HostName : defaults.HostName,
            IdleTimeout = intent.HasIdleTimeoutSeconds ? TimeSpan.FromSeconds(intent.IdleTimeoutSeconds) : defaults.IdleTimeout,
            DestructTimeout = intent.HasDestructTimeoutSeconds ? TimeSpan.FromSeconds(intent.DestructTimeoutSeconds) : defaults.DestructTimeout,
            RetransmissionsEstablished = intent.HasRetransmissionsEstablished
                ? (int)intent.RetransmissionsEstablished : defaults.RetransmissionsEstablished,
            RetransmissionsNotEstablished = intent.HasRetransmissionsNotEstablished
                ? (int)intent.RetransmissionsNotEstablished : defaults.RetransmissionsNotEstablished,
            ShortDrainTimeout = intent.HasShortDrainTimeoutSeconds
                ? TimeSpan.FromSeconds(intent.ShortDrainTimeoutSeconds) : defaults.ShortDrainTimeout,
            HelloInterval = intent.HasHelloSeconds ? TimeSpan.FromSeconds(intent.HelloSeconds) : defaults.HelloInterval,
            HasDataChecksums = intent.DataChecksums,
            IgnoresSequencing = intent.IgnoreReceiveDataSequencing,
            SendsChallenge = !intent.DisableChallenge,
            SendsDisconnectCause = intent.DisconnectCause,
            ReceiveWindow = intent.ReceiveWindow > 0 ? intent.ReceiveWindow : defaults.ReceiveWindow,
            AddressChange = intent.AddressChange,
            MaximumSessions = intent.MaximumSessions > 0 ? intent.MaximumSessions : defaults.MaximumSessions,
            MaximumTunnels = intent.MaximumTunnels > 0 ? intent.MaximumTunnels : defaults.MaximumTunnels,
            IsDraining = intent.Drain || intent.Shutdown,
            IsShutDown = intent.Shutdown,
        };
    }

    /// <summary>The profile for a peer's address in a virtual router: one that names it goes before one for any.</summary>
    public DestinationPolicy? Find(uint remoteAddress, Func<string, bool> isOfRouter) =>
        Destinations.FirstOrDefault(d => d.RemoteAddress == remoteAddress && isOfRouter(d.VirtualRouter))
        ?? Destinations.FirstOrDefault(d => d.RemoteAddress == 0 && isOfRouter(d.VirtualRouter));

    internal static uint Address(string text) =>
        IPAddress.TryParse(text, out IPAddress? parsed) && parsed.AddressFamily == System.Net.Sockets.AddressFamily.InterNetwork
            ? System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(parsed.GetAddressBytes())
            : 0;
}
