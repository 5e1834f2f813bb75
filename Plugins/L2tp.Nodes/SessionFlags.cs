namespace RouterOS.L2tp.Nodes;

/// <summary>What is special about a session.</summary>
[Flags]
internal enum SessionFlags : byte
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>Data messages carry sequence numbers.</summary>
    Sequencing = 1,

    /// <summary>Data messages carry UDP checksums.</summary>
    Checksum = 2,

    /// <summary>Data messages that come late are taken nevertheless.</summary>
    TakesLate = 4,
}
