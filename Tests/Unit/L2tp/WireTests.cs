using System.Security.Cryptography;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using RouterOS.L2tp.Control;
using RouterOS.L2tp.Wire;
using RouterOS.Unit.L2tp.Simulation;
using Attribute = RouterOS.L2tp.Wire.Attribute;

namespace RouterOS.Unit.L2tp;

public sealed class WireTests
{
    private static readonly byte[] s_secret = Encoding.ASCII.GetBytes("tunnelSecret");

    [Fact]
    public void Any_bytes_are_a_message_or_are_refused()
    {
        Prop.ForAll(ArbMap.Default.ArbFor<byte[]>(), bytes =>
        {
            bool parsed = L2tpHeader.TryParse(bytes, out L2tpHeader header, out L2tpError error);
            _ = ControlMessage.TryParse(bytes, s_secret, Node.OwnMac, out ControlMessage message, out _);
            return parsed ? header.Payload.Length <= bytes.Length && header.Tunnel + header.Session + header.Ns + header.Nr >= 0 : error != L2tpError.None;
        }).Check(Seeded.Config);
    }

    [Fact]
    public void What_is_written_is_read_hidden_or_not() =>
        Prop.ForAll(
            Gen.Choose(0, 60).SelectMany(n => ArbMap.Default.GeneratorFor<byte>().ArrayOf(n)).ToArbitrary(),
            ArbMap.Default.ArbFor<bool>(),
            (value, hidden) =>
            {
                byte[] vector = [1, 2, 3, 4, 5];
                MessageWriter writer = new MessageWriter(MessageType.IncomingCallConnected).Bytes(AttributeType.RandomVector, vector);
                _ = hidden
                    ? writer.Hidden(Node.OwnMac, s_secret, vector, AttributeType.ProxyAuthenResponse, value, mandatory: false)
                    : writer.Bytes(AttributeType.ProxyAuthenResponse, value, mandatory: false);
                Assert.True(ControlMessage.TryParse(writer.ToArray(), s_secret, Node.OwnMac, out ControlMessage message, out _));
                Assert.Equal(MessageType.IncomingCallConnected, message.Type);
                Attribute found = message.Attributes[2];
                return found.IsHidden == hidden && found.Value.AsSpan().SequenceEqual(value);
            }).Check(Seeded.Config);

    [Fact]
    public void A_hidden_value_is_what_the_RFC_makes_of_it()
    {
        // RFC 2661 section 4.3, step by step: b1 = MD5(type, secret, vector), c1 = p1 xor b1, b2 = MD5(secret, c1), c2 = p2 xor b2.
        byte[] vector = [0x11, 0x22, 0x33, 0x44];
        byte[] value = Encoding.ASCII.GetBytes("a password of more than sixteen bytes");
        byte[] plain = [0, (byte)value.Length, .. value];
        byte[] expected = new byte[plain.Length];
        byte[] pad = MD5.HashData((byte[])[0, 33, .. s_secret, .. vector]);
        for (int i = 0; i < plain.Length; i++)
        {
            if (i > 0 && i % 16 == 0)
            {
                pad = MD5.HashData((byte[])[.. s_secret, .. expected[(i - 16)..i]]);
            }

            expected[i] = (byte)(plain[i] ^ pad[i % 16]);
        }

        Assert.Equal(expected, HiddenValue.Hide(Node.OwnMac, s_secret, vector, 33, value));
        Assert.Equal(value, HiddenValue.Reveal(Node.OwnMac, s_secret, vector, 33, expected));
        Assert.NotEqual(value, HiddenValue.Reveal(Node.OwnMac, s_secret.AsSpan(1), vector, 33, expected));
    }

    [Fact]
    public void A_challenge_is_answered_as_the_RFC_says() =>
        Assert.Equal(
            MD5.HashData((byte[])[2, .. s_secret, 9, 8, 7]),
            TunnelMessages.Response(Node.OwnMac, MessageType.StartControlConnectionReply, s_secret, [9, 8, 7]));

    [Theory]
    [InlineData("c80200080000", "Truncated")]
    [InlineData("c803000c000000000000000000", "BadVersion")]
    [InlineData("800200010000000000000000", "BadFlags")]
    [InlineData("c802000d0001000000000000", "BadLength")]
    [InlineData("0202000100020040", "BadLength")]
    public void Headers_that_lie_are_refused(string hex, string expected)
    {
        Assert.False(L2tpHeader.TryParse(Convert.FromHexString(hex), out _, out L2tpError error));
        Assert.Equal(expected, error.ToString());
    }
}
