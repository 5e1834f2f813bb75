using System.Globalization;
using RouterOS.Proto.Aaa.V1;
using RouterOS.Sdk.Network;

namespace RouterOS.Radius.Wire;

/// <summary>Framed-Route, RFC 2865 section 5.22.</summary>
internal static class FramedRoutes
{
    /// <summary>The prefix of its text ("10.9.0.0/24 0.0.0.0 1"); null when it is none.</summary>
    public static FramedRoute? Of(string text)
    {
        string prefix = text.Trim().Split(' ', 2)[0];
        int slash = prefix.IndexOf('/', StringComparison.Ordinal);
        string written = slash < 0 ? prefix : prefix[..slash];
        // The framework also reads "10.1"; the canonical form alone is an address here.
        if (Ipv4Number.Parse(written) is not { } address || Ipv4Number.Text(address) != written)
        {
            return null;
        }

        uint length;
        if (slash < 0)
        {
            // Without a length it is that of the old classes.
            length = address >> 31 == 0 ? 8u : address >> 30 == 2 ? 16u : 24u;
        }
        else if (!uint.TryParse(prefix.AsSpan(slash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out length) || length > 32)
        {
            return null;
        }

        return new FramedRoute { Prefix = address & Ipv4Number.Mask((int)length), PrefixLength = length };
    }
}
