using RouterOS.Abstractions.Crypto;

namespace RouterOS.Crypto.Managed;

/// <summary>HMAC of many messages at once, keys and lengths mixed. One instance per worker, used on its thread; allocates nothing per call.</summary>
internal unsafe interface IBatchMac : IDisposable
{
    /// <summary>Writes every message's tag before it returns.</summary>
    void Compute(MacAlgorithm mac, MacJob* jobs, int count);
}
