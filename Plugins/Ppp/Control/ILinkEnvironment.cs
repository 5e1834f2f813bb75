using RouterOS.Proto.Aaa.V1;
using RouterOS.Proto.Ppp.V1;

namespace RouterOS.Ppp.Control;

/// <summary>What a link needs of the world. Everything runs on one strand.</summary>
internal interface ILinkEnvironment
{
    DateTimeOffset Now { get; }

    /// <summary>Runs work after a delay; disposing the result before then cancels it.</summary>
    IDisposable After(TimeSpan delay, Action work);

    void Fill(Span<byte> destination);

    /// <summary>Asks who the user is; the answer comes later, or never when the link has ended.</summary>
    void Authenticate(AuthenticateRequest request, Action<AuthenticateReply> answered);

    void Account(AccountRequest request);

    /// <summary>The router's end of a link by its profile and the user's virtual router; 0 where it has no address there.</summary>
    /// <param name="profile">Name of the profile.</param>
    /// <param name="virtualRouter">The user's.</param>
    /// <param name="localInterface">Interface that AAA names for it; empty: that of the profile.</param>
    uint LocalAddress(string profile, string virtualRouter, string localInterface) => 0;

    /// <summary>The IPv6 address of the router's end by the profile, 16 bytes; empty where it has none but the link-local one.</summary>
    Google.Protobuf.ByteString LocalAddress6(string profile, string virtualRouter) => Google.Protobuf.ByteString.Empty;
}

/// <summary>The lower layer and the network of one link.</summary>
internal interface ILinkUser
{
    /// <summary>Sends a frame that begins with its protocol number.</summary>
    void Send(PppLink link, byte[] frame);

    /// <summary>The peer is about to hear that its address is right: puts what packets need in place, and calls <see cref="PppLink.Prepared"/> then.</summary>
    void Prepare(PppLink link, NetworkUp network);

    /// <summary>Packets of IP may pass, at the server as was prepared; without an address of the peer they may pass no more.</summary>
    void NetworkUp(PppLink link, NetworkUp network);

    /// <summary>Asks what the data path has counted; <see cref="PppLink.Counted"/> is called in any case, also when the link has ended.</summary>
    void AskTraffic(PppLink link);

    /// <summary>PPP has ended the link.</summary>
    void Ended(PppLink link, LinkEnd end);
}
