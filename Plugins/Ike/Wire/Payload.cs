namespace RouterOS.Ike.Wire;

/// <summary>One payload of a message: its type, its body, and its bytes with the generic header (what the HASHes of phase 2 cover).</summary>
internal readonly ref struct Payload(PayloadType type, ReadOnlySpan<byte> whole)
{
    public PayloadType Type { get; } = type;

    /// <summary>Generic header and body.</summary>
    public ReadOnlySpan<byte> Whole { get; } = whole;

    public ReadOnlySpan<byte> Body => Whole[PayloadChain.GenericHeader..];
}
