using RouterOS.Abstractions.Control;
using RouterOS.Abstractions.Crypto;
using RouterOS.L2tp.Wire;

namespace RouterOS.L2tp.Control;

/// <summary>Messages of the control connection, RFC 2661 sections 6.1 to 6.5, and tunnel authentication, section 5.1.1.</summary>
internal static class TunnelMessages
{
    /// <summary>Version 1, revision 0 (RFC 2661 section 4.4.3).</summary>
    public const ushort ProtocolVersion = 0x0100;

    private const uint BothFramings = 3;
    private const string Vendor = "RouterOS";

    public static byte[] Request(L2tpTunnel tunnel)
    {
        MessageWriter writer = Common(MessageType.StartControlConnectionRequest, tunnel);
        return WithChallenge(writer, tunnel).ToArray();
    }

    public static byte[] Reply(L2tpTunnel tunnel)
    {
        MessageWriter writer = WithChallenge(Common(MessageType.StartControlConnectionReply, tunnel), tunnel);
        return WithResponse(writer, tunnel, MessageType.StartControlConnectionReply).ToArray();
    }

    public static byte[] Connected(L2tpTunnel tunnel) =>
        WithResponse(new MessageWriter(MessageType.StartControlConnectionConnected), tunnel, MessageType.StartControlConnectionConnected).ToArray();

    public static byte[] Stop(ushort localTunnel, Ending ending) => new MessageWriter(MessageType.StopControlConnectionNotification)
        .Number(AttributeType.AssignedTunnelId, localTunnel)
        .Result(ending.Result, ending.Error, ending.Message)
        .ToArray();

    public static byte[] Hello() => new MessageWriter(MessageType.Hello).ToArray();

    /// <summary>What answers a challenge in a message of a type: MD5 of the type's byte, the secret and the challenge.</summary>
    public static byte[] Response(IMac mac, MessageType type, ReadOnlySpan<byte> secret, ReadOnlySpan<byte> challenge) =>
        mac.Hash(MacAlgorithm.HmacMd5, [(byte)type, .. secret, .. challenge]);

    private static MessageWriter Common(MessageType type, L2tpTunnel tunnel) => new MessageWriter(type)
        .Number(AttributeType.ProtocolVersion, ProtocolVersion)
        .Number32(AttributeType.FramingCapabilities, BothFramings)
        .Number32(AttributeType.BearerCapabilities, 0)
        .Text(AttributeType.HostName, tunnel.LocalHost)
        .Text(AttributeType.VendorName, Vendor, mandatory: false)
        .Number(AttributeType.AssignedTunnelId, tunnel.LocalId)
        .Number(AttributeType.ReceiveWindowSize, (ushort)tunnel.Channel.ReceiveWindow);

    private static MessageWriter WithChallenge(MessageWriter writer, L2tpTunnel tunnel) =>
        tunnel.OwnChallenge.Length > 0 ? writer.Bytes(AttributeType.Challenge, tunnel.OwnChallenge) : writer;

    private static MessageWriter WithResponse(MessageWriter writer, L2tpTunnel tunnel, MessageType type) =>
        tunnel.PeerChallenge.Length > 0
            ? writer.Bytes(AttributeType.ChallengeResponse, Response(tunnel.Owner.Environment.Mac, type, tunnel.Host.Secret, tunnel.PeerChallenge))
            : writer;
}
