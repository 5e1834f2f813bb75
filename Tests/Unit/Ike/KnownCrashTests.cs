using System.Text.Json;
using RouterOS.Abstractions.Crypto;
using RouterOS.Crypto.Control;
using RouterOS.Ike.Control;
using RouterOS.Ike.Control.State;
using RouterOS.Ike.Crypto;
using RouterOS.Ike.Wire;
using RouterOS.Unit.Ike.Simulation;

namespace RouterOS.Unit.Ike;

/// <summary>Messages that have brought other daemons down, each from a peer that has the keys where that matters.</summary>
public sealed class KnownCrashTests
{
    private static readonly BclMac s_mac = new();
    private static readonly LibcryptoCipher s_cipher = new();

    [Fact]
    public void Truncated_hash()
    {
        Lab lab = new Lab().Up();
        foreach (int length in (int[])[0, 1, 4, 12, 19, 21, 40])
        {
            foreach (ExchangeType exchange in (ExchangeType[])[ExchangeType.QuickMode, ExchangeType.Informational])
            {
                Send(lab, exchange, (uint)(1000 + length), w => w.Add(PayloadType.Nonce, new byte[32]), hashBytes: length);
            }
        }

        // No HASH at all.
        Send(lab, ExchangeType.QuickMode, 77, w => w.Add(PayloadType.Nonce, new byte[32]), hashBytes: -1);
        Unharmed(lab, drops: 15);
    }

    [Fact]
    public void Zero_length_nonce()
    {
        Lab lab = new Lab().Up();
        foreach (int length in (int[])[0, 7, 257])
        {
            Send(lab, ExchangeType.QuickMode, (uint)(2000 + length), w =>
            {
                w.Add(PayloadType.SecurityAssociation, RouterOS.Ike.Control.Policy.Phase2Negotiation.Offer(
                    RouterOS.Ike.Control.Policy.IkeIntentReader.Read(lab.LeftVpn), 0x1234));
                w.Add(PayloadType.Nonce, new byte[length]);
            });
        }

        Unharmed(lab, drops: 3);
        Lab opening = new();
        opening.Network.Tap = d =>
        {
            if (d.Exchange != 2 || d.IsEncrypted || d.Isakmp[16] != (byte)PayloadType.KeyExchange)
            {
                return d;
            }

            Assert.True(IsakmpHeader.TryParse(d.Payload, out IsakmpHeader header, out _));
            Assert.True(PayloadChain.TryParse(header.NextPayload, header.Body, out PayloadChain chain, out _));
            IsakmpWriter writer = new(header.InitiatorCookie, header.ResponderCookie, header.Exchange);
            foreach (Payload payload in chain)
            {
                writer.Add(payload.Type, payload.Type == PayloadType.Nonce ? [] : payload.Body);
            }

            return d with { Payload = writer.Finish() };
        };
        opening.Start();
        opening.Network.RunSeconds(100);
        Assert.False(opening.IsUp);
        opening.Network.Tap = d => d;
        Assert.True(opening.Network.RunUntil(() => opening.IsUp, 120), opening.Explain());
    }

    [Fact]
    public void Delete_inside_main_mode()
    {
        Lab lab = new();
        lab.Network.Tap = d =>
        {
            if (d.Exchange == 2 && IsakmpHeader.TryParse(d.Payload, out IsakmpHeader header, out _))
            {
                byte[] cookies = [.. d.Payload.AsSpan(0, 16)];
                foreach (ExchangeType exchange in (ExchangeType[])[ExchangeType.IdentityProtection, ExchangeType.Informational, ExchangeType.QuickMode])
                {
                    IsakmpWriter writer = new(header.InitiatorCookie, header.ResponderCookie, exchange, exchange == ExchangeType.IdentityProtection ? 0 : 9u);
                    writer.Add(PayloadType.Delete, DeletePayload.Create(SecurityProtocol.Isakmp, cookies));
                    lab.Network.Deliver(d with { Payload = writer.Finish() });
                }
            }

            return d;
        };
        lab.Up();
        lab.Network.Tap = d => d;
        Assert.Equal(0, lab.Traffic(1));
    }

