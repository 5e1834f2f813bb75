using System.Runtime.InteropServices;

namespace RouterOS.Esp.Nodes;

/// <summary>Run-time row of one protection in the arena: counters of the SAs that it has outlived.</summary>
/// <remarks>Written by the protection's worker only. A change of this layout raises <see cref="Version"/>.</remarks>
[StructLayout(LayoutKind.Explicit, Size = 256)]
internal struct ProtectionRuntimeRecord
{
    /// <summary>Layout's version.</summary>
    public const ushort Version = 2;

    [FieldOffset(0)]
    public ulong EncryptedPackets;

    [FieldOffset(8)]
    public ulong EncryptedBytes;

    [FieldOffset(16)]
    public ulong DecryptedPackets;

    [FieldOffset(24)]
    public ulong DecryptedBytes;

    [FieldOffset(32)]
    public ulong Replayed;

    [FieldOffset(40)]
    public ulong AuthenticationFailed;

    [FieldOffset(48)]
    public ulong DecryptionFailed;

    [FieldOffset(56)]
    public ulong BadHeader;

    [FieldOffset(64)]
    public ulong BadTrailer;

    [FieldOffset(72)]
    public ulong NoSa;

    /// <summary>What of the packets and bytes above were AH's.</summary>
    [FieldOffset(80)]
    public ulong AhSentPackets;

    [FieldOffset(88)]
    public ulong AhSentBytes;

    [FieldOffset(96)]
    public ulong AhReceivedPackets;

    [FieldOffset(104)]
    public ulong AhReceivedBytes;

    [FieldOffset(112)]
    public ulong AhAuthenticationFailed;

    /// <summary>Bytes inside of what was sent.</summary>
    [FieldOffset(120)]
    public ulong SentInnerBytes;

    /// <summary>Bytes of whole outer packets that were received.</summary>
    [FieldOffset(128)]
    public ulong ReceivedOuterBytes;

    [FieldOffset(136)]
    public ulong ReceivedMismatch;

    [FieldOffset(144)]
    public ulong SentMismatch;

    /// <summary>Packets that SAs could not send.</summary>
    [FieldOffset(152)]
    public ulong NotSent;

    /// <summary>Adds what an SA has counted.</summary>
    public void Add(in SaRuntimeRecord sa, bool outbound, bool isAh)
    {
        if (isAh)
        {
            AddAh(sa, outbound);
        }

        if (outbound)
        {
            EncryptedPackets += sa.Packets;
            EncryptedBytes += sa.Bytes;
            SentInnerBytes += sa.OtherBytes;
            SentMismatch += sa.SelectorMismatch;
            NotSent += sa.NotSent;
        }
        else
        {
            DecryptedPackets += sa.Packets;
            DecryptedBytes += sa.Bytes;
            ReceivedOuterBytes += sa.OtherBytes;
            ReceivedMismatch += sa.SelectorMismatch;
        }

        Replayed += sa.Replayed;
        AuthenticationFailed += sa.AuthenticationFailed;
        DecryptionFailed += sa.DecryptionFailed;
        BadHeader += sa.BadHeader;
        BadTrailer += sa.BadTrailer;
    }

    private void AddAh(in SaRuntimeRecord sa, bool outbound)
    {
        if (outbound)
        {
            AhSentPackets += sa.Packets;
            AhSentBytes += sa.Bytes;
        }
        else
        {
            AhReceivedPackets += sa.Packets;
            AhReceivedBytes += sa.Bytes;
            AhAuthenticationFailed += sa.AuthenticationFailed;
        }
    }
}
