using RouterOS.Abstractions.Crypto;

namespace RouterOS.Crypto.Managed;

/// <summary>A batch MAC whose groups can be run one by one, so that a group's bytes are still in the nearest cache.</summary>
internal unsafe interface ILaneMac : IBatchMac
{
    /// <summary>Messages of a group.</summary>
    int Lanes { get; }

    /// <summary>One group of at most <see cref="Lanes"/> messages; best when they are about equally long.</summary>
    void ComputeGroup(MacAlgorithm mac, MacJob** jobs, int count);
}
