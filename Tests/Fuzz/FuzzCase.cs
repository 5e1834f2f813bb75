namespace RouterOS.Fuzz;

/// <summary>The input of one iteration, kept so that a failure can show it.</summary>
internal sealed class FuzzCase
{
    /// <summary>Bytes, of a target that takes bytes.</summary>
    public byte[] Bytes { get; set; } = [];

    /// <summary>Text, of a target that takes text.</summary>
    public string? Text { get; set; }
}
