using System.ComponentModel;

namespace RouterOS.Forwarding.Nodes;

/// <summary>Why fragments were dropped.</summary>
internal enum ReassemblyDrop
{
    /// <summary>A fragment whose length or place is impossible.</summary>
    [Description("A fragment whose length or place is impossible.")]
    BadFragment,

    /// <summary>A fragment that was there already.</summary>
    [Description("A fragment that was there already.")]
    Duplicate,

    /// <summary>Fragments that overlap or contradict each other: the whole datagram is dropped.</summary>
    [Description("Fragments that overlap or contradict each other: the whole datagram is dropped.")]
    Overlap,

    /// <summary>The rest of the datagram did not come in time.</summary>
    [Description("The rest of the datagram did not come in time.")]
    Timeout,

    /// <summary>Too many fragments were waiting: the oldest datagram made room.</summary>
    [Description("Too many fragments were waiting: the oldest datagram made room.")]
    Evicted,

    /// <summary>A datagram in too many fragments.</summary>
    [Description("A datagram in too many fragments.")]
    TooMany,

    /// <summary>No buffer was free for the whole datagram.</summary>
    [Description("No buffer was free for the whole datagram.")]
    NoBuffer,
}
