namespace RouterOS.Srx.Layouts;

/// <summary>Traffic per second.</summary>
/// <param name="InputBits">Bits in.</param>
/// <param name="OutputBits">Bits out.</param>
/// <param name="InputPackets">Packets in.</param>
/// <param name="OutputPackets">Packets out.</param>
internal readonly record struct InterfaceRate(ulong InputBits, ulong OutputBits, ulong InputPackets, ulong OutputPackets)
{
    /// <summary>The sum of two.</summary>
    public static InterfaceRate operator +(InterfaceRate a, InterfaceRate b) => new(
        a.InputBits + b.InputBits, a.OutputBits + b.OutputBits, a.InputPackets + b.InputPackets, a.OutputPackets + b.OutputPackets);
}
