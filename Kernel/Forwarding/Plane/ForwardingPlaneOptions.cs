using RouterOS.Abstractions.Crypto;
using RouterOS.Forwarding.Local;

namespace RouterOS.Forwarding.Plane;

/// <summary>What a module gives its forwarding plane.</summary>
public sealed class ForwardingPlaneOptions
{
    /// <summary>The module's clock.</summary>
    public required TimeProvider Time { get; init; }

    /// <summary>The ports, open, in the order of their numbers.</summary>
    public IReadOnlyList<PlanePort> Ports { get; init; } = [];

    /// <summary>Workers, each with a thread, a graph and tables of its own.</summary>
    public int Workers { get; init; } = 1;

    /// <summary>Node packages; each registers once per worker.</summary>
    public IReadOnlyList<INodePackage> Packages { get; init; } = [];

    /// <summary>Run-time rows; the caller disposes it after the plane.</summary>
    public required RuntimeArena Arena { get; init; }

    /// <summary>Chooses the engine for a suite and a direction; throws <see cref="NotSupportedException"/> when none does it.</summary>
    public Func<CryptoSuite, CryptoDirection, ICryptoEngine> CryptoFor { get; init; } = (suite, direction) =>
        throw new NotSupportedException($"This module has no crypto engine for {suite} ({direction}).");

    /// <summary><see cref="CryptoFor"/> by worker's number: engines belong to one thread. Null: all workers use the same, as one worker may.</summary>
    public Func<int, Func<CryptoSuite, CryptoDirection, ICryptoEngine>>? CryptoOfWorker { get; init; }

    /// <summary>Order that the platform profile wants for features that do not constrain each other.</summary>
    public IReadOnlyList<string> FeatureOrder { get; init; } = [];

    /// <summary>True to measure the time that each node takes, for the snapshot "node": two reads of the clock per batch.</summary>
    public bool MeasuresNodes { get; init; }

    /// <summary>False to send every packet through its nodes, for tests and to measure them: see the README's plain pass.</summary>
    public bool PassesPlain { get; init; } = true;

    /// <summary>Buffers of 2 KB.</summary>
    public int SmallBuffers { get; init; } = 8192;

    /// <summary>Buffers of 64 KB.</summary>
    public int LargeBuffers { get; init; } = 64;

    /// <summary>Bounds of what goes up to the control plane.</summary>
    public PuntLimits Punt { get; init; } = new();

    /// <summary>Receives punted packets on worker 0's thread, and copies for captures on any worker's; must not block.</summary>
    public Action<PuntedPacket> OnPunt { get; init; } = _ => { };

    /// <summary>Receives events on any worker's thread, at the same time if there are several; must not block.</summary>
    public Action<ModuleNotice> OnEvent { get; init; } = _ => { };
}
