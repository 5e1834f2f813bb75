namespace RouterOS.L2tp.Control;

/// <summary>IPv4 addresses as numbers in host byte order.</summary>
internal static class Ipv4
{
    public static string Text(uint address) => $"{address >> 24}.{(address >> 16) & 255}.{(address >> 8) & 255}.{address & 255}";
}
