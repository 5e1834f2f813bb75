using RouterOS.Abstractions.Crypto;
using RouterOS.Crypto.Managed;

namespace RouterOS.Crypto;

/// <summary>Keyed hashes of many packets at once: the second stage of engines whose cipher is their own.</summary>
/// <remarks>Owned by one worker's thread. Nothing is allocated by <see cref="Compute"/> once it has seen its largest count.</remarks>
internal unsafe interface IBatchMac : IDisposable
{
    /// <summary>Name as it stands behind the cipher's in the engine's name.</summary>
    string Name { get; }

    /// <summary>Writes every tag before it returns; all messages are hashed by one algorithm, each with a key of its own.</summary>
    void Compute(MacAlgorithm mac, LaneMessage* messages, int count);
}
