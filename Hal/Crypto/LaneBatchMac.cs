using RouterOS.Abstractions.Crypto;
using RouterOS.Crypto.Managed;

namespace RouterOS.Crypto;

/// <summary>Keyed hashes in managed lanes: there on every processor.</summary>
internal sealed unsafe class LaneBatchMac : IBatchMac
{
    private readonly ILaneMac _lanes = LaneMacs.Create();

    /// <inheritdoc/>
    public string Name => "managed lanes";

    /// <inheritdoc/>
    public void Compute(MacAlgorithm mac, LaneMessage* messages, int count) => _lanes.Compute(mac, messages, count);

    /// <inheritdoc/>
    public void Dispose() => _lanes.Dispose();
}
