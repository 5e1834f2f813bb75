using System.Net;
using RouterOS.Abstractions.Crypto;
using RouterOS.Crypto.Control;
using RouterOS.Ike.Control.Policy;
using RouterOS.Ike.Crypto;
using RouterOS.Proto.Ike.V1;

namespace RouterOS.Benchmarks.Ike;

/// <summary>What every peer of the load has in common: AES-128 with SHA-1 in both phases, no perfect forward secrecy.</summary>
internal sealed class LoadSettings
{
    public LoadSettings(int group, IPAddress responder, string preSharedKey)
    {
        Algorithms = new(CipherAlgorithm.AesCbc, 16, MacAlgorithm.HmacSha1, group);
        Responder = responder;
        PreSharedKey = System.Text.Encoding.ASCII.GetBytes(preSharedKey);
        Phase1Offer = Phase1Negotiation.Offer([new Phase1Policy(Algorithms, 28800)]);
        Vpn = IkeIntentReader.Read(new Vpn
        {
            Name = "load",
            Proposals = { new Phase2Proposal { Cipher = RouterOS.Proto.Esp.V1.Cipher.AesCbc, CipherKeyBytes = 16, Mac = RouterOS.Proto.Esp.V1.Mac.HmacSha196, LifetimeSeconds = 3600 } },
        });
    }

    public Phase1Algorithms Algorithms { get; }

    public IPAddress Responder { get; }

    public byte[] PreSharedKey { get; }

    /// <summary>Body of the SA payload of message 1.</summary>
    public byte[] Phase1Offer { get; }

    public VpnPolicy Vpn { get; }

    public LibcryptoKeyExchange KeyExchange { get; } = new();

    public LibcryptoCipher Cipher { get; } = new();

    public BclMac Mac { get; } = new();

    public SystemSecureRandom Random { get; } = new();

    public byte[] NewBytes(int count)
    {
        byte[] bytes = new byte[count];
        Random.Fill(bytes);
        return bytes;
    }
}
