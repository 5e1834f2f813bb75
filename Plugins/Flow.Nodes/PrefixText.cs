using System.Globalization;
using Google.Protobuf;
using RouterOS.Packets;
using RouterOS.Proto.Flow.V1;

namespace RouterOS.Flow.Nodes;

/// <summary>Prefixes that rows have as text.</summary>
internal static class PrefixText
{
    /// <summary>The prefix of a text such as <c>192.0.2.0/24</c>; null when it is none.</summary>
    public static PrefixRow? Read(string text)
    {
        string[] parts = text.Split('/');
        if (parts.Length != 2 || !uint.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out uint length))
        {
            return null;
        }

        if (Ipv4Address.TryParse(parts[0], out uint address))
        {
            return length > 32 ? null : new PrefixRow { Prefix = address, PrefixLength = length };
        }

        if (!Ipv6Address.TryParse(parts[0], out UInt128 address6) || length > 128)
        {
            return null;
        }

        byte[] bytes = new byte[Ipv6Address.Length];
        Ipv6Address.Write(bytes, address6);
        return new PrefixRow { Prefix6 = UnsafeByteOperations.UnsafeWrap(bytes), PrefixLength = length };
    }
}
