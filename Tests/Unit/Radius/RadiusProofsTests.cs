using System.Security.Cryptography;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using RouterOS.Crypto.Control;
using RouterOS.Radius.Crypto;
using RouterOS.Radius.Wire;
using RouterOS.Unit.Crypto;

namespace RouterOS.Unit.Radius;

public sealed class RadiusProofsTests
{
    private static readonly RadiusProofs s_proofs = new(new BclMac());

    [Fact]
    public void The_examples_of_RFC_2865_are_hidden_and_proved_as_it_says()
    {
        foreach (Dictionary<string, string> v in VectorFile.Read("rfc2865/examples.txt"))
        {
            byte[] secret = v.Bytes("secret");
            Assert.True(RadiusPacket.TryParse(v.Bytes("request"), out RadiusPacket request, out _));
            Assert.True(RadiusPacket.TryParse(v.Bytes("answer"), out RadiusPacket answer, out _));
            Assert.Equal(v.Bytes("user"), Find(request, RadiusType.UserName));
            if (v.ContainsKey("password"))
            {
                Assert.Equal(Find(request, RadiusType.UserPassword), s_proofs.Hide(v.Bytes("password"), secret, request.Authenticator));
            }

            Assert.True(s_proofs.IsRightAnswer(answer, request.Authenticator, secret));
            Assert.False(s_proofs.IsRightAnswer(answer, request.Authenticator, [.. secret, 0]));
            Assert.False(s_proofs.IsRightAnswer(answer, new byte[16], secret));
        }
    }

    [Fact]
    public void A_hidden_password_comes_back_by_the_same_secret_and_authenticator() => Check.One(Seeded.Config, Prop.ForAll(
        ArbMap.Default.ArbFor<byte[]>(), ArbMap.Default.ArbFor<byte[]>(),
        (password, secret) =>
        {
            password = [.. password.Take(RadiusProofs.LongestPassword)];
            byte[] authenticator = MD5.HashData(password);
            byte[] hidden = s_proofs.Hide(password, secret, authenticator);
            // By the book: c(i) = p(i) xor MD5(S + c(i-1)).
            byte[] shown = new byte[hidden.Length];
            byte[] before = authenticator;
            for (int at = 0; at < hidden.Length; at += 16)
            {
                byte[] pad = MD5.HashData([.. secret, .. before]);
                for (int i = 0; i < 16; i++)
                {
                    shown[at + i] = (byte)(hidden[at + i] ^ pad[i]);
                }

                before = hidden[at..(at + 16)];
            }

            return hidden.Length >= 16 && hidden.Length % 16 == 0 && shown.AsSpan(0, password.Length).SequenceEqual(password)
                && !shown.AsSpan(password.Length).ContainsAnyExcept((byte)0);
        }));

    [Fact]
    public void An_answer_with_any_byte_changed_is_not_believed()
    {
        byte[] secret = "s3cret"u8.ToArray();
        byte[] authenticator = MD5.HashData("request"u8);
        RadiusWriter writer = new(RadiusCode.AccessAccept, 9, authenticator);
        writer.AddMessageAuthenticator();
        writer.Add(RadiusType.FramedIpAddress, 0x0a09004d);
        byte[] right = writer.Finish();
        s_proofs.SignAnswer(right, writer.MessageAuthenticatorAt, secret);
        Assert.True(Believed(right));
        for (int i = 0; i < right.Length; i++)
        {
            byte[] wrong = [.. right];
            wrong[i] ^= 0x10;
            Assert.False(Believed(wrong), $"byte {i}");
        }

        bool Believed(byte[] bytes) => RadiusPacket.TryParse(bytes, out RadiusPacket packet, out _) && s_proofs.IsRightAnswer(packet, authenticator, secret);
    }

    [Fact]
    public void A_wrong_Message_Authenticator_is_not_believed_though_the_Response_Authenticator_is_right()
    {
        byte[] secret = "s3cret"u8.ToArray();
        byte[] authenticator = MD5.HashData("request"u8);
        RadiusWriter writer = new(RadiusCode.AccessAccept, 9, authenticator);
        writer.AddMessageAuthenticator();
        byte[] forged = writer.Finish();
        // Zeros stay where the Message-Authenticator belongs.
        s_proofs.SignAnswer(forged, 0, secret);
        Assert.True(RadiusPacket.TryParse(forged, out RadiusPacket packet, out _));
        Assert.False(s_proofs.IsRightAnswer(packet, authenticator, secret));
    }

    [Fact]
    public void A_secret_prints_as_nothing() =>
        Assert.DoesNotContain("s3cret", new RouterOS.Radius.Control.Secret(Encoding.ASCII.GetBytes("s3cret")).ToString(), StringComparison.Ordinal);

    private static byte[] Find(RadiusPacket packet, RadiusType type)
    {
        foreach (RadiusAttribute attribute in packet.Attributes)
        {
            if (attribute.Type == type)
            {
                return attribute.Value.ToArray();
            }
        }

        return [];
    }
}
