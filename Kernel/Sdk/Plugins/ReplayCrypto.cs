using RouterOS.Abstractions.Control;

namespace RouterOS.Sdk.Plugins;

/// <summary>What a replay computes with.</summary>
/// <param name="KeyExchange">Diffie-Hellman.</param>
/// <param name="Rsa">Signatures.</param>
/// <param name="Cipher">Ciphers.</param>
/// <param name="Mac">Hashes and keyed hashes.</param>
public sealed record ReplayCrypto(IKeyExchange KeyExchange, IRsa Rsa, ICipher Cipher, IMac Mac);
