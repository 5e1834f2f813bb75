using FsCheck;
using FsCheck.Fluent;
using RouterOS.Ike.Wire;

namespace RouterOS.Unit.Ike;

public sealed class WireTests
{
    // A first message of main mode, written out by hand after RFC 2408 section 3: one proposal, one transform, one vendor id.
    private const string FirstMessage =
        "0102030405060708" + "0000000000000000" + "01" + "10" + "02" + "00" + "00000000" + "00000068"
        + "0d00003800000001000000010000002c010100010000002401010000" + "80010007" + "800e0080" + "80020002" + "80040002" + "80030001" + "800b0001"
        + "800c7080" + "00000014" + "afcad71368a1f1c96b8696fc77570100";

    [Fact]
    [Trait("rfc", "2408:3.1")]
    public void Written_message_is_read_by_the_book()
    {
        byte[] bytes = Convert.FromHexString(FirstMessage);
        Assert.True(IsakmpHeader.TryParse(bytes, out IsakmpHeader header, out _));
        Assert.Equal(0x0102030405060708ul, header.InitiatorCookie);
        Assert.Equal(ExchangeType.IdentityProtection, header.Exchange);
        Assert.False(header.IsEncrypted);
        Assert.True(PayloadChain.TryParse(header.NextPayload, header.Body, out PayloadChain chain, out _));
        Assert.True(VendorIds.OffersDeadPeerDetection(chain));
        Assert.True(chain.TryFindOnly(PayloadType.SecurityAssociation, out Payload sa));
        Assert.True(SaPayload.TryParse(sa.Body, out SaPayload offer, out _));
        List<(ushort, ulong)> attributes = [];
        foreach (ProposalPayload proposal in offer)
        {
            Assert.Equal((1, SecurityProtocol.Isakmp, 1), (proposal.Number, proposal.Protocol, proposal.TransformCount));
            foreach (TransformPayload transform in proposal)
            {
                Assert.Equal((1, 1), (transform.Number, transform.Id));
                foreach ((ushort, ulong) attribute in transform.Attributes)
                {
                    attributes.Add(attribute);
                }
            }
        }

        Assert.Equal([(1, 7ul), (14, 128ul), (2, 2ul), (4, 2ul), (3, 1ul), (11, 1ul), (12, 28800ul)], attributes.Select(a => ((int)a.Item1, a.Item2)));
    }

    [Fact]
    public void Payloads_that_were_written_are_read_back() =>
        Prop.ForAll(ArbMap.Default.ArbFor<byte[][]>(), bodies =>
        {
            bodies = [.. bodies.Where(b => b is not null).Take(PayloadChain.Maximum)];
            IsakmpWriter writer = new(1, 2, ExchangeType.Informational, 5);
            foreach (byte[] body in bodies)
            {
                int at = writer.Add(PayloadType.VendorId, body);
                Assert.Equal(body, writer.Payloads[at..].ToArray());
            }

            Assert.True(IsakmpHeader.TryParse(writer.Finish(), out IsakmpHeader header, out _));
            Assert.Equal(5u, header.MessageId);
            Assert.True(PayloadChain.TryParse(header.NextPayload, header.Body, out PayloadChain chain, out _));
            List<byte[]> read = [];
            foreach (Payload payload in chain)
            {
                read.Add(payload.Body.ToArray());
            }

            Assert.Equal(bodies, read);
        }).Check(Seeded.Config);

