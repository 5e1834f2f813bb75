namespace RouterOS.Forwarding.Nodes;

/// <summary>ICMP errors as <c>PacketBuffer.IcmpReply</c> carries them: type in the high byte, code in the low one.</summary>
internal static class IcmpReplies
{
    public const ushort NetUnreachable = 0x0300;
    public const ushort HostUnreachable = 0x0301;
    public const ushort ProtocolUnreachable = 0x0302;
    public const ushort PortUnreachable = 0x0303;
    public const ushort FragmentationNeeded = 0x0304;
    public const ushort TtlExceeded = 0x0b00;
}
