namespace RouterOS.Crypto;

/// <summary>Processors by what they do for cryptography; the order of engines depends on it.</summary>
public enum ProcessorClass
{
    /// <summary>Neither of the below.</summary>
    Basic,

    /// <summary>256-bit vectors of integers (x86-64-v3).</summary>
    Avx2,

    /// <summary>512-bit vectors with byte and word instructions (x86-64-v4).</summary>
    Avx512,
}
