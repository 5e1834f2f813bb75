using RouterOS.Abstractions.Crypto;

namespace RouterOS.Crypto;

/// <summary>Which engines do what, best first. README.md has the table with its reasons.</summary>
public static class EngineOrder
{
    /// <summary>libIPSec_MB.</summary>
    public const string IpsecMb = "ipsec-mb";

    /// <summary>AES and HMAC in managed lanes.</summary>
    public const string Managed = "managed";

    /// <summary>Bit-sliced DES and 3DES.</summary>
    public const string BitSlice = "bit-slice";

    /// <summary>OpenSSL's libcrypto.</summary>
    public const string Libcrypto = "libcrypto";

    /// <summary>All engines.</summary>
    public static IReadOnlyList<string> Engines { get; } = [IpsecMb, Managed, BitSlice, Libcrypto];

    /// <summary>The first word of an engine's name: what it is called here and in options.</summary>
    public static string KeyOf(ICryptoEngine engine)
    {
        ArgumentNullException.ThrowIfNull(engine);
        return engine.Name.Split(' ')[0];
    }

    /// <summary>The order for a suite on a class of processors; an engine that is not in it does not do the suite there.</summary>
    public static IReadOnlyList<string> For(CryptoSuite suite, ProcessorClass processor) => suite.Cipher switch
    {
        CipherAlgorithm.AesGcm => [IpsecMb, Libcrypto],
        CipherAlgorithm.DesCbc or CipherAlgorithm.TripleDesCbc => processor switch
        {
            ProcessorClass.Avx512 => [BitSlice, IpsecMb, Libcrypto],
            ProcessorClass.Avx2 => [BitSlice, Libcrypto],
            _ => [Libcrypto, BitSlice],
        },
        _ => processor switch
        {
            ProcessorClass.Avx512 when suite.Mac == MacAlgorithm.HmacMd5 => [Managed, IpsecMb, Libcrypto],
            ProcessorClass.Basic => [IpsecMb, Libcrypto, Managed],
            _ => [IpsecMb, Managed, Libcrypto],
        },
    };

    /// <summary>True when some class of processors lets the engine do the cipher.</summary>
    public static bool Does(string engine, CipherAlgorithm cipher) =>
        SuiteRules.All.Any(suite => suite.Cipher == cipher
            && Enum.GetValues<ProcessorClass>().Any(processor => For(suite, processor).Contains(engine)));
}
