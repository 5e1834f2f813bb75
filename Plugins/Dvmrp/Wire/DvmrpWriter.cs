using System.Buffers.Binary;
using RouterOS.Sdk.Packets;

namespace RouterOS.Dvmrp.Wire;

/// <summary>Writes DVMRP messages.</summary>
public static class DvmrpWriter
{
    /// <summary>A probe with the neighbours that are heard.</summary>
    public static byte[] Probe(DvmrpCapabilities capabilities, uint generation, IReadOnlyCollection<uint> neighbors)
    {
        ArgumentNullException.ThrowIfNull(neighbors);
        byte[] body = new byte[(1 + neighbors.Count) * sizeof(uint)];
        BinaryPrimitives.WriteUInt32BigEndian(body, generation);
        int at = sizeof(uint);
        foreach (uint neighbor in neighbors)
        {
            BinaryPrimitives.WriteUInt32BigEndian(body.AsSpan(at), neighbor);
            at += sizeof(uint);
        }

        return Message(DvmrpCode.Probe, body, capabilities);
    }

    /// <summary>A prune, for the packets of one host.</summary>
    public static byte[] Prune(uint source, uint group, uint lifetimeSeconds)
    {
        byte[] body = new byte[12];
        Pair(body, source, group);
        BinaryPrimitives.WriteUInt32BigEndian(body.AsSpan(8), lifetimeSeconds);
        return Message(DvmrpCode.Prune, body);
    }

    /// <summary>A graft.</summary>
    public static byte[] Graft(uint source, uint group) => Pair(DvmrpCode.Graft, source, group);

    /// <summary>The acknowledgement of a graft.</summary>
    public static byte[] GraftAck(uint source, uint group) => Pair(DvmrpCode.GraftAck, source, group);

    internal static byte[] Message(DvmrpCode code, ReadOnlySpan<byte> body, DvmrpCapabilities capabilities = DvmrpCapabilities.None)
    {
        byte[] bytes = new byte[DvmrpMessage.HeaderLength + body.Length];
        bytes[0] = DvmrpMessage.Type;
        bytes[1] = (byte)code;
        bytes[5] = (byte)capabilities;
        bytes[6] = DvmrpMessage.MinorVersion;
        bytes[7] = DvmrpMessage.MajorVersion;
        body.CopyTo(bytes.AsSpan(DvmrpMessage.HeaderLength));
        BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(2), InternetChecksum.Of(bytes));
        return bytes;
    }

    private static byte[] Pair(DvmrpCode code, uint source, uint group)
    {
        byte[] body = new byte[8];
        Pair(body, source, group);
        return Message(code, body);
    }

    private static void Pair(byte[] body, uint source, uint group)
    {
        BinaryPrimitives.WriteUInt32BigEndian(body, source);
        BinaryPrimitives.WriteUInt32BigEndian(body.AsSpan(4), group);
    }
}
