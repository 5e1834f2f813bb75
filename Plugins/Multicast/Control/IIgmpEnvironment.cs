using RouterOS.Proto.Multicast.V1;

namespace RouterOS.Multicast.Control;

/// <summary>What IGMP on an interface needs of the router.</summary>
internal interface IIgmpEnvironment
{
    /// <summary>Milliseconds of a clock that never goes back.</summary>
    long Now { get; }

    /// <summary>Sends a message by an interface.</summary>
    void Send(IgmpInterface from, uint destination, byte[] message);

    /// <summary>A number from 0 to below <paramref name="limit"/>.</summary>
    long Random(long limit);

    /// <summary>What the members of a group want has changed.</summary>
    void Changed(MembersChange change);

    /// <summary>Tells operators, at a bounded rate.</summary>
    void Tell(IgmpNotice notice, string name, uint address, uint other);
}
