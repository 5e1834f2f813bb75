namespace RouterOS.Simulation;

/// <summary>A cable in memory with a port at each end.</summary>
public sealed class MemoryWire
{
    /// <summary>A wire named <paramref name="name"/>, from which its ports' addresses are made.</summary>
    public MemoryWire(string name, MemoryWireOptions? options = null)
    {
        options ??= new MemoryWireOptions();
        Name = name;
        var there = new MemoryLane(options, options.Seed);
        var back = new MemoryLane(options, ~options.Seed);
        Left = new MemoryPort(this, options, Address(name, 1), there, back);
        Right = new MemoryPort(this, options, Address(name, 2), back, there);
        there.Receiver = Right;
        back.Receiver = Left;
    }

    /// <summary>The wire's name.</summary>
    public string Name { get; }

    /// <summary>One end.</summary>
    public MemoryPort Left { get; }

    /// <summary>The other end.</summary>
    public MemoryPort Right { get; }

    /// <summary>False while the cable is pulled: frames are lost and both ports are down.</summary>
    public bool IsPlugged { get; set; } = true;

    /// <summary>Sees every frame that an end sends, before chance does: for captures and assertions.</summary>
    public Action<MemoryPort, byte[]>? Tap { get; set; }

    // A locally administered address that is the same in every run.
    private static byte[] Address(string name, byte end)
    {
        uint hash = 2166136261;
        foreach (char letter in name)
        {
            hash = (hash ^ letter) * 16777619;
        }

        return [0x02, (byte)(hash >> 24), (byte)(hash >> 16), (byte)(hash >> 8), (byte)hash, end];
    }
}
