using RouterOS.Abstractions.Crypto;

namespace RouterOS.Crypto.Managed;

/// <summary>HMAC of many messages at once, keys and lengths mixed. One instance per worker, used on its thread; allocates nothing per call.</summary>
internal unsafe interface ILaneMac : IDisposable
{
    /// <summary>Messages of a group.</summary>
    int Lanes { get; }

    /// <summary>Writes every message's tag before it returns.</summary>
    void Compute(MacAlgorithm mac, LaneMessage* messages, int count);

    /// <summary>
    /// One group of at most <see cref="Lanes"/> messages, so that its bytes are still in the nearest cache; best when they are about
    /// equally long.
    /// </summary>
    void ComputeGroup(MacAlgorithm mac, LaneMessage** messages, int count);
}
