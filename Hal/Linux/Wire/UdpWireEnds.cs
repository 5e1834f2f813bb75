using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace RouterOS.Linux.Wire;

/// <summary>The two ends of a <c>udp:</c> wire: <c>LOCAL_PORT@REMOTE:PORT</c>.</summary>
/// <param name="LocalPort">UDP port of this end.</param>
/// <param name="Remote">IPv4 address of the far end.</param>
/// <param name="RemotePort">UDP port of the far end.</param>
internal sealed record UdpWireEnds(ushort LocalPort, uint Remote, ushort RemotePort)
{
    /// <summary>Reads the text behind <c>udp:</c>; null when it is not of the form.</summary>
    public static UdpWireEnds? Parse(string text)
    {
        string[] ends = text.Split('@');
        string[] remote = ends.Length == 2 ? ends[1].Split(':') : [];
        return remote.Length == 2 && TryPort(ends[0], out ushort local) && TryPort(remote[1], out ushort port)
            && remote[0].Split('.').Length == 4 && IPAddress.TryParse(remote[0], out IPAddress? address)
            && address.AddressFamily == AddressFamily.InterNetwork
                ? new UdpWireEnds(local, BinaryPrimitives.ReadUInt32BigEndian(address.GetAddressBytes()), port)
                : null;
    }

    private static bool TryPort(string text, out ushort port) =>
        ushort.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out port) && port != 0;
}
