namespace Grpc.Core;

/// <summary>How a message is written.</summary>
[Flags]
public enum WriteFlags
{
    /// <summary>At once; no other wish.</summary>
    None = 0,

    /// <summary>More follows soon: the message may wait in the buffer.</summary>
    BufferHint = 1,

    /// <summary>Not compressed.</summary>
    NoCompress = 2,
}
