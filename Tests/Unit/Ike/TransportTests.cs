using RouterOS.Ike.Control.Exchanges;
using RouterOS.Ike.Wire;
using RouterOS.Proto.Esp.V1;
using RouterOS.Proto.Ike.V1;
using RouterOS.Unit.Ike.Simulation;
using EspProtocol = RouterOS.Proto.Esp.V1.Protocol;

namespace RouterOS.Unit.Ike;

public sealed class TransportTests
{
    [Theory]
    [InlineData(EspProtocol.Esp)]
    [InlineData(EspProtocol.Ah)]
    [Trait("rfc", "2407:4.5")]
    public void Transport_mode_is_agreed_and_reaches_the_rows(EspProtocol protocol)
    {
        Lab lab = new Lab().With(i =>
        {
            Phase2Proposal proposal = i.Vpns[0].Proposals[0];
            i.Vpns[0].Transport = true;
            if (protocol == EspProtocol.Ah)
            {
                (proposal.Protocol, proposal.Cipher, proposal.CipherKeyBytes) = (protocol, Cipher.Null, 0);
            }
        }).Up();
        Assert.Equal(0, lab.Traffic(1));
        Phase2Sa sa = Assert.Single(lab.Right.Phase2());
        Assert.True(sa.Transport);
        SaRow row = Assert.IsType<SaRow>(lab.Right.Module.Rows[("sa-in", $"{sa.InboundSpi}")]);
        Assert.Equal((SaMode.Transport, protocol, 0u, 0u), (row.Mode, row.Protocol, row.OriginalSource, row.OriginalDestination));
    }

    [Fact]
    public void Transport_on_one_side_only_is_named()
    {
        Lab lab = new();
        lab.LeftVpn.Transport = true;
        lab.Start();
        lab.Network.RunSeconds(10);
        Failure failure = Assert.Single(lab.Right.Failures(), f => f.Phase == 2);
        Assert.Equal(Failure.Types.Kind.Proposal, failure.Kind);
        Assert.Contains("they offer transport, we accept tunnel", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    [Trait("rfc", "3947:5.2")]
    public void Original_addresses_are_read_in_the_order_of_initiator_and_responder()
    {
        byte[] chain =
        [
            21, 0, 0, 12, 1, 0, 0, 0, 10, 0, 0, 5,
            0, 0, 0, 12, 1, 0, 0, 0, 192, 0, 2, 1,
        ];
        Assert.True(PayloadChain.TryParse(PayloadType.NatOriginalAddress, chain, out PayloadChain payloads, out _));
        Assert.Equal(new OriginalAddresses(0xC0000201, 0x0A000005), OriginalAddresses.Read(payloads, weInitiated: false));
        Assert.Equal(new OriginalAddresses(0x0A000005, 0xC0000201), OriginalAddresses.Read(payloads, weInitiated: true));
    }

    [Fact]
    public void Original_addresses_of_another_kind_or_number_count_for_nothing()
    {
        byte[] wrongType = [0, 0, 0, 12, 5, 0, 0, 0, 10, 0, 0, 5];
        Assert.True(PayloadChain.TryParse(PayloadType.NatOriginalAddressDraft, wrongType, out PayloadChain payloads, out _));
        Assert.Equal(default, OriginalAddresses.Read(payloads, weInitiated: true));
        byte[] three = [.. Enumerable.Range(0, 3).SelectMany(i => (byte[])[(byte)(i == 2 ? 0 : 21), 0, 0, 12, 1, 0, 0, 0, 10, 0, 0, 5])];
        Assert.True(PayloadChain.TryParse(PayloadType.NatOriginalAddress, three, out payloads, out _));
        Assert.Equal(default, OriginalAddresses.Read(payloads, weInitiated: true));
        Random random = new(1);
        byte[] bytes = new byte[40];
        for (int i = 0; i < 20_000; i++)
        {
            random.NextBytes(bytes);
            bytes[0] = (byte)(i % 3 == 0 ? 21 : 0);
            bytes[2] = 0;
            bytes[3] = (byte)(4 + (i % 20));
            if (PayloadChain.TryParse(PayloadType.NatOriginalAddress, bytes.AsSpan(0, 4 + (i % 36)), out payloads, out _))
            {
                _ = OriginalAddresses.Read(payloads, weInitiated: true);
            }
        }
    }
}
