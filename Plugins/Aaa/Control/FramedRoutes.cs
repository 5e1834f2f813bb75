using System.Globalization;
using RouterOS.Proto.Aaa.V1;
using RouterOS.Sdk.Network;

namespace RouterOS.Aaa.Control;

/// <summary>Prefixes behind users, as the configuration writes them.</summary>
internal static class FramedRoutes
{
    /// <summary>A prefix from its text; null for what is none.</summary>
    public static FramedRoute? Of(string text)
    {
        string[] parts = text.Split('/');
        return parts.Length == 2 && Ipv4Number.Parse(parts[0]) is { } prefix
            && uint.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out uint length) && length <= 32
            && (prefix & ~Ipv4Number.Mask((int)length)) == 0
            ? new FramedRoute { Prefix = prefix, PrefixLength = length }
            : null;
    }
}
