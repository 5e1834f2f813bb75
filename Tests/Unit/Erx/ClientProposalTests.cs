using RouterOS.Abstractions.Crypto;
using RouterOS.Ike.Control.Policy;
using RouterOS.Ike.Wire;
using RouterOS.Proto.Ike.V1;

namespace RouterOS.Unit.Erx;

/// <summary>What the clients of the world offer, to the example chassis: the best transform that it has is chosen, whatever stands before it.</summary>
public sealed class ClientProposalTests
{
    // Cipher, key bits, hash, group: IANA's numbers, ECP groups 19 and 20 among them. Seconds are the client's phase 1 lifetime.
    private static readonly Dictionary<string, (uint Seconds, (uint Cipher, uint Bits, uint Hash, uint Group)[] Phase1)> s_phase1 = new()
    {
        ["Windows 2000"] = (28800, [(5, 0, 2, 2), (5, 0, 1, 2), (1, 0, 2, 1), (1, 0, 1, 1)]),
        ["Windows XP"] = (28800, [(5, 0, 2, 2), (5, 0, 1, 2), (1, 0, 2, 1), (1, 0, 1, 1)]),
        ["Windows 7, 10, 11"] = (28800, [(7, 256, 2, 20), (7, 128, 2, 19), (7, 256, 2, 14), (5, 0, 2, 14), (5, 0, 2, 2)]),
        ["macOS before 10.6"] = (3600, [(5, 0, 2, 2), (5, 0, 1, 2)]),
        ["macOS"] = (3600, [(7, 256, 2, 14), (7, 256, 2, 5), (7, 256, 2, 2), (7, 128, 2, 2), (7, 256, 1, 2), (5, 0, 2, 2), (5, 0, 1, 2)]),
        ["iOS"] = (3600, [(7, 256, 4, 14), (7, 256, 2, 14), (7, 256, 2, 2), (7, 128, 2, 2), (5, 0, 2, 2), (5, 0, 1, 2)]),
        ["Android"] = (28800, [(7, 256, 6, 2), (7, 256, 5, 2), (7, 256, 2, 2), (7, 256, 1, 2), (7, 128, 2, 2), (7, 128, 1, 2), (5, 0, 2, 2), (5, 0, 1, 2), (1, 0, 2, 2), (1, 0, 1, 2)]),
    };

    // Transform, key bits, keyed hash; one proposal each, as Windows does it, or all in one. Kilobytes: 0 for none.
    private static readonly Dictionary<string, (bool OneEach, uint Kilobytes, (uint Cipher, uint Bits, uint Mac)[] Phase2)> s_phase2 = new()
    {
        ["Windows 2000"] = (true, 250000, [(3, 0, 2), (3, 0, 1), (2, 0, 2), (2, 0, 1)]),
        ["Windows XP"] = (true, 250000, [(3, 0, 1), (3, 0, 2), (2, 0, 2), (2, 0, 1)]),
        ["Windows 7, 10, 11"] = (true, 250000, [(12, 256, 2), (12, 128, 2), (3, 0, 2), (2, 0, 2), (11, 0, 2)]),
        ["macOS before 10.6"] = (false, 0, [(3, 0, 2), (3, 0, 1)]),
        ["macOS"] = (false, 0, [(12, 256, 2), (12, 256, 1), (12, 128, 2), (12, 128, 1), (3, 0, 2), (3, 0, 1)]),
        ["iOS"] = (false, 0, [(12, 256, 2), (12, 256, 1), (12, 128, 2), (12, 128, 1), (3, 0, 2), (3, 0, 1)]),
        ["Android"] = (false, 0, [(12, 256, 5), (12, 256, 2), (12, 256, 1), (12, 128, 2), (12, 128, 1), (3, 0, 2), (3, 0, 1), (2, 0, 2), (2, 0, 1)]),
    };

    public static TheoryData<string, string, bool> Clients { get; } = new()
    {
        { "Windows 2000", "md5 last", false },
        { "Windows XP", "md5 first", false },
        { "Windows XP", "md5 first", true },
        { "Windows 7, 10, 11", "md5 last", false },
        { "Windows 7, 10, 11", "md5 last", true },
        { "macOS before 10.6", "md5 last", true },
        { "macOS", "md5 last", true },
        { "iOS", "md5 last", true },
        { "Android", "md5 last", true },
    };

