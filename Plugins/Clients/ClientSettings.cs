using System.Buffers.Binary;
using System.Text;
using RouterOS.Abstractions.Crypto;
using RouterOS.Ike.Control.Policy;
using RouterOS.Ike.Crypto;
using RouterOS.Proto.Ike.V1;
using RouterOS.Sdk.Clients;

namespace RouterOS.Clients;

/// <summary>Options of a client as its protocols want them.</summary>
internal sealed class ClientSettings
{
    private const uint Phase1Seconds = 28800;
    private const uint Phase2Seconds = 3600;

    public ClientSettings(ClientOptions options)
    {
        Options = options;
        Server = options.Server.GetAddressBytes();
        Address = options.Address.GetAddressBytes();
        PresharedKey = Encoding.UTF8.GetBytes(options.PresharedKey);
        Algorithms = options.UsesAes
            ? new(CipherAlgorithm.AesCbc, 16, MacAlgorithm.HmacSha1, options.Group)
            : new(CipherAlgorithm.TripleDesCbc, 24, MacAlgorithm.HmacSha1, options.Group);
        Suite = new CryptoSuite(Algorithms.Cipher, Algorithms.CipherKeyBytes, MacAlgorithm.HmacSha1);
        Phase1Offer = Phase1Negotiation.Offer([new Phase1Policy(Algorithms, Phase1Seconds)]);
        Vpn = IkeIntentReader.Read(new Vpn
        {
            Name = "client",
            Transport = true,
            Proposals =
            {
                new Phase2Proposal
                {
                    Cipher = options.UsesAes ? Proto.Esp.V1.Cipher.AesCbc : Proto.Esp.V1.Cipher.TripleDesCbc,
                    CipherKeyBytes = (uint)Algorithms.CipherKeyBytes,
                    Mac = Proto.Esp.V1.Mac.HmacSha196,
                    LifetimeSeconds = Phase2Seconds,
                },
            },
        });
    }

    public ClientOptions Options { get; }

    public byte[] Server { get; }

    public byte[] Address { get; }

    public uint ServerNumber => BinaryPrimitives.ReadUInt32BigEndian(Server);

    public uint AddressNumber => BinaryPrimitives.ReadUInt32BigEndian(Address);

    public byte[] PresharedKey { get; }

    public Phase1Algorithms Algorithms { get; }

    public CryptoSuite Suite { get; }

    /// <summary>Body of the SA payload of message 1.</summary>
    public byte[] Phase1Offer { get; }

    public VpnPolicy Vpn { get; }

    public bool IsSecure => PresharedKey.Length > 0;
}