    [Fact]
    public void Unexpected_dead_peer_detection()
    {
        Lab lab = new Lab().Up();
        uint id = 3000;
        foreach (NotifyType type in (NotifyType[])[NotifyType.RUThereAck, NotifyType.RUThere])
        {
            foreach (int spi in (int[])[0, 4, 16, 200])
            {
                foreach (int data in (int[])[0, 1, 3, 5, 100])
                {
                    Send(lab, ExchangeType.Informational, id++, w => w.Add(
                        PayloadType.Notification, NotificationPayload.Create(SecurityProtocol.Isakmp, type, new byte[spi], new byte[data])));
                }
            }
        }

        Unharmed(lab, drops: null);
    }

    [Fact]
    public void Oversized_proposals()
    {
        Lab lab = new();
        lab.Right.Start(lab.RightIntent);
        foreach ((int proposals, int transforms) in new[] { (1, 255), (60, 4), (255, 1), (2, 200) })
        {
            byte[] body = SaBody(proposals, transforms);
            IsakmpWriter writer = new((ulong)((proposals * 1000) + transforms), 0, ExchangeType.IdentityProtection);
            writer.Add(PayloadType.SecurityAssociation, body);
            lab.Right.Receive(new(Lab.LeftAddress, Lab.RightAddress, 500, 500, writer.Finish()));
            // The lengths lie.
            body[13]++;
            writer = new((ulong)((proposals * 1000) + transforms + 1), 0, ExchangeType.IdentityProtection);
            writer.Add(PayloadType.SecurityAssociation, body);
            lab.Right.Receive(new(Lab.LeftAddress, Lab.RightAddress, 500, 500, writer.Finish()));
        }

        lab.Network.RunSeconds(1);
        Assert.True(lab.Right.AllDrops() > 0);
        lab.LeftVpn.EstablishImmediately = true;
        lab.Left.Start(lab.LeftIntent);
        Assert.True(lab.Network.RunUntil(() => lab.IsUp, 60), lab.Explain());
    }

    // Unknown transforms, as many as there is room for.
    private static byte[] SaBody(int proposals, int transforms)
    {
        List<byte> body = [0, 0, 0, 1, 0, 0, 0, 1];
        for (int p = 1; p <= proposals; p++)
        {
            int length = 8 + (transforms * 12);
            body.AddRange([(byte)(p == proposals ? 0 : 2), 0, (byte)(length >> 8), (byte)length, (byte)p, 1, 0, (byte)transforms]);
            for (int t = 1; t <= transforms; t++)
            {
                body.AddRange([(byte)(t == transforms ? 0 : 3), 0, 0, 12, (byte)t, 1, 0, 0, 0x80, 1, 0, 99]);
            }
        }

        return [.. body];
    }

    private static void Send(Lab lab, ExchangeType exchange, uint id, Action<IsakmpWriter> add, int hashBytes = 20)
    {
        IkeSaState sa = JsonSerializer.Deserialize<IkeSaState>(
            lab.Left.Values.Values.Last(v => v.Key.StartsWith("phase1.", StringComparison.Ordinal)).Value)!;
        Phase1Algorithms algorithms = new(sa.Cipher, sa.CipherKeyBytes, sa.Hash, sa.Group);
        IsakmpWriter writer = new(sa.InitiatorCookie, sa.ResponderCookie, exchange, id);
        int hash = hashBytes < 0 ? 0 : writer.Add(PayloadType.Hash, new byte[hashBytes]);
        add(writer);
        if (hashBytes > 0)
        {
            byte[] right = Phase2Keys.Hash1(s_mac, sa.Hash, sa.SkeyIdA, id, writer.Payloads[(hash + hashBytes)..]);
            writer.Patch(hash, right.AsSpan(0, Math.Min(hashBytes, right.Length)));
        }

        MessageCipher cipher = new(s_cipher, algorithms, sa.CipherKey, Phase1Keys.ExchangeIv(s_mac, algorithms, sa.LastBlock, id));
        lab.Right.Receive(new(Lab.LeftAddress, Lab.RightAddress, 500, 500, cipher.Encrypt(writer.Finish())));
        lab.Network.RunSeconds(0.01);
    }

    private static void Unharmed(Lab lab, int? drops)
    {
        lab.Network.RunSeconds(5);
        Assert.Single(lab.Right.Phase2());
        Assert.Single(lab.Right.Phase1());
        if (drops is not null)
        {
            Assert.Equal((ulong)drops, lab.Right.AllDrops());
        }

        Assert.Equal(0, lab.Traffic(1));
    }
}
