using RouterOS.Abstractions.Crypto;
using RouterOS.Crypto.Control;
using RouterOS.Ike.Crypto;
using RouterOS.Ike.Wire;
using RouterOS.Unit.Crypto;

namespace RouterOS.Unit.Ike;

public sealed class KeyTests
{
    private readonly BclMac _mac = new();

    [Fact]
    [Trait("rfc", "2409:5")]
    public void Keys_and_hashes_are_those_of_an_independent_computation()
    {
        foreach (Dictionary<string, string> v in VectorFile.Read("rfc2409/keys.txt"))
        {
            MacAlgorithm hash = Enum.Parse<MacAlgorithm>(v["hash"]);
            ulong initiator = Convert.ToUInt64(v["ckyi"], 16);
            ulong responder = Convert.ToUInt64(v["ckyr"], 16);
            byte[] skeyId = Phase1Keys.SkeyId(_mac, hash, v.Bytes("psk"), v.Bytes("ni"), v.Bytes("nr"));
            Assert.Equal(v.Bytes("skeyid"), skeyId);
            int keyBytes = v.Bytes("cipherkey").Length;
            Phase1Algorithms algorithms = new(CipherAlgorithm.AesCbc, keyBytes, hash, int.Parse(v["group"]));
            Phase1Secrets secrets = Phase1Keys.Derive(_mac, algorithms, skeyId, v.Bytes("gxy"), initiator, responder)!;
            Assert.Equal(v.Bytes("skeyid_d"), secrets.Derivation);
            Assert.Equal(v.Bytes("skeyid_a"), secrets.Authentication);
            Assert.Equal(v.Bytes("cipherkey"), secrets.CipherKey);
            Assert.Equal("redacted", secrets.ToString());

            byte[] own = Phase1Keys.IdentityHash(
                _mac, hash, skeyId, v.Bytes("gxi"), v.Bytes("gxr"), initiator, responder, v.Bytes("sai"), v.Bytes("idii"));
            Assert.Equal(v.Bytes("hash_i"), own);
            byte[] other = Phase1Keys.IdentityHash(
                _mac, hash, skeyId, v.Bytes("gxr"), v.Bytes("gxi"), responder, initiator, v.Bytes("sai"), v.Bytes("idii"));
            Assert.Equal(v.Bytes("hash_r"), other);

            uint messageId = Convert.ToUInt32(v["mid"], 16);
            Assert.Equal(v.Bytes("iv"), Phase1Keys.FirstIv(_mac, algorithms, v.Bytes("gxi"), v.Bytes("gxr")));
            Assert.Equal(v.Bytes("iv2"), Phase1Keys.ExchangeIv(_mac, algorithms, v.Bytes("last"), messageId));
            Phase1Algorithms des = algorithms with { Cipher = CipherAlgorithm.DesCbc };
            Assert.Equal(v.Bytes("iv")[..8], Phase1Keys.FirstIv(_mac, des, v.Bytes("gxi"), v.Bytes("gxr")));

            Assert.Equal(v.Bytes("hash1"), Phase2Keys.Hash1(_mac, hash, secrets.Authentication, messageId, v.Bytes("body")));
            Assert.Equal(v.Bytes("hash2"), Phase2Keys.Hash2(_mac, hash, secrets.Authentication, messageId, v.Bytes("ni"), v.Bytes("body")));
            Assert.Equal(v.Bytes("hash3"), Phase2Keys.Hash3(_mac, hash, secrets.Authentication, messageId, v.Bytes("ni"), v.Bytes("nr")));
            uint spi = Convert.ToUInt32(v["spi"], 16);
            for (int bytes = 1; bytes <= 72; bytes++)
            {
                Assert.Equal(
                    v.Bytes("keymat")[..bytes],
                    Phase2Keys.KeyMaterial(_mac, hash, secrets.Derivation, [], 3, spi, v.Bytes("ni"), v.Bytes("nr"), bytes));
                Assert.Equal(
                    v.Bytes("keymat_pfs")[..bytes],
                    Phase2Keys.KeyMaterial(_mac, hash, secrets.Derivation, v.Bytes("gxy"), 3, spi, v.Bytes("ni"), v.Bytes("nr"), bytes));
            }
        }
    }

    [Fact]
    [Trait("rfc", "2409:A")]
    public void Weak_keys_are_refused()
    {
        Assert.True(DesWeakKeys.IsWeak(CipherAlgorithm.DesCbc, Convert.FromHexString("0101010101010101")));
        Assert.True(DesWeakKeys.IsWeak(CipherAlgorithm.DesCbc, Convert.FromHexString("E0FEE0FEF1FEF1FE")));
        // Parity bits do not count.
        Assert.True(DesWeakKeys.IsWeak(CipherAlgorithm.DesCbc, Convert.FromHexString("0001000100010001")));
        Assert.False(DesWeakKeys.IsWeak(CipherAlgorithm.DesCbc, Convert.FromHexString("0123456789ABCDEF")));
        Assert.True(DesWeakKeys.IsWeak(CipherAlgorithm.TripleDesCbc, Convert.FromHexString("0123456789ABCDEF0123456789ABCDEF1123456789ABCDEF")));
        Assert.True(DesWeakKeys.IsWeak(CipherAlgorithm.TripleDesCbc, Convert.FromHexString("1023456789ABCDEF0123456789ABCDEF0123456789ABCDEF")));
        Assert.False(DesWeakKeys.IsWeak(CipherAlgorithm.TripleDesCbc, Convert.FromHexString("0123456789ABCDEF23456789ABCDEF01456789ABCDEF0123")));
        Assert.False(DesWeakKeys.IsWeak(CipherAlgorithm.AesCbc, new byte[16]));
    }

    [Fact]
    [Trait("rfc", "2409:B")]
    public void Iv_moves_from_message_to_message_and_garbage_does_not_move_it()
    {
        foreach ((CipherAlgorithm cipher, int bytes) in ((CipherAlgorithm, int)[])[(CipherAlgorithm.DesCbc, 8), (CipherAlgorithm.AesCbc, 32)])
        {
            Phase1Algorithms algorithms = new(cipher, bytes, MacAlgorithm.HmacSha1, 2);
            byte[] key = new FixedRandom(1).Bytes(bytes);
            byte[] iv = new FixedRandom(2).Bytes(algorithms.BlockBytes);
            MessageCipher sender = new(new LibcryptoCipher(), algorithms, key, iv);
            MessageCipher receiver = new(new LibcryptoCipher(), algorithms, key, iv);
            for (int length = 0; length < 40; length++)
            {
                IsakmpWriter writer = new(1, 2, ExchangeType.QuickMode, 3);
                writer.Add(PayloadType.Hash, new FixedRandom((ulong)length).Bytes(length));
                byte[] clear = writer.Finish();
                byte[] secret = sender.Encrypt(clear);
                Assert.True(IsakmpHeader.TryParse(secret, out IsakmpHeader header, out _));
                Assert.True(header.IsEncrypted);
                byte[] garbage = new byte[48];
                _ = receiver.Decrypt(garbage);
                byte[] text = receiver.Decrypt(header.Body)!;
                receiver.Accept(header.Body);
                Assert.Equal(clear[28..], text[..(clear.Length - 28)]);
                Assert.All(text[(clear.Length - 28)..], padding => Assert.Equal(0, padding));
            }

            Assert.Null(receiver.Decrypt([]));
            Assert.Null(receiver.Decrypt(new byte[algorithms.BlockBytes + 1]));
        }
    }
}