    [Fact]
    public void Bodies_that_were_made_are_read_back()
    {
        byte[] identity = IdentificationPayload.Create(IdentityType.Ipv4Subnet, 17, 1701, [10, 0, 0, 0, 255, 0, 0, 0]);
        Assert.True(IdentificationPayload.TryParse(identity, out IdentificationPayload id, out _));
        Assert.Equal((IdentityType.Ipv4Subnet, 17, 1701, 8), (id.Type, id.Protocol, id.Port, id.Data.Length));

        byte[] notification = NotificationPayload.Create(SecurityProtocol.Esp, NotifyType.ResponderLifetime, [1, 2, 3, 4], [5, 6]);
        Assert.True(NotificationPayload.TryParse(notification, out NotificationPayload notify, out _));
        Assert.Equal(
            (SecurityProtocol.Esp, NotifyType.ResponderLifetime, "01020304", "0506"),
            (notify.Protocol, notify.Type, Convert.ToHexString(notify.Spi), Convert.ToHexString(notify.Data)));

        byte[] deletion = DeletePayload.Create(SecurityProtocol.Isakmp, new byte[16]);
        Assert.True(DeletePayload.TryParse(deletion, out DeletePayload delete, out _));
        Assert.Equal((SecurityProtocol.Isakmp, 1, 16), (delete.Protocol, delete.Count, delete.Spi(0).Length));
    }

    [Fact]
    public void Every_truncation_is_refused()
    {
        byte[] bytes = Convert.FromHexString(FirstMessage);
        for (int length = 0; length < bytes.Length; length++)
        {
            Assert.False(IsakmpHeader.TryParse(bytes.AsSpan(0, length), out _, out _));
        }

        ReadOnlySpan<byte> body = bytes.AsSpan(IsakmpHeader.Length);
        for (int length = 0; length < body.Length; length++)
        {
            Assert.False(PayloadChain.TryParse(PayloadType.SecurityAssociation, body[..length], out _, out _));
        }

        ReadOnlySpan<byte> sa = body[4..56];
        Assert.True(SaPayload.TryParse(sa, out _, out _));
        for (int length = 0; length < sa.Length; length++)
        {
            Assert.False(SaPayload.TryParse(sa[..length], out _, out _));
        }
    }

    [Theory]
    [InlineData(0, "00", IsakmpError.BadValue)]
    [InlineData(17, "20", IsakmpError.BadVersion)]
    [InlineData(27, "69", IsakmpError.BadLength)]
    public void Headers_that_lie_are_refused(int offset, string value, object expected)
    {
        byte[] bytes = Convert.FromHexString(FirstMessage);
        Convert.FromHexString(value).CopyTo(bytes, offset);
        if (offset == 0)
        {
            bytes.AsSpan(0, 8).Clear();
        }

        Assert.False(IsakmpHeader.TryParse(bytes, out _, out IsakmpError error));
        Assert.Equal(expected, error);
    }

    [Fact]
    public void Chains_and_lists_without_end_are_refused()
    {
        byte[] empty = [(byte)PayloadType.VendorId, 0, 0, 4];
        byte[] body = [.. Enumerable.Repeat(empty, 1000).SelectMany(b => b)];
        Assert.False(PayloadChain.TryParse(PayloadType.VendorId, body, out _, out IsakmpError error));
        Assert.Equal(IsakmpError.TooMany, error);
        byte[] proposal = [2, 0, 0, 16, 1, 1, 0, 1, 0, 0, 0, 8, 1, 1, 0, 0];
        byte[] sa = [0, 0, 0, 1, 0, 0, 0, 1, .. Enumerable.Repeat(proposal, 1000).SelectMany(b => b)];
        Assert.False(SaPayload.TryParse(sa, out _, out error));
        Assert.Equal(IsakmpError.TooMany, error);
    }

    [Fact]
    public void Attributes_take_the_form_that_their_value_needs()
    {
        byte[] buffer = new byte[8];
        foreach ((uint value, int length) in ((uint, int)[])[(0, 4), (65535, 4), (65536, 8), (uint.MaxValue, 8)])
        {
            Assert.Equal(length, DataAttributes.Write(buffer, 12, value));
            Assert.True(DataAttributes.TryParse(buffer.AsSpan(0, length), out DataAttributes attributes, out _));
            foreach ((ushort type, ulong read) in attributes)
            {
                Assert.Equal((12, (ulong)value), ((int)type, read));
            }
        }

        byte[] endless = [0, 12, 0, 10, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9];
        Assert.True(DataAttributes.TryParse(endless, out DataAttributes list, out _));
        foreach ((_, ulong read) in list)
        {
            Assert.Equal(ulong.MaxValue, read);
        }
    }
}
