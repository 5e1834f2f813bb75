using Google.Protobuf;

namespace RouterOS.Module;

/// <summary>What the agent remembers of one row.</summary>
internal sealed class ModuleRow(string writer, long order)
{
    public string Writer { get; } = writer;

    /// <summary>Place by first write: referrers come after what they refer to.</summary>
    public long Order { get; } = order;

    public ByteString Value { get; set; } = ByteString.Empty;

    /// <summary>Written since the routing engine last attached.</summary>
    public bool Resent { get; set; }

    /// <summary>The worker refused the value, so writing it again is a new try.</summary>
    public bool Refused { get; set; }
}
