namespace RouterOS.Esp.Nodes;

/// <summary>What <see cref="SaRecord"/> says by a bit each.</summary>
[Flags]
internal enum SaFlags : byte
{
    None = 0,

    /// <summary>The selector takes any packet.</summary>
    AnySelector = 1,

    /// <summary>Packets leave inside UDP.</summary>
    InUdp = 2,

    /// <summary>Cipher and integrity in one (GCM): only the ESP header is authenticated beside the text, and the IV is a counter.</summary>
    Combined = 4,

    /// <summary>The peer was seen where the row does not say.</summary>
    PeerMoved = 8,

    /// <summary>Stands for the SAs of another worker, whose number is the record's; passes nothing here.</summary>
    Foreign = 16,

    /// <summary>AH in place of ESP.</summary>
    Ah = 32,

    /// <summary>Transport mode in place of tunnel mode.</summary>
    Transport = 64,

    /// <summary>Numbers of 64 bits, the upper half of which no packet carries.</summary>
    Extended = 128,
}
