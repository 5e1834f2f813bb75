using RouterOS.Crypto.Control;

namespace RouterOS.Clients;

/// <summary>Engines of control messages, shared by all clients: they keep no state.</summary>
internal static class ClientCrypto
{
    public static BclMac Mac { get; } = new();

    public static LibcryptoCipher Cipher { get; } = new();

    public static LibcryptoKeyExchange KeyExchange { get; } = new();
}
