using RouterOS.Crypto.Control;
using RouterOS.L2tp.Wire;
using RouterOS.Ppp.Wire;

namespace RouterOS.Fuzz.L2tp;

/// <summary>The views of L2TP and PPP: whatever the bytes, no exception; what is accepted can be read whole.</summary>
public sealed class L2tpParserTests
{
    private const int Iterations = 20_000;
    private const int MostAttributes = 64;

    [Fact]
    public void Header() => FuzzLoop.Parse("l2tp", Iterations, bytes =>
    {
        if (L2tpHeader.TryParse(bytes, out L2tpHeader header, out _))
        {
            _ = header.Tunnel + header.Session + header.Ns + header.Nr;
            Assert.True(header.Length >= L2tpHeader.DataLength && header.Length + header.Payload.Length <= bytes.Length);
        }
    });

    [Fact]
    public void Control_message()
    {
        BclMac mac = new();
        ByteMutator mutator = new(Corpus.Bytes("l2tp"));
        int accepted = 0;
        FuzzLoop.Run("l2tp-control", Iterations, (random, input) =>
        {
            byte[] bytes = input.Bytes = mutator.Next(random);
            if (!L2tpHeader.TryParse(bytes, out L2tpHeader header, out _) || !header.IsControl
                || !ControlMessage.TryParse(header.Payload, "secret"u8, mac, out ControlMessage message, out GeneralError error))
            {
                return;
            }

            accepted++;
            Assert.Equal(GeneralError.None, error);
            Assert.InRange(message.Attributes.Count, 0, MostAttributes);
            foreach (AttributeType type in Enum.GetValues<AttributeType>())
            {
                Assert.True(message.Find(type) is null == !message.Has(type));
            }

            Assert.DoesNotContain(message.Text(AttributeType.HostName), char.IsControl);
            _ = message.Result();
        });
        Assert.True(accepted > Iterations / 50, $"{accepted} messages were accepted: the target has lost its way");
    }

    [Fact]
    public void Ppp_packet_and_options() => FuzzLoop.Parse("ppp", Iterations, bytes =>
    {
        if (bytes.Length < PppPacket.ProtocolLength || !PppPacket.TryParse(bytes[PppPacket.ProtocolLength..], out PppPacket packet))
        {
            return;
        }

        int read = 0;
        OptionReader options = new(packet.Data);
        while (options.Next())
        {
            read += options.Whole.Length;
            Assert.True(options.Whole.Length == OptionReader.HeaderLength + options.Data.Length);
            _ = AuthenticationOption.Read(options.Data);
        }

        Assert.True(read <= packet.Data.Length && (options.Failed || read == packet.Data.Length));
    });
}
