using System.ComponentModel;

namespace RouterOS.Forwarding.Workers;

/// <summary>Why a worker drops a packet by itself.</summary>
internal enum WorkerDrop
{
    /// <summary>The worker that owns the packet's protection or flow does not keep up: the ring to it is full.</summary>
    [Description("The worker that owns the packet's protection or flow does not keep up: the ring to it is full.")]
    HandoffFull,
}
