using System.Buffers.Binary;
using RouterOS.Sdk.Packets;

namespace RouterOS.Multicast.Wire;

/// <summary>Writes IGMP messages.</summary>
public static class IgmpWriter
{
    private const byte SuppressFlag = 0x08;

    /// <summary>A query. Group 0: for all groups.</summary>
    /// <param name="version">Version of IGMP.</param>
    /// <param name="group">The group; 0 for all.</param>
    /// <param name="responseTenths">Time to answer in tenths of a second.</param>
    /// <param name="robustness">Version 3: the querier's robustness.</param>
    /// <param name="intervalSeconds">Version 3: the querier's interval.</param>
    /// <param name="suppress">Version 3: timers of other routers are not to be lowered.</param>
    /// <param name="sources">Version 3: the sources that are asked for.</param>
    public static byte[] Query(
        int version, uint group, int responseTenths, int robustness = 2, int intervalSeconds = 125, bool suppress = false, IReadOnlyList<uint>? sources = null)
    {
        int count = sources?.Count ?? 0;
        byte[] bytes = new byte[version == 3 ? IgmpMessage.QueryVersion3Length + (count * sizeof(uint)) : IgmpMessage.MinimumLength];
        bytes[0] = (byte)IgmpType.Query;
        bytes[1] = version switch { 1 => 0, 2 => (byte)Math.Min(responseTenths, byte.MaxValue), _ => Encode(responseTenths) };
        BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(4), group);
        if (version == 3)
        {
            bytes[8] = (byte)((suppress ? SuppressFlag : 0) | (robustness > 7 ? 0 : robustness));
            bytes[9] = Encode(intervalSeconds);
            BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(10), (ushort)count);
            for (int i = 0; i < count; i++)
            {
                BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(IgmpMessage.QueryVersion3Length + (i * sizeof(uint))), sources![i]);
            }
        }

        return Sum(bytes);
    }

    /// <summary>A report or a leave of version 1 or 2.</summary>
    public static byte[] Simple(IgmpType type, uint group)
    {
        byte[] bytes = new byte[IgmpMessage.MinimumLength];
        bytes[0] = (byte)type;
        BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(4), group);
        return Sum(bytes);
    }

    /// <summary>A report of version 3.</summary>
    public static byte[] Report(params (GroupRecordType Type, uint Group, uint[] Sources)[] records)
    {
        ArgumentNullException.ThrowIfNull(records);
        byte[] bytes = new byte[IgmpMessage.MinimumLength + records.Sum(r => GroupRecord.HeaderLength + (r.Sources.Length * sizeof(uint)))];
        bytes[0] = (byte)IgmpType.ReportVersion3;
        BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(6), (ushort)records.Length);
        int at = IgmpMessage.MinimumLength;
        foreach ((GroupRecordType type, uint group, uint[] sources) in records)
        {
            bytes[at] = (byte)type;
            BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(at + 2), (ushort)sources.Length);
            BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(at + 4), group);
            at += GroupRecord.HeaderLength;
            foreach (uint source in sources)
            {
                BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(at), source);
                at += sizeof(uint);
            }
        }

        return Sum(bytes);
    }

    // RFC 3376 section 4.1.1: the largest code that is not above the value.
    internal static byte Encode(int value)
    {
        if (value < 128)
        {
            return (byte)Math.Max(value, 0);
        }

        int exponent = 0;
        while (exponent < 7 && (value >> (exponent + 3)) > 0x1f)
        {
            exponent++;
        }

        return (byte)(0x80 | (exponent << 4) | (Math.Min(value >> (exponent + 3), 0x1f) & 0x0f));
    }

    private static byte[] Sum(byte[] bytes)
    {
        BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(2), InternetChecksum.Of(bytes));
        return bytes;
    }
}