    [Theory]
    [MemberData(nameof(Clients))]
    public void The_example_accepts_a_client_with_the_best_that_both_have(string client, string order, bool behindNat)
    {
        IkeIntent intent = ErxText.Bind(ErxText.Example).Intents.Get<IkeIntent>();
        GatewayPolicy gateway = IkeIntentReader.Read(Assert.Single(intent.Gateways));
        VpnPolicy vpn = IkeIntentReader.Read(Assert.Single(intent.Vpns));
        (uint seconds, (uint Cipher, uint Bits, uint Hash, uint Group)[] offers) = s_phase1[client];
        Assert.True(SaPayload.TryParse(Phase1(offers, seconds), out SaPayload phase1, out _));
        Phase1Choice? first = Phase1Negotiation.Select(phase1, gateway.Proposals, out string theirs);
        Assert.True(first is not null, theirs);
        Assert.Equal(
            (CipherAlgorithm.TripleDesCbc, MacAlgorithm.HmacSha1, 2),
            (first.Policy.Algorithms.Cipher, first.Policy.Algorithms.Hash, first.Policy.Algorithms.Group));

        EncapsulationMode udp = behindNat ? EncapsulationMode.UdpTunnel : 0;
        Assert.True(SaPayload.TryParse(Phase2(client, behindNat), out SaPayload phase2, out _));
        Phase2Choice? second = Phase2Negotiation.Select(phase2, vpn, udp, out theirs, out _);
        Assert.True(second is not null, theirs);
        MacAlgorithm mac = order == "md5 first" ? MacAlgorithm.HmacMd5 : MacAlgorithm.HmacSha1;
        Assert.Equal((CipherAlgorithm.TripleDesCbc, mac, 3600u), (second.Policy.Cipher, second.Policy.Mac, second.LifetimeSeconds));
    }

    private static byte[] Phase1((uint Cipher, uint Bits, uint Hash, uint Group)[] offers, uint seconds)
    {
        List<byte[]> transforms = [];
        foreach ((uint cipher, uint bits, uint hash, uint group) in offers)
        {
            List<(ushort, uint)> attributes = [(1, cipher), (2, hash), (3, 1), (4, group), (11, 1), (12, seconds)];
            if (bits > 0)
            {
                attributes.Insert(1, (14, bits));
            }

            transforms.Add(Proposals.Transform(1, transforms.Count + 1, transforms.Count + 1 == offers.Length, [.. attributes]));
        }

        return Proposals.SaBody([Proposals.Proposal(1, true, SecurityProtocol.Isakmp, [], transforms)]);
    }

    private static byte[] Phase2(string client, bool behindNat)
    {
        (bool oneEach, uint kilobytes, (uint Cipher, uint Bits, uint Mac)[] offers) = s_phase2[client];
        List<byte[]> transforms = [];
        foreach ((uint cipher, uint bits, uint mac) in offers)
        {
            List<(ushort, uint)> attributes = [(1, 1), (2, 3600), (4, behindNat ? 4u : 2u), (5, mac)];
            if (kilobytes > 0)
            {
                attributes.InsertRange(2, [(1, 2), (2, kilobytes)]);
            }

            if (bits > 0)
            {
                attributes.Add((6, bits));
            }

            transforms.Add(Proposals.Transform(
                (byte)cipher, oneEach ? 1 : transforms.Count + 1, oneEach || transforms.Count + 1 == offers.Length, [.. attributes]));
        }

        byte[] spi = [0x12, 0x34, 0x56, 0x78];
        return Proposals.SaBody(oneEach
            ? [.. transforms.Select((t, i) => Proposals.Proposal(i + 1, i + 1 == transforms.Count, SecurityProtocol.Esp, spi, [t]))]
            : [Proposals.Proposal(1, true, SecurityProtocol.Esp, spi, transforms)]);
    }
}
